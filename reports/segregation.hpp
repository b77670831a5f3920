// The answer that the program exists for: are the two kinds of mail apart? Decided here once, for all reports.
//
// A wrong "yes" is the worst thing that can be said, so "yes" needs everything: runs on that world, mail of two classes
// in them, no crossing, no host in common, every run passed, and every known-bad world noticed.
#pragma once

#include "harness/outcome.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace watershed::reports {

enum class Segregated { yes, shared, not_shown, no };

/// `yes`, `shared`, `not shown` or `no`.
std::string_view to_string(Segregated kind);

struct SegregationAnswer {
  Segregated kind = Segregated::not_shown;
  std::string reason;      ///< what it rests on, in words
  std::uint64_t runs = 0;  ///< scenarios run on this world, known-bad ones left out
  std::uint64_t crossings = 0;
};

/// For each world with at least one run that is not known-bad.
std::map<std::string, SegregationAnswer> segregation_by_world(const harness::Outcome& outcome);

/// All worlds in one line, from `Segregated:` on, without a newline. The kind is the worst of all worlds.
struct SegregationLine {
  Segregated kind = Segregated::not_shown;
  std::string text;
};
SegregationLine segregation_line(const harness::Outcome& outcome);

}  // namespace watershed::reports
