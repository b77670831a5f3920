// Changes scripts token by token, from a seed, and compares which of them our compiler and Pigeonhole's sievec(1)
// accept.
//
//   sieve_mutants --scripts N --seed S [--show K] FILE…
//
// The files are the scripts that are changed. Exit 0: all agree. 1: a script is accepted by one only; it is printed
// with what the other says. 77: there is no sievec here.
//
// Known faults of sievec 0.5.19, which are not counted: setflag, addflag and removeflag take a third argument; include
// alone of all commands takes a tag twice.
#include "base/file.hpp"
#include "ci/oracles/sieve_effects.hpp"
#include "components/filter/sieve/script.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

namespace fs = std::filesystem;
using namespace watershed;

namespace {

using Tokens = std::vector<std::string>;

/// Strings, words, numbers, tags, comments, single signs; blanks stand with the token in front of them.
Tokens tokens_of(const std::string& text) {
  Tokens out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const auto is_word = [&](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    if (text.compare(at, 5, "text:") == 0) {
      at = std::min(text.find("\n.\n", at), text.size() - 3) + 3;
    } else if (text[at] == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\' ? 1U : 0U;
      ++at;
    } else if (text[at] == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (text[at] == ':' || is_word(text[at])) {
      for (++at; at < text.size() && is_word(text[at]); ++at) {
      }
    } else {
      ++at;
    }
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])) != 0) ++at;
    out.push_back(text.substr(begin, at - begin));
    at = std::min(at, text.size());
  }
  return out;
}

class Mutants {
 public:
  Mutants(std::vector<Tokens> scripts, std::uint64_t seed) : scripts_(std::move(scripts)), random_(seed) {}

  std::string next() {
    Tokens tokens = scripts_[pick(scripts_.size())];
    for (std::size_t left = 1 + (pick(4) == 0 ? 1U : 0U); left > 0 && !tokens.empty(); --left) change(tokens);
    std::string out;
    for (const std::string& token : tokens) out += token;
    return out;
  }

 private:
  std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }

  /// Mostly one of the same kind, so that scripts stay scripts.
  std::string any_token(const std::string& like) {
    for (int tries = 0; tries < 40 && pick(8) != 0; ++tries) {
      const Tokens& script = scripts_[pick(scripts_.size())];
      const std::string& token = script[pick(script.size())];
      const auto kind = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 ? 'a' : c; };
      if (!like.empty() && kind(token[0]) == kind(like[0])) return token;
    }
    static const Tokens own = {"\"\" ",
                               "0 ",
                               "1K ",
                               "4294967296 ",
                               "[] ",
                               "\"${a}\" ",
                               ":copy ",
                               ":create ",
                               ":flags ",
                               ":index 1 ",
                               ":last ",
                               ":is ",
                               ":contains ",
                               ":matches ",
                               ":count \"eq\" ",
                               ":days 1 ",
                               ":comparator \"i;octet\" ",
                               "not ",
                               "true ",
                               "stop; ",
                               "keep ",
                               "; ",
                               "{ ",
                               "} ",
                               "( ",
                               ") ",
                               ", ",
                               "[\"a\", \"b\"] ",
                               "\"a@b.example\" ",
                               "/* */ ",
                               "if ",
                               "elsif ",
                               "else ",
                               "header "};
    if (pick(3) == 0) return own[pick(own.size())];
    const Tokens& from = scripts_[pick(scripts_.size())];
    return from[pick(from.size())];
  }

  void change(Tokens& tokens) {
    std::size_t at = pick(tokens.size());
    const auto has_meaning = [](char c) {
      return c == '"' || c == ':' || std::isalnum(static_cast<unsigned char>(c)) != 0;
    };
    for (int tries = 0; tries < 20 && pick(10) != 0 && !has_meaning(tokens[at][0]); ++tries) at = pick(tokens.size());
    const auto place = tokens.begin() + static_cast<std::ptrdiff_t>(at);
    switch (pick(16)) {
      case 0:
        tokens.erase(place);
        break;
      case 1: {
        const std::string again = tokens[at];
        tokens.insert(place, again);
        break;
      }
      case 2:
        if (at + 1 < tokens.size()) std::swap(tokens[at], tokens[at + 1]);
        break;
      case 3:
        tokens.insert(place, any_token(":"));
        break;
      default:
        tokens[at] = any_token(tokens[at]);
    }
  }

  std::vector<Tokens> scripts_;
  std::mt19937_64 random_;
};

