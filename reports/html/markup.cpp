// See markup.hpp.
#include "reports/html/markup.hpp"

#include "reports/escape.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::reports::html {

Markup& Markup::text(std::string_view text, std::size_t octets_max) {
  const bool is_ascii =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!is_ascii) out_ += "<bdi>";
  append_xml_text(out_, text, octets_max);
  if (!is_ascii) out_ += "</bdi>";
  return *this;
}

Markup& Markup::attribute(std::string_view text, std::size_t octets_max) {
  append_xml_text(out_, text, octets_max);
  return *this;
}

Markup& Markup::number(std::uint64_t number) {
  out_ += grouped(number);
  return *this;
}

Markup& Markup::element(std::string_view tag, std::string_view content) {
  out_ += '<';
  out_ += tag;
  out_ += '>';
  text(content);
  out_ += "</";
  out_ += tag.substr(0, tag.find(' '));
  out_ += '>';
  return *this;
}

Markup& Markup::real_time(std::string_view content) {
  out_ += "<time>";
  append_xml_text(out_, content, 100);
  out_ += "</time>";
  return *this;
}

std::string grouped(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string out;
  for (std::size_t index = 0; index < digits.size(); ++index) {
    if (index > 0 && (digits.size() - index) % 3 == 0) out += "\u202f";
    out += digits[index];
  }
  return out;
}

std::string plural(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(count), noun, count == 1 ? "" : "s");
}

std::string clock_text(std::int64_t ns) {
  const std::int64_t ms = ns / 1'000'000;
  if (ms < 60'000) return fmt::format("{}.{:03} s", ms / 1000, ms % 1000);
  const std::int64_t s = ms / 1000;
  if (s < 3600) return fmt::format("{} min {:02} s", s / 60, s % 60);
  if (s < 86'400) return fmt::format("{} h {:02} min", s / 3600, s / 60 % 60);
  return fmt::format("{} d {:02} h", s / 86'400, s / 3600 % 24);
}

std::string verdict_badge(std::string_view verdict) {
  const std::string_view mark = verdict == "passed"                         ? "✓"
                                : verdict == "failed" || verdict == "error" ? "✗"
                                : verdict == "inconclusive"                 ? "?"
                                                                            : "–";
  const std::string_view word = verdict == "passed" ? "holds" : verdict == "failed" ? "broken" : verdict;
  return fmt::format("<span class=\"v {}\"><span aria-hidden=true>{}</span> {}</span>", verdict, mark, word);
}

std::string id_of(std::string_view text) {
  std::string id;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    id += plain ? c : '-';
  }
  return id;
}

}  // namespace watershed::reports::html
