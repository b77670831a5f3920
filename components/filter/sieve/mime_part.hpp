// The MIME structure of a message: which octets are whose header and body. RFC 2045, RFC 2046 §5.
//
// GMime would give the structure, but not the octet ranges that `replace` and `enclose` must leave untouched around
// the part they change, so the structure is found here; charsets and transfer encodings are decoded on demand.
#pragma once

#include "components/filter/sieve/limits.hpp"
#include "mail/message.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::sieve {

struct MimeParameter {
  std::string name;   ///< in lower case
  std::string value;  ///< quotes undone, RFC 2231 pieces joined and decoded
};

/// A structured field value such as that of Content-Type: `value; name=value …`. RFC 2045 §5.1.
struct MimeFieldValue {
  std::string value;  ///< in lower case, e.g. "text/plain"
  std::vector<MimeParameter> parameters;

  /// Empty where there is none.
  std::string_view parameter(std::string_view name) const;
};

MimeFieldValue parse_mime_field(std::string_view raw);

/// A message or a part of one. The views are into the message, which must outlive them.
struct MimePart {
  std::string_view header;  ///< the field lines, without the empty line
  std::string_view body;    ///< still encoded; for a multipart everything between header and end
  std::string type;         ///< in lower case; "text" where none is given (RFC 2045 §5.2)
  std::string subtype;
  MimeFieldValue content_type;
  std::vector<MimePart> children;  ///< parts of a multipart, or the message of a message/rfc822
  std::string_view prologue;       ///< RFC 2046 §5.1.1: what stands before the first part …
  std::string_view epilogue;       ///< … and behind the last
  std::vector<std::size_t> path;   ///< from the top: which child at each level; empty for the message itself

  std::string media_type() const { return type + "/" + subtype; }
  bool is_multipart() const { return type == "multipart"; }
  bool is_message() const { return type == "message" && (subtype == "rfc822" || subtype == "global"); }
};

/// A structure together with the message it points into, where nobody else keeps that.
struct MimeMessage {
  std::shared_ptr<const mail::Message> message;
  MimePart root;
};

/// The part at that path, or null.
const MimePart* find_part(const MimePart& root, const std::vector<std::size_t>& path);

/// Beyond the limits of depth and number a part has no children.
MimePart parse_mime(const mail::Message& message, const Limits& limits);

/// The raw value of the first field of that name; nothing where there is none.
std::optional<std::string_view> field_of(const MimePart& part, std::string_view name);

/// The body with its transfer encoding undone. RFC 2045 §6.
std::string decoded_body(const MimePart& part);
/// The same in UTF-8, by the charset parameter. For text parts.
std::string decoded_text(const MimePart& part);
/// Text/html without its tags, roughly as a reader sees it. RFC 5173 §5.3 leaves it open.
std::string text_of_html(std::string_view html);

}  // namespace watershed::sieve
