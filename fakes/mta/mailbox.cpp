// See mailbox.hpp.
#include "fakes/mta/mailbox.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::mta {

MailboxTable::MailboxTable(const std::vector<Mailbox>& mailboxes) : takes_everybody_(mailboxes.empty()) {
  std::vector<std::string> domains;
  for (const Mailbox& mailbox : mailboxes) {
    if (mailbox.pattern.find('*') != std::string::npos) {
      patterns_.emplace_back(*talk::AddressPattern::compile(mailbox.pattern), mailbox);
      domains_.push_back(patterns_.back().first);
      continue;
    }
    std::string key = to_lower(mailbox.pattern);
    domains.push_back("*" + key.substr(std::min(key.rfind('@'), key.size())));
    exact_.emplace(std::move(key), mailbox);
  }
  std::sort(domains.begin(), domains.end());
  domains.erase(std::unique(domains.begin(), domains.end()), domains.end());
  for (const std::string& domain : domains) domains_.push_back(*talk::AddressPattern::compile(domain));
}

const Mailbox* MailboxTable::find(const mail::Address& recipient) const {
  if (takes_everybody_ || recipient.domain.empty()) return &everybody_;
  if (!exact_.empty()) {
    const auto found = exact_.find(folded(recipient));
    if (found != exact_.end()) return &found->second;
  }
  for (const auto& [pattern, mailbox] : patterns_) {
    if (pattern.matches(recipient)) return &mailbox;
  }
  return nullptr;
}

mail::Reply MailboxTable::refuse(const mail::Address& recipient) const {
  const std::string address = to_string(recipient);
  const bool is_ours = std::any_of(domains_.begin(), domains_.end(), [&recipient](const talk::AddressPattern& each) {
    return each.covers_domain(recipient.domain);
  });
  if (is_ours)
    return mail::make_reply(550, "5.1.1", fmt::format("<{}>: Recipient address rejected: User unknown", address));
  return mail::make_reply(554, "5.7.1", fmt::format("<{}>: Relay access denied", address));
}

}  // namespace watershed::mta
