// A Sieve script as RFC 5228 §8.2 (grammar) sees it: commands and tests with arguments, before anyone asks what they
// mean.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace watershed::sieve {

/// Line and column (in octets, from 1) within the script. The file name is the script's.
struct Place {
  int line = 0;
  int column = 0;

  bool operator==(const Place&) const = default;
};

}  // namespace watershed::sieve

namespace watershed::sieve::ast {

struct StringLiteral {
  std::string text;  ///< escapes and dot-stuffing undone, line ends as CRLF
  Place at;
};

enum class ArgumentKind { number, string, string_list, tag };

struct Argument {
  ArgumentKind kind = ArgumentKind::string;
  Place at;
  std::uint64_t number = 0;
  std::string tag;                     ///< in lower case, with its colon
  std::vector<StringLiteral> strings;  ///< one for a string, one or more for a string list
};

/// A command or a test: both have the same form.
struct Node {
  std::string name;  ///< in lower case
  Place at;
  std::vector<Argument> arguments;
  std::vector<Node> tests;
  bool has_test_list = false;  ///< the tests stood in parentheses
  bool has_block = false;
  std::vector<Node> block;
};

}  // namespace watershed::sieve::ast
