// See address_form.hpp.
#include "components/router/route/address_form.hpp"

#include "base/ip_address.hpp"
#include "base/text.hpp"

namespace watershed::router {

namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_atom_character(char c) {
  switch (c) {
    case '(':
    case ')':
    case '<':
    case '>':
    case '[':
    case ']':
    case ':':
    case ';':
    case '@':
    case '\\':
    case ',':
    case '.':
    case '"':
    case ' ':
      return false;
    default:
      return !is_control(c);
  }
}

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

std::string internal_form(const mail::Address& address) {
  std::string out;
  out.reserve(address.local_part.size() + 1 + address.domain.size());
  out += address.local_part;
  if (address.domain.empty()) return out;
  out += '@';
  out += address.domain;
  return out;
}

std::string_view local_part_of(std::string_view internal) { return internal.substr(0, internal.rfind('@')); }

std::string_view domain_of(std::string_view internal) {
  const std::size_t at = internal.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : internal.substr(at + 1);
}

mail::Address address_from_internal(std::string_view internal) {
  return {std::string(local_part_of(internal)), std::string(domain_of(internal))};
}

bool needs_quotes(std::string_view local_part) {
  if (local_part.empty()) return true;
  bool after_dot = true;
  for (const char c : local_part) {
    if (c == '.') {
      if (after_dot) return true;
      after_dot = true;
    } else {
      if (!is_atom_character(c)) return true;
      after_dot = false;
    }
  }
  return after_dot;
}

std::string external_form(std::string_view internal) {
  const std::string_view local = local_part_of(internal);
  if (internal.empty() || !needs_quotes(local)) return std::string(internal);
  std::string quoted = "\"";
  for (const char c : local) {
    if (c == '"' || c == '\\' || c == '\r') quoted += '\\';
    quoted += c;
  }
  quoted += '"';
  quoted += internal.substr(local.size());
  return quoted;
}

std::optional<std::size_t> ExtensionRule::split(std::string_view local_part) const {
  if (delimiters.empty()) return std::nullopt;
  for (const std::string_view name :
       {std::string_view("postmaster"), std::string_view("mailer-daemon"), std::string_view(double_bounce_sender)}) {
    if (equal_ignoring_case(local_part, name)) return std::nullopt;
  }
  if (owner_request_special && delimiters.find('-') != std::string::npos) {
    constexpr std::string_view request = "-request";
    if (starts_with_ignoring_case(local_part, "owner-")) return std::nullopt;
    if (local_part.size() > request.size() &&
        equal_ignoring_case(local_part.substr(local_part.size() - request.size()), request)) {
      return std::nullopt;
    }
  }
  const std::size_t at = local_part.find_first_of(delimiters);
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  return at;
}

std::vector<std::string> parse_address_list(std::string_view text) { return ListReader(text).read(); }

bool is_valid_hostname(std::string_view name) {
  constexpr std::size_t name_max = 255;
  constexpr std::size_t label_max = 63;
  if (name.empty() || name.size() > name_max) return false;
  bool has_letter = false;
  std::size_t label_length = 0;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const char c = name[at];
    const bool is_last = at + 1 == name.size();
    const bool is_digit = c >= '0' && c <= '9';
    const char lower = to_lower(c);
    if (is_digit || (lower >= 'a' && lower <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80) {
      if (++label_length > label_max) return false;
      has_letter = has_letter || !is_digit;
    } else if (c == '.') {
      if (label_length == 0 || is_last) return false;
      label_length = 0;
    } else if (c == '-') {
      if (label_length == 0 || is_last || name[at + 1] == '.') return false;
      ++label_length;
      has_letter = true;
    } else {
      return false;
    }
  }
  return has_letter;
}

bool is_valid_address_literal(std::string_view literal) {
  if (!literal.starts_with('[') || !literal.ends_with(']')) return false;
  literal = literal.substr(1, literal.size() - 2);
  const bool tagged = starts_with_ignoring_case(literal, "IPv6:");
  if (tagged) literal.remove_prefix(5);
  const auto address = parse_ip_address(literal);
  return address && address->is_v6 == tagged;
}

}  // namespace watershed::router
