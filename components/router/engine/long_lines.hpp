// Lines that SMTP cannot carry: smtp(8) breaks them on delivery. RFC 5321 §4.5.3.1.6, postconf(5)
// smtp_line_length_limit.
#pragma once

#include "mail/message.hpp"

#include <cstddef>
#include <string_view>

namespace watershed::router {

/// The message with lines over the limit broken by CRLF SPACE. postconf(5) smtp_line_length_limit.
mail::Message break_long_lines(const mail::Message& message, std::size_t limit_octets);

/// True when a line, without its line end, is longer than the limit.
bool has_longer_line(std::string_view text, std::size_t limit_octets);

}  // namespace watershed::router
