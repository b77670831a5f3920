// Who is who in a tenant: looks addresses up among mailboxes, groups and contacts, their aliases included. Pure.
#pragma once

#include "fakes/cloud/tenant.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace watershed::cloud {

/// What an address stands for; nothing when all pointers are null.
struct DirectoryEntry {
  const Mailbox* mailbox = nullptr;
  const Group* group = nullptr;
  const Contact* contact = nullptr;
  const SourcePosition* at = nullptr;  ///< the line of the entry, or of the alias that was matched
  bool is_alias = false;

  explicit operator bool() const { return at != nullptr; }
  const mail::Address& primary() const;  ///< only when found
};

class Directory {
 public:
  /// Points into `tenant`, which must stay where it is and unchanged.
  explicit Directory(const Tenant& tenant);

  /// Null when the domain is not accepted here.
  const AcceptedDomain* accepted_domain(std::string_view domain) const;
  bool is_accepted(const mail::Address& address) const { return accepted_domain(address.domain) != nullptr; }

  /// `user+detail` finds `user` where the tenant says so. The empty domain (`<Postmaster>`) stands for the default one.
  DirectoryEntry find(const mail::Address& address) const;

 private:
  void add(const mail::Address& address, DirectoryEntry entry);

  const Tenant* tenant_;
  std::unordered_map<std::string, const AcceptedDomain*> domains_;
  std::unordered_map<std::string, DirectoryEntry> entries_;
};

/// True when `domain` is `pattern`, or `pattern` is `*`, or `*.x` and `domain` is below x. Without regard to case.
bool matches_domain(std::string_view pattern, std::string_view domain);

}  // namespace watershed::cloud
