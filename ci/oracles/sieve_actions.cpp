// Compares what our Sieve engine does with a message with what Pigeonhole's sieve-test(1) does: seeded pairs of script
// and message, both carried out, each stored and sent message compared.
//
//   sieve_actions --pairs N --seed S [--jobs N] [--show K] [--only I]
//
// Exit 0: all agree. 1: a pair differs; it is printed with both results. 77: there is no sieve-test here.
//
// Not compared, since each program has its own way: Date, Message-ID, product fields and default author of what is
// sent, where a long field is folded, the case of the name of an added field. sieve-test remembers nothing from one run
// to the next, so that vacation and duplicate are seen in their first run only.
//
// Known faults of Pigeonhole 0.5.19, which the pairs leave out and the engine does not copy:
//   fileinto :copy and fileinto without :copy of one mailbox: the message is kept as well (RFC 3894 §3)
//   two stores into INBOX, or a deleteheader between two stores: the first one takes later edits (RFC 5293 §6)
//   mailto: of several addresses with commas is refused (RFC 6068 §2), bcc is left out
//   a flag twice in one list: the flags behind it are lost in the store
//   Auto-Submitted that the script adds counts for vacation, even behind it, and does not for notify
//   once deleteheader has changed the header, vacation compares fields with their line end: it answers what Precedence
//     or X-Auto-Response-Suppress forbids, and does not answer where Auto-Submitted is "no"
//   the second of two duplicate tests of one id and handle makes the whole run fail (RFC 7352 §3 knows no such limit)
//   string without :comparator compares octets (RFC 5229 §5: as elsewhere the default is i;ascii-casemap)
//   an included script without imap4flags stores with the flags that hold in the end
#include "base/file.hpp"
#include "ci/oracles/sieve_action_pairs.hpp"
#include "ci/oracles/sieve_effects.hpp"
#include "ci/oracles/workers.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>

namespace fs = std::filesystem;
using namespace watershed;
using oracle::Effects;
using oracle::SieveActionPair;

namespace {

std::string lines_of_crlf_as_lf(std::string text) {
  std::erase(text, '\r');
  return text;
}

struct Place {
  fs::path root;
  fs::path home() const { return root / "home"; }
  fs::path mail() const { return root / "md"; }
};

void prepare(const Place& place, const SieveActionPair& pair) {
  fs::remove_all(place.root);
  fs::create_directories(place.home() / "sieve");
  for (const std::string_view mailbox : oracle::mailboxes_there) {
    for (const char* folder : {"cur", "new", "tmp"}) {
      fs::create_directories(place.mail() / fmt::format(".{}", mailbox) / folder);
    }
  }
  for (const oracle::IncludedScript& script : oracle::included_scripts()) {
    oracle::write_file(place.home() / "sieve" / fmt::format("{}.sieve", script.name), std::string(script.source));
  }
  oracle::write_file(place.root / "s.sieve", pair.script);
  oracle::write_file(place.root / "mail", lines_of_crlf_as_lf(pair.message));
  if (geteuid() != 0) return;
  // Dovecot refuses to work for root.
  for (const auto& entry : fs::recursive_directory_iterator(place.root)) {
    if (chown(entry.path().c_str(), oracle::nobody, oracle::nobody) != 0) std::exit(4);
  }
  if (chown(place.root.c_str(), oracle::nobody, oracle::nobody) != 0) std::exit(4);
}

void run_sieve_test(const Place& place, const SieveActionPair& pair) {
  const std::string location = "maildir:" + place.mail().string();
  const std::string script = (place.root / "s.sieve").string();
  const std::string mail = (place.root / "mail").string();
  // A null reverse-path cannot be said to it.
  std::vector<std::string> command = {"sieve-test",
                                      "-C",
                                      "-e",
                                      "-l",
                                      location,
                                      "-x",
                                      "+editheader +vacation-seconds",
                                      "-f",
                                      pair.reverse_path,
                                      "-r",
                                      "r@rcpt.example",
                                      "-a",
                                      "r@rcpt.example",
                                      script,
                                      mail};
  std::vector<char*> arguments;
  for (std::string& one : command) arguments.push_back(one.data());
  arguments.push_back(nullptr);
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    const bool ok = std::freopen((place.root / "out").c_str(), "w", stdout) != nullptr &&
                    std::freopen((place.root / "err").c_str(), "w", stderr) != nullptr;
    setenv("HOME", place.home().c_str(), 1);
    setenv("TZ", "UTC", 1);
    alarm(20);
    if (!ok || chdir(place.root.c_str()) != 0) _exit(98);
    if (geteuid() == 0 && (setgid(oracle::nobody) != 0 || setuid(oracle::nobody) != 0)) _exit(98);
    execvp(arguments.front(), arguments.data());
    _exit(98);
  }
  int status = 0;
  waitpid(child, &status, 0);
}

Effects theirs(const Place& place, const SieveActionPair& pair) {
  prepare(place, pair);
  run_sieve_test(place, pair);
  Effects effects;
  oracle::read_sent(file_bytes(place.root / "out"), effects);
  const std::string said = file_bytes(place.root / "err");
  if (said.find("final result: success") == std::string::npos) effects.push_back("failed");
  if (said.find("Fatal") != std::string::npos || said.find("Panic") != std::string::npos) effects.push_back(said);
  oracle::read_maildir(place.mail(), effects);
  std::sort(effects.begin(), effects.end());
  return effects;
}

struct Options {
  std::uint64_t pairs = 1000;
  std::uint64_t seed = 1;
  std::uint64_t show = 1;
  std::uint64_t jobs = 2;
  std::optional<std::uint64_t> only;
};

/// Every jobs-th pair, from `first` on; gives how many differ.
std::uint64_t compare(const Options& options, std::uint64_t first) {
  std::string name = (fs::temp_directory_path() / "sieve-actions-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return 1;
  fs::permissions(name, fs::perms::all);
  const Place place{fs::path(name) / "pair"};
  std::uint64_t differing = 0;
  for (std::uint64_t i = first; i < options.pairs; i += options.jobs) {
    if (options.only && i != *options.only) continue;
    const SieveActionPair pair = oracle::SieveActionPairs(options.seed * 1'000'003 + i).next();
    const Effects mine = oracle::our_effects(pair);
    const Effects real = theirs(place, pair);
    if (mine == real && !options.only) continue;
    differing += mine == real ? 0U : 1U;
    if (differing > options.show) continue;
    std::fputs(fmt::format("pair {} of seed {} differs\n--- script\n{}--- message from <{}>\n{}\n"
                           "--- sieve-test\n{}\n--- ours\n{}\n--- sieve-test said\n{}\n",
                           i, options.seed, pair.script, pair.reverse_path, pair.message, fmt::join(real, "\n"),
                           fmt::join(mine, "\n"), file_bytes(place.root / "err"))
                   .c_str(),
               stdout);
  }
  fs::remove_all(name);
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
    if (name == "--only") options.only = value;
  }
  if (std::system("command -v sieve-test >/dev/null 2>&1") != 0) {
    std::fputs("sieve_actions: sieve-test(1) is not installed: apt-get install dovecot-sieve\n", stderr);
    return 77;
  }
  const int differing =
      oracle::count_differing(options.jobs, [&](std::uint64_t first) { return compare(options, first); });
  fmt::print("{} pairs of script and message, seed {}: {} differ\n", options.pairs, options.seed, differing);
  return differing == 0 ? 0 : 1;
}
