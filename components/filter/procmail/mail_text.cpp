// See mail_text.hpp.
#include "components/filter/procmail/mail_text.hpp"

namespace watershed::procmail {

MailText::MailText(std::string text) : text_(std::move(text)) {
  const std::size_t empty_line = text_.find("\n\n");
  body_begin_ = empty_line == std::string::npos ? text_.size() : empty_line + 2;
  unfolded_ = text_.substr(0, body_begin_);
  for (std::size_t i = 0; i + 1 < unfolded_.size(); ++i) {
    if (unfolded_[i] == '\n' && (unfolded_[i + 1] == ' ' || unfolded_[i + 1] == '\t')) unfolded_[i] = ' ';
  }
}

MailText MailText::of(const mail::Message& message) {
  const std::string bytes = message.bytes();
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n') continue;
    text += bytes[i];
  }
  return MailText(std::move(text));
}

std::string MailText::crlf() const {
  std::string out;
  out.reserve(text_.size() + text_.size() / 16);
  for (const char c : text_) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

}  // namespace watershed::procmail
