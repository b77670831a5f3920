// One rule of the spam filter: what it matches and what it does. Compiled once, asked for every message.
#pragma once

#include "base/ip_address.hpp"
#include "talk/content_filter.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watershed::spam {

/// All conditions that are given must hold; a rule with none matches every message. Text is compared without case,
/// address patterns are `a@b`, `*@b`, `*@*.b` or `<>`. Regular expressions are POSIX extended, without case, on the
/// unfolded value.
struct Match {
  bool gtube = false;
  std::string header = {};           ///< a field of this name exists …
  std::string header_contains = {};  ///< … and one of its values has this text
  std::string header_regex = {};     ///< … and one of its values matches this
  std::string body_contains = {};    ///< in the body's bytes, exactly
  std::string reverse_path = {};
  std::string recipient = {};  ///< any recipient
  std::string client = {};     ///< an address or a network, `192.0.2.0/24`
  std::optional<std::uint64_t> size_over_octets = {};
};

struct Rule {
  std::string name;
  Match match = {};
  talk::FilterAction action = talk::FilterAction::accept;
  mail::Reply reply = {};  ///< for reject and tempfail; a code of 250 means: the default for the action
  std::vector<std::string> add_fields = {};  ///< for tag; none given: X-Spam-Flag and X-Spam-Status naming the rule
  std::string decided_by = {};               ///< `file:line` of the rule
};

/// A rule with its patterns prepared.
class CompiledRule {
 public:
  /// The rule must have no fault (see rule_fault).
  explicit CompiledRule(Rule rule);
  ~CompiledRule();
  CompiledRule(CompiledRule&&) noexcept;
  CompiledRule& operator=(CompiledRule&&) noexcept;

  bool matches(const talk::FilterRequest& request) const;
  const Rule& rule() const { return rule_; }

 private:
  struct Prepared;
  bool matches_header(const mail::Message& message) const;

  Rule rule_;
  std::unique_ptr<Prepared> prepared_;
};

/// What is wrong with a rule (unreadable regular expression or network, header text without header …), or nothing.
std::optional<std::string> rule_fault(const Rule& rule);

/// True for a message with the GTUBE string in its body or Subject (https://spamassassin.apache.org/gtube/).
bool has_gtube(const mail::Message& message);

}  // namespace watershed::spam
