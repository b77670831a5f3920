// Reads JSON (RFC 8259) into Boost.JSON's values, with the place of an error and with exact numbers.
//
// Boost.JSON's own parse() computes a double by one multiplication, which may be off by the last bit; what is read here
// and written again is the same text.
#pragma once

#include "base/diagnostic.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace watershed {

/// The one value of a JSON text. The error names line and column in `shown_file`: no JSON, something after its end,
/// deeper than 64 levels, or text that is not UTF-8.
Parsed<boost::json::value> read_json(std::string_view text, const std::string& shown_file);

}  // namespace watershed
