// The patterns of :matches: `*` is any run of octets, `?` one octet, `\` takes the next character's meaning away.
// RFC 5228 §2.7.1.
#pragma once

#include "components/filter/sieve/regex.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace watershed::sieve {

class Glob {
 public:
  explicit Glob(std::string_view pattern);

  /// Whether the whole of `value` fits. `spans`, where given, gets the whole value and what each wildcard took, where
  /// each `*` takes as little as it can, the leftmost first (RFC 5229 §3.2). Time is value × pattern at worst.
  bool fits(std::string_view value, std::vector<Span>* spans) const;

  /// The longest run of octets without any wildcard between two `*`: every value that fits has it. Empty: none.
  std::string_view longest_literal() const;

 private:
  /// What stands between two `*`. `any[n]` says that the nth octet was `?`.
  struct Segment {
    std::string octets;
    std::vector<bool> any;
    bool has_any = false;
  };
  static bool fits_at(const Segment& segment, std::string_view value, std::size_t at);
  static std::size_t find(const Segment& segment, std::string_view value, std::size_t from);
  static void add_spans(const Segment& segment, std::size_t at, std::vector<Span>& spans);

  std::vector<Segment> segments_;  // one more than there are `*`
};

}  // namespace watershed::sieve
