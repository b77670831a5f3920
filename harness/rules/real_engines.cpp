// See real_engines.hpp.
#include "harness/rules/real_engines.hpp"

#include "base/text.hpp"
#include "components/filter/procmail/mail_text.hpp"
#include "components/filter/rules/builtin_engines.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace watershed::harness {

namespace fs = std::filesystem;

namespace {

constexpr unsigned program_seconds_max = 10;

std::string contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "watershed-rules-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (!path.empty()) fs::remove_all(path, ignored);
  }
  void write(const char* name, const std::string& text) const { std::ofstream(path / name, std::ios::binary) << text; }

  fs::path path;
};

/// Runs a program on files of the scratch folder; its exit code, or 1000 and more where a signal ended it.
int run(const Scratch& scratch, const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  std::vector<std::string> copies = command;
  for (std::string& one : copies) arguments.push_back(one.data());
  arguments.push_back(nullptr);
  const std::string in = (scratch.path / "mail").string();
  const std::string out = (scratch.path / "out").string();
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const pid_t child = fork();
  if (child == 0) {
    const bool ok = std::freopen(in.c_str(), "r", stdin) != nullptr &&
                    std::freopen(out.c_str(), "w", stdout) != nullptr &&
                    std::freopen((scratch.path / "err").c_str(), "w", stderr) != nullptr;
    alarm(program_seconds_max);
    if (ok) execvp(arguments.front(), arguments.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  // procmail's clones of blocks with the c flag live on, as children of ours.
  while (waitpid(-1, nullptr, 0) > 0) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

class ProcmailProgram final : public rules::Engine {
 public:
  explicit ProcmailProgram(const std::string& source) {
    const std::string root = scratch_.path.string();
    scratch_.write("sm", fmt::format("#!/bin/sh\ncat >/dev/null\nprintf '%s\\n' \"$*\" >>{}/sent\n", root));
    fs::permissions(scratch_.path / "sm", fs::perms::owner_all);
    // The rcfile's own places are not ours to write to.
    std::istringstream in(source);
    std::string body;
    for (std::string line; std::getline(in, line);) {
      const std::string_view text = trim(line);
      const std::string_view name = text.substr(0, text.find_first_of(" =\t"));
      if (name == "LOGFILE" || name == "SENDMAIL" || name == "MAILDIR" || name == "DEFAULT") {
        body += name == "MAILDIR"   ? fmt::format("MAILDIR={}/m\n", root)
                : name == "DEFAULT" ? fmt::format("DEFAULT={}/m/INBOX/\n", root)
                                    : "\n";
        continue;
      }
      body += line + "\n";
    }
    scratch_.write("rc",
                   fmt::format("MAILDIR={0}/m\nDEFAULT={0}/m/INBOX/\nHOME={0}/m\nLOGFILE={0}/log\nSENDMAIL={0}/sm\n{1}",
                               root, body));
  }

  rules::Judgement judge(const rules::Letter& letter) override {
    const fs::path maildir = scratch_.path / "m";
    fs::remove_all(maildir);
    fs::create_directories(maildir);
    fs::remove(scratch_.path / "sent");
    scratch_.write("mail", std::string(procmail::MailText::of(rules::delivered(letter)).text()));
    const int code =
        run(scratch_, {"procmail", "-m", (scratch_.path / "rc").string(), letter.forward_path.address().local_part});
    rules::Judgement judgement;
    for (const auto& entry : fs::recursive_directory_iterator(maildir)) {
      if (!entry.is_regular_file()) continue;
      std::string folder = fs::relative(entry.path(), maildir).string();
      const std::size_t in_new = folder.find("/new/");
      if (in_new != std::string::npos) folder.resize(in_new);
      judgement.effects.push_back({.target = rules::folder_name(folder, "", ""), .detail = {}, .at = {}});
    }
    std::istringstream sent(contents(scratch_.path / "sent"));
    for (std::string line; std::getline(sent, line);) {
      for (const std::string_view word : split(line, " ")) {
        if (word.starts_with('-')) continue;
        judgement.effects.push_back(
            {.kind = rules::Effect::Kind::forward, .target = to_lower(word), .detail = {}, .at = {}});
      }
    }
    if (code != 0)
      judgement.effects.push_back({.kind = rules::Effect::Kind::refuse, .target = {}, .detail = {}, .at = {}});
    if (judgement.effects.empty()) {
      judgement.effects.push_back({.kind = rules::Effect::Kind::discard, .target = {}, .detail = {}, .at = {}});
    }
    if (code >= 1000) judgement.error = fmt::format("procmail ended by signal {}", code - 1000);
    normalise(judgement.effects);
    return judgement;
  }

 private:
  Scratch scratch_;
};

class PigeonholeProgram final : public rules::Engine {
 public:
  explicit PigeonholeProgram(std::string script) : script_(fs::absolute(script).string()) {}

  rules::Judgement judge(const rules::Letter& letter) override {
    scratch_.write("mail", rules::delivered(letter).bytes());
    const int code =
        run(scratch_, {"sieve-test", "-x", "+vnd.dovecot.duplicate +editheader", "-f", display(letter.reverse_path),
                       "-r", display(letter.forward_path), script_, (scratch_.path / "mail").string()});
    rules::Judgement judgement;
    if (code != 0) {
      judgement.error = "sieve-test: " + contents(scratch_.path / "err");
      return judgement;
    }
    std::istringstream out(contents(scratch_.path / "out"));
    for (std::string line; std::getline(out, line);) read_line(trim(line), judgement);
    normalise(judgement.effects);
    return judgement;
  }

 private:
  static void read_line(std::string_view line, rules::Judgement& judgement) {
    using Kind = rules::Effect::Kind;
    const auto add = [&](Kind kind, std::string_view target) {
      judgement.effects.push_back({.kind = kind, .target = std::string(target), .detail = {}, .at = {}});
    };
    const auto after = [&](std::string_view words) { return trim(line.substr(words.size())); };
    if (line.starts_with("* store message in folder:")) {
      add(Kind::file, rules::folder_name(after("* store message in folder:"), "", ""));
    } else if (line.starts_with("* redirect message to:")) {
      add(Kind::forward, to_lower(after("* redirect message to:")));
    } else if (line.starts_with("* discard")) {
      add(Kind::discard, "");
    } else if (line.starts_with("* reject")) {
      add(Kind::refuse, "");
    } else if (line.starts_with("* send vacation message")) {
      add(Kind::answer, "");
    }
  }

  Scratch scratch_;
  std::string script_;
};

}  // namespace

bool has_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  for (const std::string_view folder : split(path != nullptr ? path : "/usr/bin:/bin", ":")) {
    if (access((fs::path(folder) / name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

std::unique_ptr<rules::Engine> procmail_engine(const std::string& source) {
  return std::make_unique<ProcmailProgram>(source);
}

std::unique_ptr<rules::Engine> pigeonhole_engine(const std::string& script) {
  return std::make_unique<PigeonholeProgram>(script);
}

}  // namespace watershed::harness
