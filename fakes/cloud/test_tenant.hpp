// For tests: a small tenant to start from.
#pragma once

#include "fakes/cloud/profile.hpp"
#include "fakes/cloud/tenant.hpp"
#include "mail/envelope.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watershed::cloud::test {

inline mail::Address at(std::string_view text) {
  const auto parsed = mail::parse_address(text);
  return parsed ? *parsed : mail::Address{};
}

/// An empty `from` is the null reverse-path.
inline mail::Envelope envelope(std::string_view from, const std::vector<std::string>& to) {
  mail::Envelope made;
  if (!from.empty()) made.reverse_path = mail::ReversePath(at(from));
  for (const std::string& address : to) made.recipients.push_back({mail::ForwardPath(at(address)), {}, {}});
  return made;
}

inline SourcePosition line(int number) { return {"tenant.yaml", number, 1}; }

inline Mailbox mailbox(std::string_view address, int line_number = 0) {
  Mailbox made;
  made.address = at(address);
  made.at = line(line_number);
  return made;
}

inline talk::NetworkPattern network(std::string_view text) { return *talk::NetworkPattern::compile(text); }

/// ctbto.org with Anna (alias a.meier), Ben, and Ops; line numbers 10, 11 (the alias), 20, 30.
inline Tenant tenant(std::string_view profile = "exchange_online") {
  Tenant made = default_tenant(*find_profile(profile));
  made.at = line(1);
  made.default_domain = "ctbto.org";
  made.domains = {{"ctbto.org", DomainKind::authoritative, line(2)}};
  Mailbox anna = mailbox("anna@ctbto.org", 10);
  anna.display_name = "Anna Meier";
  anna.aliases = {{at("a.meier@ctbto.org"), line(11)}};
  made.mailboxes = {anna, mailbox("ben@ctbto.org", 20), mailbox("ops@ctbto.org", 30)};
  return made;
}

inline Forward forward(std::string_view to, bool keep_copy, Forward::Kind kind = Forward::Kind::mailbox) {
  return {at(to), keep_copy, kind, line(15)};
}

}  // namespace watershed::cloud::test
