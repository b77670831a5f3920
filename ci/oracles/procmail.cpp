// Compares our procmail evaluator with the real program: seeded pairs of rcfile and message, both run, every delivery
// compared.
//
//   oracle_procmail --pairs N --seed S [--jobs N] [--show K]
//
// Exit 0: all agree. 1: a pair differs; it is printed with both results. 4: there is no procmail here.
#include "base/file.hpp"
#include "ci/oracles/procmail_pairs.hpp"
#include "ci/oracles/workers.hpp"
#include "components/filter/procmail/environment.hpp"
#include "components/filter/procmail/evaluate.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace fs = std::filesystem;
using namespace watershed;

namespace {

void write_file(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

/// What both sides are reduced to: one line a delivery in sorted order, the exit code, the log.
struct Effect {
  std::vector<std::string> deliveries;
  int exit_code = 0;
  std::string log;

  bool operator==(const Effect&) const = default;
};

/// A body of empty lines cannot be seen in a file.
bool is_blank_text(std::string_view text) { return text.find_first_not_of('\n') == std::string_view::npos; }

std::string part_of(const std::string& content, const procmail::MailText& mail) {
  // procmail drops a leading From_ line where it files into a maildir, and quotes further ones in an mbox.
  const bool has_header = content.find("\nTo:") != std::string::npos || content.find("From:") != std::string::npos;
  const std::string body(mail.body());
  const bool has_body = !is_blank_text(body) && content.find(body) != std::string::npos;
  return fmt::format("{}{}", has_header ? "h" : "", has_body ? "b" : "");
}

Effect real(const fs::path& scratch, const oracle::ProcmailPair& pair) {
  const fs::path maildir = scratch / "m";
  fs::remove_all(maildir);
  fs::create_directories(maildir);
  fs::remove(scratch / "log");
  fs::remove(scratch / "sent");
  write_file(scratch / "rc", fmt::format("MAILDIR={0}/m\nLOGFILE={0}/log\nLOGABSTRACT=no\nSENDMAIL={0}/sm\n"
                                         "DEFAULT={0}/m/INBOX/\n{1}",
                                         scratch.string(), pair.rcfile));
  write_file(scratch / "mail", pair.message);
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    if (std::freopen((scratch / "mail").c_str(), "r", stdin) == nullptr) _exit(99);
    if (std::freopen("/dev/null", "w", stdout) == nullptr) _exit(99);
    alarm(5);  // procmail's own expressions can loop for ever (a starred group that may be empty)
    execlp("procmail", "procmail", "-m", (scratch / "rc").c_str(), static_cast<char*>(nullptr));
    _exit(98);
  }
  int status = 0;
  waitpid(child, &status, 0);
  // Clones of blocks with the c flag live on; they became ours (PR_SET_CHILD_SUBREAPER).
  while (waitpid(-1, nullptr, 0) > 0) {
  }
  Effect effect;
  effect.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  const procmail::MailText mail(pair.message);
  for (const auto& entry : fs::recursive_directory_iterator(maildir)) {
    if (!entry.is_regular_file()) continue;
    fs::path folder = entry.path().parent_path();
    const std::string content = file_bytes(entry.path());
    const std::string file = entry.path().filename().string();
    std::string name = folder.filename().string();
    if (name == "new") {
      name = folder.parent_path().filename().string() + "/";
    } else if (folder == maildir) {
      name = file;
    } else if (!file.starts_with("msg.")) {
      name += "/.";
    }
    effect.deliveries.push_back(fmt::format("{} {}", name, part_of(content, mail)));
  }
  std::istringstream sent(file_bytes(scratch / "sent"));
  for (std::string line; std::getline(sent, line);) effect.deliveries.push_back(line);
  std::sort(effect.deliveries.begin(), effect.deliveries.end());
  std::istringstream log(file_bytes(scratch / "log"));
  for (std::string line; std::getline(log, line);) {
    if (!line.starts_with("procmail:")) effect.log += line + "\n";
  }
  return effect;
}

class EmptyMaildir final : public procmail::FolderView {
 public:
  explicit EmptyMaildir(std::string root) : root_(std::move(root)) {}
  procmail::PathKind kind(const std::string& path) const override {
    return path == root_ ? procmail::PathKind::directory : procmail::PathKind::nothing;
  }

