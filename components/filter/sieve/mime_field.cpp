// Values of MIME fields with their parameters. RFC 2045 §5.1; pieces and charsets of parameters RFC 2231. See
// mime_part.hpp.
#include "base/text.hpp"
#include "components/filter/sieve/header_value.hpp"
#include "components/filter/sieve/mime_part.hpp"
#include "mail/message.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace watershed::sieve {

namespace {

/// Reads tokens, quoted strings and the marks between them; comments are stepped over.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : text_(text) {}

  bool at_end() {
    skip_blanks();
    return at_ >= text_.size();
  }

  bool take(char mark) {
    if (at_end() || text_[at_] != mark) return false;
    ++at_;
    return true;
  }

  void skip() { ++at_; }

  /// Up to a blank or one of `ends`.
  std::string token(std::string_view ends) {
    skip_blanks();
    std::string out;
    while (at_ < text_.size() && ends.find(text_[at_]) == std::string_view::npos && !is_blank(text_[at_])) {
      out += text_[at_++];
    }
    return out;
  }

  std::string value() {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != '"') return token(";(");
    std::string out;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_];
    }
    ++at_;
    return out;
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  void skip_blanks() {
    std::size_t depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (depth > 0 && c == '\\') {
        ++at_;
      } else if (c == '(') {
        ++depth;
      } else if (c == ')' && depth > 0) {
        --depth;
      } else if (depth == 0 && !is_blank(c)) {
        return;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
    if (low < 0) {
      out += text[at];
      continue;
    }
    out += static_cast<char>(static_cast<unsigned char>(high * 16 + low));
    at += 2;
  }
  return out;
}

/// A parameter in pieces: `name*0*=utf-8''a%20b; name*1=c`. RFC 2231 §3, §4.
struct Pieces {
  std::map<unsigned, std::pair<std::string, bool>> by_number;  // with whether it is encoded

  std::string joined() const {
    std::string charset;
    std::string out;
    for (const auto& [number, piece] : by_number) {
      std::string_view text = piece.first;
      if (number == 0 && piece.second) {
        const std::size_t first = text.find('\'');
        const std::size_t second = first == std::string_view::npos ? first : text.find('\'', first + 1);
        if (second != std::string_view::npos) {
          charset = text.substr(0, first);
          text.remove_prefix(second + 1);
        }
      }
      out += piece.second ? decode_percent(text) : std::string(text);
    }
    return to_utf8(out, charset);
  }
};

void add(std::vector<MimeParameter>& out, std::map<std::string, Pieces>& pieces, std::string name, std::string value) {
  const std::size_t star = name.find('*');
  if (star == std::string::npos) {
    out.push_back({std::move(name), std::move(value)});
    return;
  }
  const bool is_encoded = name.back() == '*';
  unsigned number = 0;
  for (const char c : name.substr(star + 1)) {
    if (c >= '0' && c <= '9' && number < 10'000) number = number * 10 + static_cast<unsigned>(c - '0');
  }
  pieces[name.substr(0, star)].by_number[number] = {std::move(value), is_encoded};
}

}  // namespace

std::string_view MimeFieldValue::parameter(std::string_view name) const {
  const auto found =
      std::find_if(parameters.begin(), parameters.end(), [&](const MimeParameter& p) { return p.name == name; });
  return found == parameters.end() ? std::string_view() : std::string_view(found->value);
}

MimeFieldValue parse_mime_field(std::string_view raw) {
  const std::string text = mail::unfold(raw);
  FieldReader reader(text);
  MimeFieldValue out;
  while (!reader.at_end() && !reader.take(';')) {
    const std::string token = reader.token(";(");
    out.value += to_lower(token);  // blanks around the slash are common enough
    if (token.empty()) reader.skip();
  }
  std::map<std::string, Pieces> pieces;
  while (!reader.at_end()) {
    if (reader.take(';')) continue;
    std::string name = to_lower(reader.token("=;("));
    if (reader.take('=')) {
      add(out.parameters, pieces, std::move(name), reader.value());
    } else if (name.empty()) {
      reader.skip();
    }
  }
  for (const auto& [name, parts] : pieces) out.parameters.push_back({name, parts.joined()});
  return out;
}

}  // namespace watershed::sieve
