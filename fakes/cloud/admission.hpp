// Who may hand in what: decisions about a client, a reverse-path and a recipient while the session is open. Pure.
#pragma once

#include "fakes/cloud/directory.hpp"
#include "mail/envelope.hpp"
#include "stage/time.hpp"
#include "talk/smtp_server.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace watershed::cloud {

/// What the tenant makes of a client.
struct Admission {
  const InboundConnector* connector = nullptr;
  bool is_internal = false;
  bool may_relay = false;
};

Admission recognise(const Tenant& tenant, const IpAddress& client, std::string_view helo);

/// What is known of a client's past, for the throttle of new ones.
struct ClientHistory {
  stage::Time first_seen{};
  std::uint64_t transactions = 0;
};

/// True when the client is still too new. The history is the one before this transaction.
bool is_throttled(const NewClientThrottle& throttle, const ClientHistory& history, stage::Time now);

struct RecipientRequest {
  const Tenant& tenant;
  const Directory& directory;
  const Admission& admission;
  const mail::Envelope& so_far;  ///< reverse-path and the recipients already taken
  const mail::Address& recipient;
  std::string_view hostname;
  std::string_view client;
  std::int64_t unix_seconds = 0;
};

/// The refusal, or nothing when the recipient is taken. Looked at in the order in which providers do: attribution to
/// the tenant, relaying, direct send, limits, and the directory last.
std::optional<talk::Answer> refuse_recipient(const RecipientRequest& request);

}  // namespace watershed::cloud
