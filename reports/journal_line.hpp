// A line of a journal, as a comparison keeps it, back in fields and in plain words.
#pragma once

#include "harness/outcome_parts.hpp"

#include <string>
#include <string_view>

namespace watershed::reports {

/// What stage::append_json_line wrote. A text that is no such line becomes an event that has it as its `text`.
harness::StoryEvent journal_event(std::string_view line);

/// On one line: `0.030 s mx.ctbto.int routed autodrm@ctbto.int: smtp:[eu.cloud] (postfix/transport:3)`. Not yet made
/// harmless for any kind of report.
std::string journal_text(std::string_view line);

}  // namespace watershed::reports