 private:
  std::string root_;
};

class TrueAndFalse final : public procmail::Programs {
 public:
  std::optional<procmail::ProgramResult> run(std::string_view command, const procmail::MailText&,
                                             const procmail::Environment&) override {
    for (const std::string_view failing : {"false", "exit 1", "grep"}) {
      if (command.find(failing) != std::string_view::npos) return procmail::ProgramResult{1, {}, {}, {}};
    }
    return procmail::ProgramResult{};
  }
};

Effect ours(const fs::path& scratch, const oracle::ProcmailPair& pair) {
  const std::string root = (scratch / "m").string();
  Effect effect;
  const auto rcfile = procmail::read_rcfile(
      fmt::format("MAILDIR={0}/m\nSENDMAIL={0}/sm\nDEFAULT={0}/m/INBOX/\n{1}", scratch.string(), pair.rcfile), "rc");
  if (!rcfile) {
    effect.log = render(rcfile.error());
    return effect;
  }
  const procmail::MailText mail(pair.message);
  const EmptyMaildir folders(root);
  TrueAndFalse programs;
  const auto outcome = procmail::evaluate(**rcfile, {.mail = mail, .programs = &programs, .folders = &folders});
  effect.exit_code = outcome.exit_code;
  for (const procmail::Delivery& delivery : outcome.deliveries) {
    if (delivery.kind == procmail::Delivery::Kind::forward) {
      effect.deliveries.push_back(fmt::format("sent -oi {}", fmt::join(delivery.arguments, " ")));
    } else if (delivery.is_folder()) {
      const bool has_body = delivery.body && !is_blank_text(mail.body());
      effect.deliveries.push_back(fmt::format("{} {}{}", delivery.folder.substr(root.size() + 1),
                                              delivery.header ? "h" : "", has_body ? "b" : ""));
    }
  }
  std::sort(effect.deliveries.begin(), effect.deliveries.end());
  for (const std::string& line : outcome.log) {
    if (!line.starts_with("procmail:")) effect.log += line;
  }
  return effect;
}

/// What procmail makes from clock, process and scratch folder is taken out, as LASTFOLDER shows it; and numbers of an
/// MH folder's messages, since a clone runs beside its parent.
std::string comparable(const std::string& log, const std::string& scratch) {
  static const std::regex made_name("(/new/|msg\\.|\\bf[0-9]+/(?=[0-9]))[^ ]+");
  std::istringstream in(log);
  // A clone's lines come in between at any place.
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    for (std::size_t at = line.find(scratch); at != std::string::npos; at = line.find(scratch)) {
      line.erase(at, scratch.size());
    }
    lines.push_back(std::regex_replace(line, made_name, "$011"));
  }
  std::sort(lines.begin(), lines.end());
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

std::string shown(const Effect& effect) {
  return fmt::format("  exit {}\n  {}\n{}", effect.exit_code, fmt::join(effect.deliveries, "\n  "), effect.log);
}

struct Options {
  std::uint64_t pairs = 2000;
  std::uint64_t seed = 1;
  std::uint64_t show = 1;
  std::uint64_t jobs = 8;  ///< procmail sleeps between some deliveries, so more than the cores
};

/// Every jobs-th pair, from `first` on; gives how many differ.
std::uint64_t compare(const Options& options, std::uint64_t first) {
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  std::string name = (fs::temp_directory_path() / "procmail-pairs-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return 1;
  const fs::path scratch = name;
  write_file(scratch / "sm", fmt::format("#!/bin/sh\ncat >/dev/null\nprintf 'sent %s\\n' \"$*\" >>{}/sent\n", name));
  fs::permissions(scratch / "sm", fs::perms::owner_all);
  std::uint64_t differing = 0;
  for (std::uint64_t i = first; i < options.pairs; i += options.jobs) {
    const oracle::ProcmailPair pair = oracle::ProcmailPairs(options.seed * 1'000'003 + i).next();
    Effect theirs = real(scratch, pair);
    Effect mine = ours(scratch, pair);
    theirs.log = comparable(theirs.log, name);
    mine.log = comparable(mine.log, name);
    if (theirs == mine) continue;
    if (++differing > options.show) continue;
    std::fputs(
        fmt::format("pair {} of seed {} differs\n--- rcfile\n{}--- message\n{}\n--- procmail\n{}\n--- ours\n{}\n", i,
                    options.seed, pair.rcfile, pair.message, shown(theirs), shown(mine))
            .c_str(),
        stdout);
  }
  fs::remove_all(scratch);
  return differing;
}

}  // namespace

int main(int count, char** arguments) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    const std::uint64_t value = std::strtoull(arguments[i + 1], nullptr, 10);
    if (name == "--pairs") options.pairs = value;
    if (name == "--seed") options.seed = value;
    if (name == "--show") options.show = value;
    if (name == "--jobs") options.jobs = std::max<std::uint64_t>(1, value);
  }
  if (std::system("command -v procmail >/dev/null 2>&1") != 0) {
    std::fputs("oracle_procmail: there is no procmail on this machine\n", stderr);
    return 4;
  }
  const int differing =
      oracle::count_differing(options.jobs, [&](std::uint64_t first) { return compare(options, first); });
  std::printf("%llu pairs of rcfile and message, seed %llu: %s\n", static_cast<unsigned long long>(options.pairs),
              static_cast<unsigned long long>(options.seed), differing == 0 ? "all agree" : "some differ");
  return differing == 0 ? 0 : 1;
}
