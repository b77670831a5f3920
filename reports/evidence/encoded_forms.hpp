// Mail content in disguise: the same words as RFC 2047 encoded words, in base64, as quoted-printable, or behind the
// escapes of a quoted string. What leaves the house may contain none of them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::reports {

/// What a reader sees of a message although its bytes do not say it: its parts decoded (RFC 2045 §6), also as UTF-8,
/// and those of messages in it. Header fields are left to decoded_value, which is asked field by field.
std::vector<std::string> decoded_bodies(std::string_view message);

/// A header field's value unfolded, its encoded words decoded (RFC 2047).
std::string decoded_value(std::string_view raw);

/// The text as it stands in a quoted string of YAML or JSON: line ends and what is not ASCII as escapes.
std::string quoted_form(std::string_view text);

/// Octets of an encoded word or of a run of base64 (16 characters or more) that begins at `at`; 0 where none does.
std::size_t encoded_length(std::string_view text, std::size_t at);

/// What such a stretch may say: a run of base64 may have been cut anywhere, so from each of its first four characters.
std::vector<std::string> readings(std::string_view encoded);

}  // namespace watershed::reports
