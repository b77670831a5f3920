// The place in a file that a report points at: the configuration line that decided, where it is known.
#pragma once

#include "harness/outcome.hpp"

#include <optional>
#include <string_view>

namespace watershed::reports {

/// `file:line` as a place; nothing for a text of another form, `default name` or an address.
std::optional<SourcePosition> parse_place(std::string_view file_line);

/// The line that decided, else the line that asked, else the scenario's first line.
SourcePosition place_of(const harness::Finding& finding, const harness::ScenarioResult& run);

}  // namespace watershed::reports
