// A result file is an Outcome as JSON, without loss: what `--report json=PATH` writes, what shards are merged from,
// what `diff` compares, and what a child process hands to its parent.
//
// Keys only ever come to it; a change of meaning raises the version. Mail holds bytes that are not UTF-8: each such
// byte 0xHH is written as the private-use character U+10FEHH (and a character of that range as its four bytes), so
// every text comes back as it was, and the file is valid JSON all the same.
#pragma once

#include "base/diagnostic.hpp"
#include "base/json_writer.hpp"
#include "harness/outcome.hpp"

#include <string>
#include <string_view>

namespace watershed::harness {

inline constexpr int result_schema_version = 1;

/// All members of an Outcome, into an object that the caller has begun and ends. `schema_version` is the caller's.
void append_members(JsonWriter& json, const Outcome& outcome);

/// One run on one line without a newline, as a child process writes it into a pipe.
std::string to_json(const ScenarioResult& result);
Parsed<ScenarioResult> read_scenario_result(std::string_view text, const std::string& shown_name);

/// The error says what is wrong and where in the file: damaged, written by something else or by another version, or
/// contradicting itself (its summary is not that of its scenarios). Keys at the top that are not of an Outcome are for
/// readers of the file and are passed over.
Parsed<Outcome> read_outcome(std::string_view text, const std::string& shown_name);

/// Bytes as UTF-8 in the way of a result file, and back.
std::string to_utf8(std::string_view bytes);
std::string from_utf8(std::string_view text);

}  // namespace watershed::harness
