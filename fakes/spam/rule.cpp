// See rule.hpp. Searching goes through memmem and regexec: the filter stands on the path of every message of a load
// run.
#include "fakes/spam/rule.hpp"

#include "base/text.hpp"
#include "talk/patterns.hpp"

#include <fmt/format.h>

#include <regex.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

namespace watershed::spam {

namespace {

// The test string for spam filters, in two parts so that this file is not taken for spam itself.
constexpr std::string_view gtube_start = "XJS*C4JDBQADN1.NSBN3*2IDNEN*";
constexpr std::string_view gtube_end = "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

// memmem(3) may not be given the null pointer of an empty view.
bool contains(std::string_view text, std::string_view wanted) {
  if (text.empty()) return wanted.empty();
  return memmem(text.data(), text.size(), wanted.data(), wanted.size()) != nullptr;
}

bool contains_gtube(std::string_view text) {
  // The first part alone is rare enough; the second is compared in place.
  while (!text.empty()) {
    const void* const found = memmem(text.data(), text.size(), gtube_start.data(), gtube_start.size());
    if (found == nullptr) return false;
    text.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + gtube_start.size());
    if (text.starts_with(gtube_end)) return true;
  }
  return false;
}

// A POSIX extended regular expression, without case and subexpressions.
class Regex {
 public:
  explicit Regex(const std::string& pattern)
      : error_(regcomp(&compiled_, pattern.c_str(), REG_EXTENDED | REG_ICASE | REG_NOSUB)) {}
  ~Regex() {
    if (error_ == 0) regfree(&compiled_);
  }
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  std::optional<std::string> fault() const {
    if (error_ == 0) return std::nullopt;
    std::array<char, 128> text{};
    regerror(error_, &compiled_, text.data(), text.size());
    return std::string(text.data());
  }
  bool matches(const std::string& text) const { return regexec(&compiled_, text.c_str(), 0, nullptr, 0) == 0; }

 private:
  regex_t compiled_{};
  int error_;
};

}  // namespace

bool has_gtube(const mail::Message& message) {
  if (contains_gtube(message.body())) return true;
  const auto subject = message.field("Subject");
  return subject && contains_gtube(subject->value);
}

struct CompiledRule::Prepared {
  std::string header_contains;  // in lower case
  std::unique_ptr<Regex> header_regex;
  talk::AddressPattern reverse_path;
  talk::AddressPattern recipient;
  talk::NetworkPattern client;
};

CompiledRule::CompiledRule(Rule rule) : rule_(std::move(rule)), prepared_(std::make_unique<Prepared>()) {
  assert(!rule_fault(rule_));
  const Match& match = rule_.match;
  prepared_->header_contains = to_lower(match.header_contains);
  if (!match.header_regex.empty()) prepared_->header_regex = std::make_unique<Regex>(match.header_regex);
  prepared_->reverse_path = *talk::AddressPattern::compile(match.reverse_path);
  prepared_->recipient = *talk::AddressPattern::compile(match.recipient);
  prepared_->client = *talk::NetworkPattern::compile(match.client);
}

CompiledRule::~CompiledRule() = default;
CompiledRule::CompiledRule(CompiledRule&&) noexcept = default;
CompiledRule& CompiledRule::operator=(CompiledRule&&) noexcept = default;

bool CompiledRule::matches_header(const mail::Message& message) const {
  const Match& match = rule_.match;
  mail::FieldCursor cursor(message.header_section());
  mail::HeaderField field;
  while (cursor.next(field)) {
    if (!equal_ignoring_case(field.name, match.header)) continue;
    if (prepared_->header_contains.empty() && !prepared_->header_regex) return true;
    const std::string value = mail::unfold(field.value);
    const bool has_text = prepared_->header_contains.empty() || contains(to_lower(value), prepared_->header_contains);
    if (has_text && (!prepared_->header_regex || prepared_->header_regex->matches(value))) return true;
  }
  return false;
}

bool CompiledRule::matches(const talk::FilterRequest& request) const {
  const Match& match = rule_.match;
  const mail::Envelope& envelope = request.envelope;
  // The cheap conditions first.
  if (match.size_over_octets && request.message.size_octets() <= *match.size_over_octets) return false;
  if (!prepared_->client.matches(request.client_address)) return false;
  if (!prepared_->reverse_path.matches(envelope.reverse_path)) return false;
  if (!prepared_->recipient.matches_all() &&
      std::none_of(envelope.recipients.begin(), envelope.recipients.end(), [this](const mail::Recipient& recipient) {
        return prepared_->recipient.matches(recipient.forward_path.address());
      })) {
    return false;
  }
  if (!match.header.empty() && !matches_header(request.message)) return false;
  if (!match.body_contains.empty() && !contains(request.message.body(), match.body_contains)) return false;
  return !match.gtube || has_gtube(request.message);
}

std::optional<std::string> rule_fault(const Rule& rule) {
  const Match& match = rule.match;
  if (match.header.empty() && (!match.header_contains.empty() || !match.header_regex.empty())) {
    return "a header text is given, but no header name";
  }
  if (const auto pattern = talk::AddressPattern::compile(match.reverse_path); !pattern) return pattern.error().message;
  if (const auto pattern = talk::AddressPattern::compile(match.recipient); !pattern) return pattern.error().message;
  if (match.recipient == "<>") return "a recipient is never '<>'; expected an address pattern";
  if (const auto pattern = talk::NetworkPattern::compile(match.client); !pattern) return pattern.error().message;
  if (!match.header_regex.empty()) {
    if (const auto fault = Regex(match.header_regex).fault()) {
      return fmt::format("regular expression '{}': {}", printable(match.header_regex), *fault);
    }
  }
  const int code = rule.reply.code;
  if (rule.action == talk::FilterAction::reject && code != 250 && !rule.reply.is_permanent()) {
    return fmt::format("reject with reply code {}; expected 500 to 599", code);
  }
  if (rule.action == talk::FilterAction::tempfail && code != 250 && !rule.reply.is_transient()) {
    return fmt::format("tempfail with reply code {}; expected 400 to 499", code);
  }
  for (const std::string& field : rule.add_fields) {
    if (field.find(':') == std::string::npos || field.find_first_of("\r\n") != std::string::npos) {
      return fmt::format("'{}' is no header field; expected 'Name: value' on one line", printable(field));
    }
  }
  return std::nullopt;
}

}  // namespace watershed::spam
