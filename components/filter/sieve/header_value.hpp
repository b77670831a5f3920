// What a script sees of a header field's value: unfolded, trimmed, encoded words decoded, always UTF-8.
// RFC 5228 §2.4.2.2 and §5.7, RFC 5322 §2.2.3 (folding), RFC 2047 (encoded words), RFC 2231 §5 (language in them).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace watershed::sieve {

/// `raw` is the field's value as received. Returns the value without change of meaning where it needs any work; nothing
/// when the trimmed `raw` is the answer already, which is the common case and saves the copy.
std::optional<std::string> decode_header_value(std::string_view raw);

/// `text` with its RFC 2047 encoded words decoded. What is no proper encoded word stays as it is.
std::string decode_encoded_words(std::string_view text);

/// The reverse for header fields that we write: plain when ASCII, else encoded words of at most 75 octets, folded.
std::string encode_header_value(std::string_view text);

/// `text` in UTF-8, read as `charset`. An unknown charset is read as UTF-8.
std::string to_utf8(std::string_view text, std::string_view charset);

std::string decode_base64(std::string_view text);
std::string encode_base64(std::string_view octets);

}  // namespace watershed::sieve
