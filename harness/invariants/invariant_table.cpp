// The table of invariants. See invariant_table.hpp.
#include "harness/invariants/invariant_table.hpp"

#include <array>

namespace watershed::harness {

std::span<const Invariant> invariants() {
  static constexpr std::array<Invariant, 6> table = {{
      {"conservation", "every offered message is accounted for exactly once, with its content intact",
       check_conservation},
      {"segregation", "a message class is handled only in zones that carry it, notices and copies included",
       check_segregation},
      {"no-loop", "no message meets the same host twice for the same recipient", check_no_loop},
      {"no-bounce-to-null", "a message with the null reverse-path never gets a notice", check_no_bounce_to_null},
      {"trace", "every stored message carries well-formed trace fields, one for each hop", check_trace},
      {"hermetic", "nothing leaves the world, and the ways of mail rest on names that its own zones have",
       check_hermetic},
  }};
  return table;
}

}  // namespace watershed::harness
