// Notices about delivery in the provider's form. RFC 3464; the message itself is composed by mail/dsn. Pure.
#pragma once

#include "fakes/cloud/auto_reply.hpp"
#include "fakes/cloud/tenant.hpp"
#include "mail/dsn.hpp"

#include <string>

namespace watershed::cloud {

struct NoticeRequest {
  const Tenant& tenant;
  std::string hostname;
  const mail::Envelope& envelope;  ///< of the original: where the notice goes, RET and ENVID
  const mail::Message& original;
  mail::DsnRecipient recipient;
  std::int64_t arrival_unix_seconds = 0;
  Identity identity;
};

/// The envelope's reverse-path must not be null.
mail::Message compose_notice(const NoticeRequest& request);

/// The status for a report: the reply's own, or one that says what its code does (RFC 3463 §2).
mail::EnhancedStatus status_of(const mail::Reply& reply);

}  // namespace watershed::cloud
