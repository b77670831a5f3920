// See directory.hpp.
#include "fakes/cloud/directory.hpp"

#include "base/text.hpp"

namespace watershed::cloud {

const mail::Address& DirectoryEntry::primary() const {
  return mailbox != nullptr ? mailbox->address : group != nullptr ? group->address : contact->address;
}

Directory::Directory(const Tenant& tenant) : tenant_(&tenant) {
  for (const AcceptedDomain& domain : tenant.domains) domains_.emplace(to_lower(domain.name), &domain);
  for (const Mailbox& mailbox : tenant.mailboxes) {
    add(mailbox.address, {&mailbox, nullptr, nullptr, &mailbox.at, false});
    for (const Alias& alias : mailbox.aliases) add(alias.address, {&mailbox, nullptr, nullptr, &alias.at, true});
  }
  for (const Group& group : tenant.groups) {
    add(group.address, {nullptr, &group, nullptr, &group.at, false});
    for (const Alias& alias : group.aliases) add(alias.address, {nullptr, &group, nullptr, &alias.at, true});
  }
  for (const Contact& contact : tenant.contacts) add(contact.address, {nullptr, nullptr, &contact, &contact.at, false});
}

void Directory::add(const mail::Address& address, DirectoryEntry entry) {
  entries_.emplace(folded(address), entry);  // the reader refuses an address that stands for two things
}

const AcceptedDomain* Directory::accepted_domain(std::string_view domain) const {
  const auto found = domains_.find(to_lower(domain));
  return found == domains_.end() ? nullptr : found->second;
}

DirectoryEntry Directory::find(const mail::Address& address) const {
  mail::Address asked = address;
  if (asked.domain.empty()) asked.domain = tenant_->default_domain;
  auto found = entries_.find(folded(asked));
  const std::size_t plus = asked.local_part.find('+');
  if (found == entries_.end() && tenant_->plus_addressing && plus != std::string::npos && plus > 0) {
    asked.local_part.resize(plus);
    found = entries_.find(folded(asked));
  }
  return found == entries_.end() ? DirectoryEntry{} : found->second;
}

bool matches_domain(std::string_view pattern, std::string_view domain) {
  if (pattern == "*") return true;
  if (!pattern.starts_with("*.")) return equal_ignoring_case(pattern, domain);
  pattern.remove_prefix(1);
  return domain.size() > pattern.size() && equal_ignoring_case(domain.substr(domain.size() - pattern.size()), pattern);
}

}  // namespace watershed::cloud
