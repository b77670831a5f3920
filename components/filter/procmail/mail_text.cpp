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

// Both by stretches: a message made to pass a size limit has megabytes.
MailText MailText::of(const mail::Message& message) {
  const std::string bytes = message.bytes();
  std::string text;
  text.reserve(bytes.size());
  std::size_t begin = 0;
  for (std::size_t end; (end = bytes.find("\r\n", begin)) != std::string::npos; begin = end + 1) {
    text.append(bytes, begin, end - begin);
  }
  text.append(bytes, begin);
  return MailText(std::move(text));
}

std::string MailText::crlf() const {
  std::string out;
  out.reserve(text_.size() + text_.size() / 16);
  std::size_t begin = 0;
  for (std::size_t end; (end = text_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    out.append(text_, begin, end - begin).append("\r\n");
  }
  out.append(text_, begin);
  return out;
}

}  // namespace watershed::procmail
