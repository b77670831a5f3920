// One condition line taken apart: what is asked, of which text, with which weight. procmailrc(5), procmailsc(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace watershed::procmail {

/// `w^x` of procmailsc(5).
struct Weight {
  double weight = 0;
  double exponent = 0;
};

struct Condition {
  enum class Kind : std::uint8_t {
    expression,   ///< `text` is a regular expression
    program,      ///< `text` is a command line; its exit code is asked
    larger,       ///< more than `octets`
    smaller,      ///< fewer than `octets`
    substituted,  ///< `text` has to be expanded and read on
  };
  Kind kind = Kind::expression;
  bool inverted = false;
  std::optional<Weight> weight;
  std::string area;  ///< name before `??`: a variable, or H, B, HB, BH; empty: what the recipe's flags say
  std::string text;
  std::uint64_t octets = 0;
  bool has_number = true;  ///< false: `<` or `>` without a number, which procmail takes for 0
};

/// Reads on in `text` with what was read before. Never fails: what is nothing else is an expression.
Condition parse_condition(std::string_view text, Condition before = {});

/// What is broken about the expression of a condition that needs no substitution; empty when nothing is.
std::string defect_of(std::string_view condition);

}  // namespace watershed::procmail
