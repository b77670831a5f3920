// Finds the MIME structure of a message. See mime_part.hpp; fields and decoding are in mime_field.cpp, mime_text.cpp.
#include "components/filter/sieve/mime_part.hpp"

#include "base/text.hpp"

#include <optional>
#include <utility>

namespace watershed::sieve {

namespace {

struct Split {
  std::string_view header;
  std::string_view body;
};

/// At the first empty line; a text without one is all header, one that starts with an empty line all body.
Split split_entity(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t newline = text.find('\n', at);
    const std::size_t end = newline == std::string_view::npos ? text.size() : newline + 1;
    const std::string_view line = text.substr(at, end - at);
    if (line == "\n" || line == "\r\n") return {text.substr(0, at), text.substr(end)};
    at = end;
  }
  return {text, text.substr(text.size())};
}

struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;  ///< behind its line end
  bool is_last = false;
};

/// The delimiter lines of the boundary in order, up to the closing one. RFC 2046 §5.1.1.
std::vector<Line> delimiters(std::string_view body, std::string_view boundary, std::size_t parts_max) {
  std::vector<Line> found;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t newline = body.find('\n', at);
    const std::size_t end = newline == std::string_view::npos ? body.size() : newline + 1;
    std::string_view line = body.substr(at, end - at);
    if (line.starts_with("--") && line.substr(2).starts_with(boundary)) {
      line.remove_prefix(2 + boundary.size());
      const bool is_last = line.starts_with("--");
      if (is_last) line.remove_prefix(2);
      if (trim(line).empty()) {
        found.push_back({at, end, is_last});
        if (is_last || found.size() > parts_max) return found;
      }
    }
    at = end;
  }
  return found;
}

/// The line end before a delimiter belongs to it, not to the part.
std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

class Reader {
 public:
  explicit Reader(const Limits& limits) : limits_(limits) {}

  MimePart read(std::string_view header, std::string_view body, bool in_digest, std::vector<std::size_t> path) {
    ++parts_;
    MimePart part;
    const std::size_t depth = path.size();
    part.path = std::move(path);
    part.header = header;
    part.body = body;
    type(part, in_digest);
    if (depth >= limits_.mime_depth_max) return part;
    if (part.is_multipart()) {
      children(part);
    } else if (part.is_message()) {
      const Split inner = split_entity(body);
      part.children.push_back(read(inner.header, inner.body, false, below(part)));
    }
    return part;
  }

 private:
  static std::vector<std::size_t> below(const MimePart& part) {
    std::vector<std::size_t> path = part.path;
    path.push_back(part.children.size());
    return path;
  }

  // RFC 2045 §5.2: what says nothing, or says it wrongly, is text/plain; in a digest message/rfc822.
  static void type(MimePart& part, bool in_digest) {
    if (const auto raw = field_of(part, "Content-Type")) part.content_type = parse_mime_field(*raw);
    const std::string& value = part.content_type.value;
    const std::size_t slash = value.find('/');
    const bool is_good = slash != std::string::npos && slash > 0 && slash + 1 < value.size();
    if (is_good) {
      part.type = value.substr(0, slash);
      part.subtype = value.substr(slash + 1);
    } else {
      part.type = in_digest ? "message" : "text";
      part.subtype = in_digest ? "rfc822" : "plain";
    }
  }

  void children(MimePart& part) {
    const std::string_view boundary = part.content_type.parameter("boundary");
    if (boundary.empty()) return;
    const std::vector<Line> lines = delimiters(part.body, boundary, limits_.mime_parts_max);
    if (lines.empty()) return;
    part.prologue = without_line_end(part.body.substr(0, lines.front().begin));
    for (std::size_t index = 0; index < lines.size(); ++index) {
      if (lines[index].is_last) {
        part.epilogue = part.body.substr(lines[index].end);
        return;
      }
      if (parts_ >= limits_.mime_parts_max) return;
      const std::size_t begin = lines[index].end;
      const bool is_closed = index + 1 < lines.size();
      const std::size_t end = is_closed ? lines[index + 1].begin : part.body.size();
      if (!is_closed && begin >= end) return;
      std::string_view text = part.body.substr(begin, end - begin);
      const Split inner = split_entity(text);
      const std::string_view body = is_closed ? without_line_end(inner.body) : inner.body;
      part.children.push_back(read(inner.header, body, part.subtype == "digest", below(part)));
    }
  }

  const Limits& limits_;
  std::size_t parts_ = 0;
};

}  // namespace

std::optional<std::string_view> field_of(const MimePart& part, std::string_view name) {
  mail::FieldCursor cursor(part.header);
  mail::HeaderField field;
  while (cursor.next(field)) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

const MimePart* find_part(const MimePart& root, const std::vector<std::size_t>& path) {
  const MimePart* part = &root;
  for (const std::size_t index : path) {
    if (index >= part->children.size()) return nullptr;
    part = &part->children[index];
  }
  return part;
}

MimePart parse_mime(const mail::Message& message, const Limits& limits) {
  return Reader(limits).read(message.header_section(), message.body(), false, {});
}

}  // namespace watershed::sieve
