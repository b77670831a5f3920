// What each line of a message is for header_checks(5): part of a primary, MIME or nested header, or of the body. RFC
// 2045 §5.1, RFC 2046 §5.1 (multipart), §5.2.1 (message/rfc822).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {

enum class HeaderKind { primary, mime, nested };

/// Follows the structure of a message while its headers and body lines go by.
class MimeLines {
 public:
  /// True while lines belong to a header section.
  /// False: no line of the rest can begin a part.
  bool awaits_boundary() const { return !boundaries_.empty(); }
  bool in_header() const { return in_header_; }

  /// Which table a header of that name belongs to.
  HeaderKind kind_of(std::string_view header_name) const;

  /// A whole header field (`Name: value`, folded lines joined by newlines).
  void see_header(std::string_view field);
  /// The end of a header section: an empty line, or a line that is no header.
  void end_header();
  /// A body line without its line end. Returns true when it is a boundary that opens a part (header lines follow).
  bool see_body_line(std::string_view line);

  /// Counts body segments, for body_checks_size_limit.
  int segment() const { return segment_; }

 private:
  enum class Section { primary, part, nested };
  Section section_ = Section::primary;
  bool in_header_ = true;
  std::vector<std::string> boundaries_;
  std::string content_type_;
  std::string encoding_;
  int segment_ = 0;
};

}  // namespace watershed::router