/// Compiles every script of the folder; what it says is in NAME.said.
void run_sievec(const fs::path& folder) {
  static constexpr const char* loop =
      "for script in *.sieve; do sievec -x '+editheader +vacation-seconds +spamtest +spamtestplus +virustest "
      "+mboxmetadata +servermetadata +special-use' $script >${script%.sieve}.said 2>&1; done";
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    setenv("HOME", folder.c_str(), 1);
    if (chdir(folder.c_str()) != 0) _exit(98);
    // Dovecot refuses to work for root.
    if (geteuid() == 0 && (setgid(oracle::nobody) != 0 || setuid(oracle::nobody) != 0)) _exit(98);
    execlp("sh", "sh", "-c", loop, static_cast<char*>(nullptr));
    _exit(98);
  }
  int status = 0;
  waitpid(child, &status, 0);
}

/// Whether all that we refuse is what sievec wrongly takes.
bool is_known(const Diagnostics& found) {
  return std::all_of(found.begin(), found.end(), [](const Diagnostic& one) {
    const auto says = [&](std::string_view text) { return one.message.find(text) != std::string::npos; };
    return one.severity != Severity::error || says("flag command requires at most 2 positional argument(s)") ||
           (says("encountered duplicate") && says("for the include command"));
  });
}

struct Options {
  std::uint64_t scripts = 400;
  std::uint64_t seed = 1;
  std::uint64_t show = 3;
  std::vector<std::string> files;
};

std::uint64_t compare(const Options& options, const fs::path& folder) {
  std::vector<Tokens> scripts;
  for (const std::string& file : options.files) scripts.push_back(tokens_of(file_bytes(file)));
  for (std::uint64_t number = 0; number < 20; ++number) {
    scripts.push_back(tokens_of(oracle::SieveActionPairs(options.seed * 7919 + number).next().script));
  }
  Mutants mutants(std::move(scripts), options.seed);
  std::map<std::string, std::string> sources;
  for (std::uint64_t number = 0; number < options.scripts; ++number) {
    const std::string name = fmt::format("m{}", number);
    sources[name] = mutants.next();
    oracle::write_file(folder / (name + ".sieve"), sources[name]);
  }
  fs::create_directory(folder / "sieve");
  for (const oracle::IncludedScript& script : oracle::included_scripts()) {
    oracle::write_file(folder / "sieve" / fmt::format("{}.sieve", script.name), std::string(script.source));
  }
  fs::permissions(folder, fs::perms::all);
  fs::permissions(folder / "sieve", fs::perms::all);
  run_sievec(folder);
  const oracle::IncludedLibrary library;
  sieve::CompileOptions options_of_ours;
  options_of_ours.library = &library;
  std::uint64_t differing = 0;
  std::uint64_t accepted = 0;
  for (const auto& [name, source] : sources) {
    const bool theirs = fs::exists(folder / (name + ".svbin"));
    const auto ours = sieve::compile(source, name, options_of_ours);
    accepted += theirs ? 1U : 0U;
    if (theirs == ours.has_value() || (theirs && is_known(ours.error()))) continue;
    if (++differing > options.show) continue;
    fmt::print("{} of seed {}: {} accepts it\n{}\n--- {}\n{}\n", name, options.seed, theirs ? "only sievec" : "only we",
               source, theirs ? "we say" : "sievec says",
               theirs ? render(ours.error()) : file_bytes(folder / (name + ".said")));
  }
  fmt::print("{} scripts, seed {}: sievec accepts {}, {} differ\n", options.scripts, options.seed, accepted, differing);
  return differing;
}

}  // namespace

int main(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    if (!name.starts_with("--")) {
      options.files.emplace_back(name);
      continue;
    }
    const std::uint64_t value = i + 1 < count ? std::strtoull(arguments[++i], nullptr, 10) : 0;
    if (name == "--scripts") options.scripts = value;
    if (name == "--seed") options.seed = value;
    if (name == "--show") options.show = value;
  }
  if (std::system("command -v sievec >/dev/null 2>&1") != 0) {
    std::fputs("sieve_mutants: sievec(1) is not installed: apt-get install dovecot-sieve\n", stderr);
    return 77;
  }
  std::string name = (fs::temp_directory_path() / "sieve-mutants-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return 4;
  const std::uint64_t differing = compare(options, name);
  if (std::getenv("KEEP") == nullptr) fs::remove_all(name);
  return differing == 0 ? 0 : 1;
}
