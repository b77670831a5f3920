// See real_engines.hpp.
#include "harness/rules/real_engines.hpp"

#include "base/text.hpp"
#include "components/filter/procmail/mail_text.hpp"
#include "components/filter/rules/builtin_engines.hpp"
#include "components/filter/sieve/folder_library.hpp"
#include "harness/rules/program_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace watershed::harness {

namespace fs = std::filesystem;

namespace {

class ProcmailProgram final : public rules::Engine {
 public:
  explicit ProcmailProgram(const std::string& source) {
    const std::string root = scratch_.path.string();
    scratch_.write_sendmail();
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
    const int code = run_program(
        scratch_, {"procmail", "-m", (scratch_.path / "rc").string(), letter.forward_path.address().local_part});
    rules::Judgement judgement;
    add_deliveries(scratch_, judgement.effects);
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
  PigeonholeProgram(const std::string& source, const fs::path& scripts) {
    scratch_.write("rules.sieve", source);
    if (!scripts.empty()) has_scripts_ = sieve::copy_script_files(scripts, scratch_.path / "sieve");
  }

  rules::Judgement judge(const rules::Letter& letter) override {
    scratch_.write("mail", rules::delivered(letter).bytes());
    if (!has_scripts_)
      return {.effects = {}, .assumptions = {}, .error = "sieve-test: the scripts to include cannot be copied"};
    const int code = run_program(
        scratch_,
        {"sieve-test", "-C", "-l", "maildir:" + (scratch_.path / "m").string(), "-x",
         "+vnd.dovecot.duplicate +editheader", "-o", "plugin/sieve=file:" + (scratch_.path / "sieve").string(), "-f",
         display(letter.reverse_path), "-r", display(letter.forward_path), (scratch_.path / "rules.sieve").string(),
         (scratch_.path / "mail").string()},
        {.in_maildir = false, .not_as_root = true});
    rules::Judgement judgement;
    if (code != 0) {
      judgement.error = "sieve-test: " + scratch_.read("err");
      return judgement;
    }
    std::istringstream out(scratch_.read("out"));
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
  bool has_scripts_ = true;
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

std::unique_ptr<rules::Engine> pigeonhole_engine(const std::string& source, const fs::path& scripts) {
  return std::make_unique<PigeonholeProgram>(source, scripts);
}

}  // namespace watershed::harness
