// See mime_lines.hpp.
#include "components/router/route/mime_lines.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace watershed::router {

namespace {

constexpr std::size_t nesting_max = 100;  // postconf(5) mime_nesting_limit

constexpr std::array<std::string_view, 6> mime_names = {"content-description", "content-disposition",
                                                        "content-id",          "content-transfer-encoding",
                                                        "content-type",        "mime-version"};

std::string_view header_value(std::string_view field) {
  const std::size_t colon = field.find(':');
  return colon == std::string_view::npos ? std::string_view{} : trim(field.substr(colon + 1));
}

/// The boundary parameter of a Content-Type value; empty when there is none.
std::string boundary_of(std::string_view content_type) {
  std::size_t at = 0;
  while ((at = content_type.find(';', at)) != std::string_view::npos) {
    std::string_view parameter = trim(content_type.substr(++at));
    constexpr std::string_view name = "boundary";
    if (!starts_with_ignoring_case(parameter, name)) continue;
    parameter = trim(parameter.substr(name.size()));
    if (!parameter.starts_with('=')) continue;
    parameter = trim(parameter.substr(1));
    if (parameter.starts_with('"')) return std::string(parameter.substr(1, parameter.find('"', 1) - 1));
    return std::string(parameter.substr(0, parameter.find_first_of("; \t\r\n")));
  }
  return {};
}

}  // namespace

HeaderKind MimeLines::kind_of(std::string_view header_name) const {
  const std::string folded = to_lower(header_name);
  if (section_ == Section::part) return HeaderKind::mime;
  if (std::find(mime_names.begin(), mime_names.end(), folded) != mime_names.end()) return HeaderKind::mime;
  return section_ == Section::nested ? HeaderKind::nested : HeaderKind::primary;
}

void MimeLines::see_header(std::string_view field) {
  if (starts_with_ignoring_case(field, "content-type:")) content_type_ = std::string(header_value(field));
  if (starts_with_ignoring_case(field, "content-transfer-encoding:")) encoding_ = to_lower(header_value(field));
}

void MimeLines::end_header() {
  in_header_ = false;
  ++segment_;
  const bool is_encoded = encoding_ == "base64" || encoding_ == "quoted-printable";
  if (starts_with_ignoring_case(content_type_, "multipart/")) {
    std::string boundary = boundary_of(content_type_);
    if (!boundary.empty() && boundaries_.size() < nesting_max) boundaries_.push_back(std::move(boundary));
  } else if (starts_with_ignoring_case(content_type_, "message/rfc822") && !is_encoded) {
    section_ = Section::nested;
    in_header_ = true;
  }
  content_type_.clear();
  encoding_.clear();
}

bool MimeLines::see_body_line(std::string_view line) {
  if (!line.starts_with("--")) return false;
  line.remove_prefix(2);
  for (std::size_t depth = boundaries_.size(); depth > 0; --depth) {
    const std::string& boundary = boundaries_[depth - 1];
    if (!line.starts_with(boundary)) continue;
    const bool closes = line.substr(boundary.size()).starts_with("--");
    boundaries_.resize(closes ? depth - 1 : depth);
    ++segment_;
    if (closes) return false;
    section_ = Section::part;
    in_header_ = true;
    return true;
  }
  return false;
}

}  // namespace watershed::router
