// The real maildrop. See real_engines.hpp; its language is in maildropfilter(7).
#include "base/text.hpp"
#include "components/filter/procmail/mail_text.hpp"
#include "components/filter/rules/builtin_engines.hpp"
#include "harness/rules/program_run.hpp"
#include "harness/rules/real_engines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>

namespace watershed::harness {

namespace fs = std::filesystem;

namespace {

/// The variables that say where mail goes; ours hold instead of the file's own.
bool is_replaced(std::string_view variable) {
  constexpr std::array<std::string_view, 7> names = {"HOME", "DEFAULT", "SENDMAIL", "SHELL",
                                                     "PATH", "LOGNAME", "MAILDIR"};
  return std::find(names.begin(), names.end(), variable) != names.end();
}

/// The variable that a line sets; empty for other lines.
std::string_view assigned(std::string_view line) {
  const std::size_t end = line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
  if (end == 0 || end == std::string_view::npos) return {};
  const std::size_t next = line.find_first_not_of(" \t", end);
  return next != std::string_view::npos && line[next] == '=' && line.substr(next, 2) != "==" ? line.substr(0, end)
                                                                                             : std::string_view();
}

class MaildropProgram final : public rules::Engine {
 public:
  explicit MaildropProgram(const std::string& source) {
    scratch_.write_sendmail();
    const std::string root = scratch_.path.string();
    std::string body;
    std::istringstream in(source);
    for (std::string line; std::getline(in, line);) {
      const std::string_view variable = assigned(trim(line));
      if (!is_replaced(variable)) body += line;
      if (variable == "MAILDIR") body += "MAILDIR=\"" + root + "/m\"";
      body += "\n";
    }
    scratch_.write(
        "rc", fmt::format("HOME=\"{0}/m\"; MAILDIR=\"{0}/m\"; DEFAULT=\"{0}/m/INBOX/\"; SENDMAIL=\"{0}/sm\"; {1}", root,
                          body));
    // maildrop takes no file that others may read.
    fs::permissions(scratch_.path / "rc", fs::perms::owner_read | fs::perms::owner_write);
  }

  rules::Judgement judge(const rules::Letter& letter) override {
    scratch_.write("mail", std::string(procmail::MailText::of(rules::delivered(letter)).text()));
    folders_.assign(1, scratch_.path / "m" / "INBOX");
    int code = run();
    // A folder that is not there ends it with a transient error; a mail store has its folders.
    for (int tries = 0; code == temporary_failure && tries < folders_max && learn_folder(); ++tries) code = run();
    rules::Judgement judgement;
    add_deliveries(scratch_, judgement.effects);
    using Kind = rules::Effect::Kind;
    if (code != 0) judgement.effects.push_back({.kind = Kind::refuse, .target = {}, .detail = {}, .at = {}});
    if (judgement.effects.empty()) {
      judgement.effects.push_back({.kind = Kind::discard, .target = {}, .detail = {}, .at = {}});
    }
    if (code == temporary_failure || code >= 1000) judgement.error = "maildrop: " + last_line(scratch_.read("err"));
    normalise(judgement.effects);
    return judgement;
  }

 private:
  static constexpr int temporary_failure = 75;  // EX_TEMPFAIL
  static constexpr int folders_max = 50;

  int run() {
    fs::remove_all(scratch_.path / "m");
    fs::remove(scratch_.path / "sent");
    fs::create_directories(scratch_.path / "m");
    for (const fs::path& folder : folders_) {
      for (const char* part : {"cur", "new", "tmp"}) fs::create_directories(folder / part);
    }
    return run_program(scratch_, {"maildrop", "-V", "1", (scratch_.path / "rc").string()},
                       {.in_maildir = true, .not_as_root = false});
  }

  /// The folder that the last run stopped at; false where it stopped for another reason.
  bool learn_folder() {
    constexpr std::string_view words = "Delivering to ";
    const std::string said = scratch_.read("err");
    const std::size_t at = said.rfind(words);
    if (at == std::string::npos) return false;
    const std::string_view target =
        trim(std::string_view(said).substr(at + words.size(), said.find('\n', at) - at - words.size()));
    const fs::path folder = (scratch_.path / "m" / fs::path(target)).lexically_normal();
    const bool is_inside = folder.string().starts_with((scratch_.path / "m").string() + "/");
    if (!is_inside || fs::exists(folder / "new")) return false;
    folders_.push_back(folder);
    return true;
  }

  static std::string last_line(const std::string& text) {
    const auto lines = split(text, "\n");
    return lines.empty() ? "it failed" : std::string(lines.back());
  }

  Scratch scratch_;
  std::vector<fs::path> folders_;
};

}  // namespace

std::unique_ptr<rules::Engine> maildrop_engine(const std::string& source) {
  return std::make_unique<MaildropProgram>(source);
}

Diagnostics maildrop_dangers(const std::string& source, const std::string& file) {
  Diagnostics found;
  std::istringstream in(source);
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const std::string_view text = trim(line);
    if (text.starts_with('#') || is_replaced(assigned(text))) continue;
    const auto add = [&](std::size_t at, std::string_view what) {
      const int column = static_cast<int>(line.find(text) + at) + 1;
      found.push_back(
          {Severity::error,
           {file, number, column},
           fmt::format("{}; the real maildrop would do that here, so --engine maildrop does not run this file", what),
           {},
           {}});
    };
    if (const auto at = text.find('`'); at != std::string_view::npos) add(at, "runs a program");
    for (const std::string_view word :
         {"xfilter", "system", "include", "import", "logfile", "gdbmopen", "flock", "dotlock"}) {
      if (text.starts_with(word)) add(0, fmt::format("'{}' reaches out of the file", word));
    }
    for (const std::string_view quoted : {"\"|", "'|"}) {
      if (const auto at = text.find(quoted); at != std::string_view::npos) add(at, "runs a program");
    }
    for (const std::string_view quoted : {"\"/", "'/"}) {
      if (const auto at = text.find(quoted); at != std::string_view::npos) add(at, "names an absolute path");
    }
    for (const std::string_view bare : {"to /", "cc /", "to |", "cc |"}) {
      if (text.starts_with(bare)) add(3, "names an absolute path or a program");
    }
  }
  return found;
}

}  // namespace watershed::harness
