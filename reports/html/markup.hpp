// Writes HTML: what we wrote goes in as it is, what came from outside goes through the one escaping piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace watershed::reports::html {

class Markup {
 public:
  /// Our own markup, never anything from a file or from mail.
  Markup& raw(std::string_view markup) {
    out_ += markup;
    return *this;
  }
  /// Text from anywhere. Where it is not plain ASCII it is isolated, so that right-to-left text keeps to itself.
  Markup& text(std::string_view text, std::size_t octets_max = 4000);
  /// Text as the value of a quoted attribute.
  Markup& attribute(std::string_view text, std::size_t octets_max = 1000);
  Markup& number(std::uint64_t number);
  /// `<tag>text</tag>`; `tag` may have attributes: `td class=verdict`.
  Markup& element(std::string_view tag, std::string_view text);
  /// A duration or date of the real clock: the only thing in which two runs of the same inputs may differ.
  Markup& real_time(std::string_view text);

  std::string& out() { return out_; }
  std::string take() { return std::move(out_); }
  std::size_t size() const { return out_.size(); }

 private:
  std::string out_;
};

/// `1 message`, `12 messages`.
std::string plural(std::uint64_t count, std::string_view noun);

/// With thin spaces between thousands: `100 000`.
std::string grouped(std::uint64_t number);

/// Time on the lane's clock as people read it: `0.120 s`, `12 min 03 s`, `4 h 00 min`.
std::string clock_text(std::int64_t ns);

/// A word for a verdict with a mark in front of it: nothing is said by colour alone.
std::string verdict_badge(std::string_view verdict);

/// Letters, digits and dashes of a text, for ids.
std::string id_of(std::string_view text);

}  // namespace watershed::reports::html
