// Reads mailto: URIs. See mailto.hpp.
#include "components/filter/sieve/mailto.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/address_list.hpp"
#include "mail/address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace watershed::sieve {

namespace {

constexpr std::size_t recipients_max = 8;
constexpr std::size_t fields_max = 16;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    const int high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
    if (low < 0) return std::nullopt;
    out += static_cast<char>(static_cast<unsigned char>(high * 16 + low));
    at += 2;
  }
  return out;
}

// RFC 3986 §2: what may stand in a URI as it is.
std::optional<char> wrong_character(std::string_view text) {
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    const bool is_plain = (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'Z') ||
                          (octet >= 'a' && octet <= 'z') ||
                          std::string_view("-_.!~*'()%;:/@+$,[]?").find(c) != std::string_view::npos;
    if (!is_plain) return c;
  }
  return std::nullopt;
}

bool same(const mail::ForwardPath& a, const mail::ForwardPath& b) {
  return mail::same_mailbox(a.address(), b.address());
}

class Reader {
 public:
  Result<Mailto, Error> read(std::string_view rest) {
    const std::size_t question = rest.find('?');
    recipients(mailto_.to, rest.substr(0, question), "to");
    if (question != std::string_view::npos) fields(rest.substr(question + 1));
    if (error_) return *error_;
    return std::move(mailto_);
  }

 private:
  void fail(std::string message) {
    if (!error_) error_ = Error{std::move(message)};
  }

  void recipients(std::vector<mail::ForwardPath>& out, std::string_view encoded, std::string_view part) {
    if (const auto wrong = wrong_character(encoded)) {
      fail(fmt::format("invalid character '{}' in '{}' part", printable(std::string(1, *wrong)), part));
      return;
    }
    // A comma within an address is written %2C (RFC 6068 §2), so commas come apart first.
    for (const std::string_view one : split(encoded, ",")) {
      const auto text = decode(one);
      const auto found = text ? parse_single_address(*text) : std::vector<MailboxAddress>{};
      const auto address = found.empty() ? std::nullopt : as_address(found.front());
      if (!address) {
        fail(text ? fmt::format("invalid recipient '{}'", printable(*text)) : "invalid % encoding");
        return;
      }
      const mail::ForwardPath path(*address);
      const bool is_known =
          std::any_of(seen_.begin(), seen_.end(), [&](const auto& other) { return same(other, path); });
      if (is_known || seen_.size() >= recipients_max) continue;
      seen_.push_back(path);
      out.push_back(path);
    }
  }

  static std::optional<mail::Address> as_address(const MailboxAddress& found) {
    auto parsed = mail::parse_address(found.all());
    if (!parsed) return std::nullopt;
    return *parsed;
  }

  void fields(std::string_view query) {
    for (const std::string_view one : split(query, "&")) {
      const std::size_t equals = one.find('=');
      if (equals == std::string_view::npos) return fail("invalid header field: expected 'name=value'");
      const std::string_view raw_value = one.substr(equals + 1);
      const auto name = decode(one.substr(0, equals));
      const auto value = decode(raw_value);
      if (!name || !value) return fail("invalid % encoding");
      const bool is_name = !name->empty() && std::all_of(name->begin(), name->end(),
                                                         [](char c) { return c > 0x20 && c < 0x7f && c != ':'; });
      if (!is_name) return fail("invalid header field name");
      if (const auto wrong = wrong_character(raw_value)) {
        return fail(
            fmt::format("invalid character '{}' in header field value part", printable(std::string(1, *wrong))));
      }
      field(to_lower(*name), *name, *value, raw_value);
    }
  }

  void field(const std::string& key, const std::string& name, const std::string& value, std::string_view raw_value) {
    if (key == "to") return recipients(mailto_.to, raw_value, "to");
    if (key == "cc") return recipients(mailto_.cc, raw_value, "cc");
    if (key == "bcc") return recipients(mailto_.bcc, raw_value, "bcc");
    if (key == "body") {
      if (mailto_.body.empty()) mailto_.body = value;
      return;
    }
    const bool is_one_line = value.find_first_of("\r\n") == std::string::npos && value.find('\0') == std::string::npos;
    if (!is_one_line) return fail("invalid header field body");
    if (key == "subject") {
      if (!mailto_.subject) mailto_.subject = value;
      return;
    }
    // RFC 5436 §2.3: what the notice says of itself is not the script's to say.
    constexpr std::array<std::string_view, 17> reserved = {
        "auto-submitted", "received",    "return-path", "message-id",        "date",        "from",
        "sender",         "in-reply-to", "references",  "resent-date",       "resent-from", "resent-sender",
        "resent-to",      "resent-cc",   "resent-bcc",  "resent-message-id", "mime-version"};
    const bool is_reserved =
        std::find(reserved.begin(), reserved.end(), key) != reserved.end() || key.starts_with("content-");
    if (!is_reserved && mailto_.fields.size() < fields_max) mailto_.fields.emplace_back(name, value);
  }

  Mailto mailto_;
  std::vector<mail::ForwardPath> seen_;
  std::optional<Error> error_;
};

}  // namespace

Result<Mailto, Error> parse_mailto(std::string_view uri) {
  constexpr std::string_view scheme = "mailto:";
  if (!starts_with_ignoring_case(uri, scheme)) return Error{"it does not start with mailto:"};
  return Reader().read(uri.substr(scheme.size()));
}

}  // namespace watershed::sieve
