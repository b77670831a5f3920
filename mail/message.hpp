// A message as bytes: a header section whose fields keep their bytes and order, and a body that is never touched.
// RFC 5322 §2.1, §2.2. Nothing here repairs anything: what came in goes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::mail {

/// One header field, as views into the message. `raw` spans all its lines with their line ends; `value` is what follows
/// the colon, still folded, without the last line end.
struct HeaderField {
  std::string_view name;
  std::string_view value;
  std::string_view raw;
};

/// Walks the fields of a header section in order without allocating. Lines that are no field (no colon, a name with
/// blanks or control characters) and their continuations are stepped over.
class FieldCursor {
 public:
  explicit FieldCursor(std::string_view header_section) : rest_(header_section) {}

  /// The next field into `field`; false at the end.
  bool next(HeaderField& field);

 private:
  std::string_view rest_;
};

/// Copies share the body: a copy costs the header section only.
class Message {
 public:
  Message() = default;

  /// Splits at the first empty line (CRLF or bare LF, RFC 5322 §2.1). Never fails: a message without an empty line is
  /// all header, a first line that is no field starts the body.
  static Message parse(std::string bytes);

  std::string_view header_section() const { return header_; }  ///< every field with line ends, without the empty line
  std::string_view body() const;                               ///< what follows the empty line
  std::size_t size_octets() const;
  std::string bytes() const;  ///< header section, empty line (as received) and body

  /// All fields in order. The views live as long as this message is neither changed nor destroyed.
  std::vector<HeaderField> fields() const;

  /// The first field of that name (case-insensitive), or nothing.
  std::optional<HeaderField> field(std::string_view name) const;

  /// Unfolded and trimmed value of the first field of that name; empty when absent. RFC 5322 §2.2.3.
  std::string value(std::string_view name) const;

  /// How many fields have that name.
  std::size_t count(std::string_view name) const;

  /// Puts whole field lines (each with its CRLF) on top, as trace fields go (RFC 5321 §4.4).
  void prepend(std::string_view field_lines);
  /// Puts whole field lines after the last field.
  void append(std::string_view field_lines);
  /// Removes the nth (0-based) field of that name; false when there is none.
  bool remove(std::string_view name, std::size_t nth);

  /// Over the body's octets: the content's identity from end to end ("body unchanged").
  std::uint64_t body_hash() const;

 private:
  std::string header_;
  std::string separator_;  // the empty line as received: CRLF, LF, or nothing when there is no body
  std::shared_ptr<const std::string> received_;  // all bytes as received; the body is their tail
  std::size_t body_offset_ = 0;
};

/// Unfolds (RFC 5322 §2.2.3) and trims a raw field value.
std::string unfold(std::string_view value);

}  // namespace watershed::mail
