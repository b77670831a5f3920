// POSIX extended regular expressions of the C library, the engine behind Pigeonhole's :regex. draft-ietf-sieve-regex.
#pragma once

#include "base/result.hpp"
#include "components/filter/sieve/limits.hpp"

#include <regex.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::sieve {

/// A part of a matched value; `length` 0 for a group that took no part.
struct Span {
  std::size_t begin = 0;
  std::size_t length = 0;
};

/// One compiled expression. Copies share it; matching is safe from several threads.
class Regex {
 public:
  /// Refuses back-references (no part of POSIX extended expressions, and exponential in the C library) and repetitions
  /// over the limit.
  static Result<Regex, Error> compile(std::string_view pattern, bool ignore_case, const Limits& limits);

  /// Whether the expression is found anywhere in `value`. `spans`, where given, gets the whole match and each group.
  bool search(std::string_view value, std::vector<Span>* spans) const;

 private:
  explicit Regex(std::shared_ptr<const regex_t> compiled) : compiled_(std::move(compiled)) {}

  std::shared_ptr<const regex_t> compiled_;
};

}  // namespace watershed::sieve
