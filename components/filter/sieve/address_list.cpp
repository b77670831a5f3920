// Reads address lists. See address_list.hpp.
#include "components/filter/sieve/address_list.hpp"

#include "mail/address.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace watershed::sieve {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// RFC 5322 §3.2.3 atext, with what RFC 6532 adds.
constexpr std::array<bool, 256> atom_octets = [] {
  std::array<bool, 256> out{};
  for (std::size_t octet = 0x21; octet < out.size(); ++octet) out[octet] = octet != 0x7f;
  for (const char special : std::string_view("()<>[]:;@\\,.\"")) out[static_cast<unsigned char>(special)] = false;
  return out;
}();
bool is_atom(char c) { return atom_octets[static_cast<unsigned char>(c)]; }

class Reader {
 public:
  Reader(std::string_view text, std::size_t addresses_max) : text_(text), addresses_max_(addresses_max) {}

  /// Whether something in the text was no address.
  bool found_faults() const { return faults_; }

  std::vector<MailboxAddress> list() {
    while (true) {
      skip_blanks();
      if (at_end() || found_.size() >= addresses_max_) return std::move(found_);
      if (peek() == ',' || peek() == ';') {  // RFC 5322 §4.4: empty members are obsolete, not wrong
        ++at_;
        continue;
      }
      member();
    }
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }

  // CFWS with nested comments.
  void skip_blanks() {
    std::size_t depth = 0;
    for (; !at_end(); ++at_) {
      const char c = peek();
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
    at_ = std::min(at_, text_.size());
    if (depth > 0) faults_ = true;
  }

  std::optional<std::string> quoted_string() {
    std::string out;
    for (++at_; !at_end(); ++at_) {
      if (peek() == '"') {
        ++at_;
        return out;
      }
      if (peek() == '\\' && at_ + 1 < text_.size()) ++at_;
      if (peek() != '\r' && peek() != '\n') out += peek();
    }
    return std::nullopt;
  }

  /// Words with dots between them: a local part, or a display name where blanks may stand instead of dots.
  std::optional<std::string> words(bool& is_dotted) {
    std::string out;
    bool wants_word = true;
    is_dotted = true;
    while (true) {
      skip_blanks();
      if (peek() == '"') {
        const auto quoted = quoted_string();
        if (!quoted) return std::nullopt;
        if (!wants_word) is_dotted = false;
        out += *quoted;
        wants_word = false;
      } else if (is_atom(peek()) && !at_end()) {
        if (!wants_word) is_dotted = false;
        while (!at_end() && is_atom(peek())) out += text_[at_++];
        wants_word = false;
      } else if (peek() == '.') {
        if (wants_word) is_dotted = false;
        out += '.';
        ++at_;
        wants_word = true;
      } else {
        if (wants_word) is_dotted = false;
        return out;
      }
    }
  }

  std::optional<std::string> domain() {
    skip_blanks();
    if (peek() == '[') {
      const std::size_t end = text_.find(']', at_);
      if (end == std::string_view::npos) return std::nullopt;
      const std::string literal(text_.substr(at_, end + 1 - at_));
      at_ = end + 1;
      return literal;
    }
    std::string out;
    bool wants_word = true;
    while (true) {
      skip_blanks();
      if (!at_end() && is_atom(peek()) && wants_word) {
        while (!at_end() && is_atom(peek())) out += text_[at_++];
        wants_word = false;
      } else if (peek() == '.' && !wants_word) {
        out += '.';
        ++at_;
        wants_word = true;
      } else {
        if (out.empty() || wants_word) return std::nullopt;
        return out;
      }
    }
  }

  /// Behind a broken member: to the next comma or semicolon outside of quotes.
  void skip_member() {
    faults_ = true;
    while (!at_end() && peek() != ',' && peek() != ';') {
      const std::size_t before = at_;
      if (peek() == '"') {
        if (!quoted_string()) at_ = text_.size();
      } else {
        skip_blanks();
        if (at_ == before) ++at_;
      }
    }
  }

  // address = mailbox / group
  void member() {
    bool is_dotted = false;
    const auto name = words(is_dotted);
    if (!name) return skip_member();
    if (peek() == ':' && !name->empty()) {  // a group: its members follow
      ++at_;
      return;
    }
    if (peek() == '@' && is_dotted) return address(*name, false);
    if (peek() != '<') return skip_member();
    ++at_;
    angle_address();
  }

  void angle_address() {
    skip_blanks();
    if (peek() == '@' && !skip_route()) return skip_member();
    bool is_dotted = false;
    const auto local_part = words(is_dotted);
    if (!local_part || !is_dotted || peek() != '@') return skip_member();
    address(*local_part, true);
  }

  // obs-route = "@" domain *("," "@" domain) ":"
  bool skip_route() {
    while (true) {
      skip_blanks();
      if (peek() == ',') {
        ++at_;
      } else if (peek() == '@') {
        ++at_;
        if (!domain()) return false;
      } else if (peek() == ':') {
        ++at_;
        return true;
      } else {
        return false;
      }
    }
  }

  void address(std::string local_part, bool in_brackets) {
    ++at_;
    auto host = domain();
    skip_blanks();
    if (in_brackets) {
      if (!host || peek() != '>') return skip_member();
      ++at_;
      skip_blanks();
    }
    const bool ends_here = at_end() || peek() == ',' || peek() == ';';
    if (!host || !ends_here) return skip_member();
    found_.push_back({std::move(local_part), std::move(*host)});
  }

  std::string_view text_;
  std::size_t addresses_max_;
  std::size_t at_ = 0;
  std::vector<MailboxAddress> found_;
  bool faults_ = false;
};

}  // namespace

std::string MailboxAddress::all() const { return mail::to_string(mail::Address{local_part, domain}); }

std::vector<MailboxAddress> parse_address_list(std::string_view value, std::size_t addresses_max) {
  return Reader(value, addresses_max).list();
}

std::vector<MailboxAddress> parse_single_address(std::string_view text) {
  Reader reader(text, 2);
  std::vector<MailboxAddress> found = reader.list();
  if (found.size() != 1 || reader.found_faults()) return {};
  return found;
}

}  // namespace watershed::sieve
