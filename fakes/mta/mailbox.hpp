// Who has a mailbox at a fake MTA. RFC 5321 §3.3: an address that is none is refused at RCPT, before any custody.
#pragma once

#include "mail/address.hpp"
#include "mail/reply.hpp"
#include "talk/patterns.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace watershed::mta {

/// One mailbox or a whole domain of them, as a talk::AddressPattern: `a@b`, `*@b`, `*@*.b`.
struct Mailbox {
  std::string pattern;
  std::string robot = {};  ///< not empty: this program takes the mail (fact `answered`) instead of a mailbox (`stored`)
};

class MailboxTable {
 public:
  /// Patterns must compile. An empty table has a mailbox for every address.
  explicit MailboxTable(const std::vector<Mailbox>& mailboxes);

  /// The mailbox that takes mail for `recipient`, or null. A whole address goes before patterns, those in their order.
  /// <Postmaster> without a domain is always taken (RFC 5321 §4.5.1).
  const Mailbox* find(const mail::Address& recipient) const;

  /// The refusal for a recipient without mailbox: 550 5.1.1 in a domain that has some here, else 554 5.7.1 (no relay).
  mail::Reply refuse(const mail::Address& recipient) const;

 private:
  Mailbox everybody_;
  bool takes_everybody_ = false;
  std::unordered_map<std::string, Mailbox> exact_;
  std::vector<std::pair<talk::AddressPattern, Mailbox>> patterns_;
  std::vector<talk::AddressPattern> domains_;  // of all mailboxes, exact ones as `*@domain`
};

}  // namespace watershed::mta
