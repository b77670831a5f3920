// A message as procmail sees it: lines end in LF, the header goes up to the first empty line whatever its lines hold.
#pragma once

#include "mail/message.hpp"

#include <string>
#include <string_view>

namespace watershed::procmail {

class MailText {
 public:
  MailText() = default;
  explicit MailText(std::string text);
  /// Lines that end in CRLF end in LF, as a mailer's pipe hands them over.
  static MailText of(const mail::Message& message);

  std::string_view text() const { return text_; }
  std::string_view header() const { return std::string_view(text_).substr(0, body_begin_); }  ///< with the empty line
  std::string_view body() const { return std::string_view(text_).substr(body_begin_); }
  std::size_t size_octets() const { return text_.size(); }

  /// What egrep searches: the header with each folded field as one line, the newline gone for a blank.
  const std::string& unfolded_header() const { return unfolded_; }
  std::string unfolded_header_and_body() const { return unfolded_ + std::string(body()); }

  /// As an Internet message again, lines ending in CRLF.
  std::string crlf() const;

 private:
  std::string text_;
  std::size_t body_begin_ = 0;
  std::string unfolded_;
};

}  // namespace watershed::procmail
