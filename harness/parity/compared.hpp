// Writes down what the lanes are compared by. See parity.hpp.
#pragma once

#include "harness/outcome.hpp"
#include "harness/parity/parity.hpp"

namespace watershed::harness {

/// The aspects of each offered message for each of its recipients. `result` has its messages already (fill_results).
std::vector<ComparedMessage> compared_messages(const Evidence& evidence, const ScenarioResult& result);

/// `user+SRS=hash=day=domain=local@here` without hash and day: both come from the lane's clock. Other text stays.
std::string masked_srs(std::string_view text);

/// The message with what differs by nature masked: ids and dates of trace fields and of whatever a system made itself.
/// `is_notice`: a DSN or an answer, whose text is each program's own.
std::string masked_content(const mail::Message& message, bool is_notice);

}  // namespace watershed::harness
