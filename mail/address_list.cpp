// See address_list.hpp.
#include "mail/address_list.hpp"

namespace watershed::mail {

namespace {

/// Splits an address list into addresses while reading; comments vanish, quotes are opened. Between commas, `<…>` is
/// the address and the words before it are its display name; without `<…>`, each run of words and operators is an
/// address.
class ListReader {
 public:
  explicit ListReader(std::string_view text) : text_(text) {}

  std::vector<std::string> read() {
    while (at_ < text_.size()) read_one();
    finish_element();
    return std::move(addresses_);
  }

 private:
  void read_one() {
    const char c = text_[at_];
    if ((c == ',' && !in_route_) || c == ';') {
      ++at_;
      finish_element();
    } else if (c == '(') {
      skip_comment();
    } else if (c == '"') {
      read_quoted();
    } else if (c == '[') {
      read_literal();
    } else if (c == '<') {
      ++at_;
      element_.clear();
      start_address();
      in_route_ = true;
    } else if (c == '>') {
      ++at_;
      finish_route();
    } else if (c == ':' && !in_route_) {
      // `Group: a@b, c@d;`: the name of a group is no address.
      ++at_;
      element_.clear();
      start_address();
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      ++at_;
      pending_blank_ = true;
    } else {
      put(c == '\\' && at_ + 1 < text_.size() ? text_[++at_] : c);
      ++at_;
    }
  }

  static bool joins(char c) { return c == '@' || c == '.' || c == '%' || c == '!'; }

  void start_address() {
    current_.clear();
    has_word_ = pending_blank_ = after_operator_ = false;
  }

  void finish_address() {
    if (has_word_) element_.push_back(std::move(current_));
    start_address();
  }

  void finish_element() {
    finish_address();
    in_route_ = false;
    for (std::string& address : element_) addresses_.push_back(std::move(address));
    element_.clear();
  }

  /// `<@relay,@relay:user@domain>`: the source route is dropped (RFC 5321 appendix F.2). What follows `>` is no
  /// address.
  void finish_route() {
    std::string address = std::move(current_);
    if (address.starts_with('@') && address.find(':') != std::string::npos) address.erase(0, address.find(':') + 1);
    start_address();
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != ';') {
      if (text_[at_] == '(')
        skip_comment();
      else
        ++at_;
    }
    in_route_ = false;
    element_.assign(1, std::move(address));
  }

  /// White space between two words ends an address; around an operator it means nothing.
  void separate(bool is_operator) {
    if (pending_blank_ && has_word_ && !is_operator && !after_operator_ && !in_route_) finish_address();
    pending_blank_ = false;
    after_operator_ = is_operator;
    has_word_ = true;
  }

  void put(char c) {
    separate(joins(c));
    current_ += c;
  }

  void read_quoted() {
    separate(false);
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      current_ += text_[at_++];
    }
    ++at_;
  }

  void read_literal() {
    separate(false);
    while (at_ < text_.size() && text_[at_] != ']') current_ += text_[at_++];
    if (at_ < text_.size()) current_ += text_[at_++];
  }

  void skip_comment() {
    int depth = 0;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '(') {
        ++depth;
      } else if (text_[at_] == ')' && --depth == 0) {
        ++at_;
        return;
      }
    }
    at_ = text_.size();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string current_;
  bool has_word_ = false;
  bool after_operator_ = false;
  bool pending_blank_ = false;
  bool in_route_ = false;
  std::vector<std::string> element_;
  std::vector<std::string> addresses_;
};

}  // namespace

std::vector<std::string> parse_address_list(std::string_view text) { return ListReader(text).read(); }

}  // namespace watershed::mail
