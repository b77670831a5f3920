// Makes procmailrc files and messages by chance, from a seed: pairs on which our evaluator and procmail must agree.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::oracle {

/// One pair. `rcfile` has no MAILDIR, LOGFILE or SENDMAIL: whoever runs it sets them in front.
struct ProcmailPair {
  std::string rcfile;
  std::string message;  ///< lines end in LF
};

class ProcmailPairs {
 public:
  explicit ProcmailPairs(std::uint64_t seed) : random_(seed) {}

  ProcmailPair next();

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  bool chance(unsigned percent) { return below(100) < percent; }
  std::string_view one_of(const std::vector<std::string_view>& values) { return values[below(values.size())]; }

  std::string message();
  std::string statements(int depth, int count);
  std::string assignment();
  std::string recipe(int depth);
  std::string flags(bool is_block, bool is_program);
  std::string condition();
  std::string expression(bool in_header);
  std::string value();
  std::string folders();
  std::string action(int depth);

  std::mt19937_64 random_;
  int folders_ = 0;
  int logs_ = 0;
};

}  // namespace watershed::oracle
