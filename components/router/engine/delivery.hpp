// What the queue manager hands to a delivery agent, and what comes back. qmgr(8), bounce(5).
#pragma once

#include "components/router/engine/queue.hpp"
#include "components/router/route/resolve.hpp"
#include "stage/stage.hpp"
#include "talk/smtp_client.hpp"

#include <memory>
#include <string>
#include <vector>

namespace watershed::router {

/// Recipients of one message that go to one destination together.
struct Batch {
  MessagePtr message;
  std::vector<std::size_t> recipients;  ///< indexes into message->recipients
  std::string decided_by;               ///< the line that chose the route
};

/// Where batches go, and how.
struct Destination {
  std::string transport;
  TransportKind kind = TransportKind::unknown;
  std::string next_hop;
  std::shared_ptr<const EngineSettings> settings;  ///< keeps what `transport_settings` points to
  const TransportSettings* transport_settings = nullptr;
};

/// One outcome for each recipient of the batch, in its order.
struct DeliveryReport {
  std::vector<Outcome> outcomes;
  bool site_failed = false;  ///< the destination as a whole could not be talked to: negative feedback
};

/// A connection that may serve more than one delivery (smtp_connection_cache_on_demand).
struct SmtpSession {
  std::unique_ptr<talk::SmtpClient> client;
  IpAddress address;
  std::string peer;  ///< `mx.ctbto.int[192.0.2.25]`
  stage::Time opened{};

  bool is_usable() const { return client && client->is_usable(); }
};

Outcome make_outcome(Outcome::Kind kind, std::string_view status, std::string text);

/// `5.4.6 mail for a.example loops back to myself`, or the story of what the other side said.
std::string describe(const Outcome& outcome);

/// `[5.1.1] text` as error(8) reads its next hop and local(8) its reasons: class 4 defers, anything else fails.
Outcome outcome_of_error_text(std::string_view text, std::string_view default_status);

}  // namespace watershed::router
