// Seeded pairs of Sieve script and message that are about what a script does: actions, their order and conflicts,
// flags, edited headers, answers, duplicates, included scripts.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watershed::oracle {

struct SieveActionPair {
  std::string script;
  std::string message;  ///< CRLF
  std::string reverse_path;
};

/// Mailboxes that are there before the script runs, beside INBOX.
inline constexpr std::string_view mailboxes_there[] = {"A", "B", "C", "D"};
/// Scripts that `include` finds: name, personal (else global), source.
struct IncludedScript {
  std::string_view name;
  std::string_view source;
};
const std::vector<IncludedScript>& included_scripts();

class SieveActionPairs {
 public:
  explicit SieveActionPairs(std::uint64_t seed) : random_(seed) {}
  SieveActionPair next();

 private:
  using Words = std::vector<std::string_view>;

  std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }
  bool chance(std::size_t percent) { return pick(100) < percent; }
  std::string one_of(const Words& words) { return std::string(words[pick(words.size())]); }
  std::string quoted(const Words& words) { return "\"" + one_of(words) + "\""; }
  std::string list(const Words& words);

  std::string message();
  std::string command(int depth);
  std::string block(int depth);
  std::string test();
  std::string delivery();
  std::string flags();
  std::string edit();
  std::string vacation();
  std::string notify();
  std::string match(std::string& keys);

  std::mt19937_64 random_;
  bool uses_inbox_ = false;
  bool has_acted_ = false;
  bool has_deleted_ = false;
  int duplicates_ = 0;
};

}  // namespace watershed::oracle
