// From the recipients of an envelope to mailboxes and outside addresses: aliases, groups, contacts, forwards that keep
// no copy, and returned SRS addresses. Pure; every replacement is a step that the journal will show.
//
// A replacement that would lead back to where it came from is a loop and fails its recipient; a recipient that is
// reached twice gets one copy.
#pragma once

#include "fakes/cloud/directory.hpp"
#include "mail/envelope.hpp"
#include "mail/reply.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::cloud {

/// `recipient` was replaced by `to`, or (merged) dropped because `to` already stands for it.
struct ExpansionStep {
  bool is_merge = false;
  std::string recipient;
  std::string to;
  std::string decided_by;
};

struct Resolved {
  enum class Fate { mailbox, outbound, failed, discarded };
  Fate fate = Fate::failed;
  mail::Recipient recipient;
  const Mailbox* mailbox = nullptr;           ///< fate mailbox
  std::optional<mail::Address> forwarded_by;  ///< the entry that sent it outside: SRS signs in its name
  bool via_group = false;
  mail::Reply reply;       ///< fate failed
  std::string text;        ///< fate discarded: why
  std::string decided_by;  ///< of the fate
};

struct Expansion {
  std::vector<ExpansionStep> steps;
  std::vector<Resolved> recipients;
};

struct ExpansionRequest {
  const Tenant& tenant;
  const Directory& directory;
  const mail::Envelope& envelope;
  bool is_internal = false;                   ///< sent from inside
  std::optional<mail::Address> forwarded_by;  ///< the mailbox whose forward made this message
  std::string_view hostname;
  std::int64_t unix_seconds = 0;
};

Expansion expand(const ExpansionRequest& request);

/// True when mail may be forwarded to `to` automatically: an accepted domain, or allowed by the tenant.
bool may_forward_to(const Tenant& tenant, const Directory& directory, const mail::Address& to);

/// The secret that signs this tenant's SRS addresses.
std::string srs_secret(const Tenant& tenant);

}  // namespace watershed::cloud
