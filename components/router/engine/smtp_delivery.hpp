// smtp(8) and lmtp(8): one batch to its next hop over as many exchangers as it takes. RFC 5321 §4.5.4.1, §5.1; RFC
// 2033.
#pragma once

#include "components/router/engine/delivery.hpp"
#include "components/router/engine/next_hop.hpp"

#include <optional>
#include <string>
#include <vector>

namespace watershed::router {

struct Engine;

class SmtpDelivery {
 public:
  /// `session` may hold a connection to the destination from an earlier delivery; afterwards it holds one that can be
  /// used again, or none.
  SmtpDelivery(Engine& engine, const Destination& destination, const Batch& batch, SmtpSession& session);

  stage::Task<DeliveryReport> run();

 private:
  struct Lookup {
    std::vector<Target> targets;
    std::optional<Outcome> failure;
  };
  stage::Task<Lookup> look_up(Site site);
  stage::Task<Lookup> look_up_exchangers(Site site, talk::AddressFamilies families);
  stage::Task<bool> reuse_session();
  stage::Task<void> try_targets(std::vector<Target> targets, bool final_site);
  enum class Opened { no_connection, refused, ready };
  stage::Task<Opened> open_session(Target target);
  stage::Task<void> transact(bool is_final);
  void take_outcome(std::size_t index, const talk::RecipientOutcome& outcome, bool is_final);
  void note_session_failure(Outcome outcome);
  void settle(std::size_t index, Outcome outcome);

  Engine& engine_;
  const Destination& destination_;
  const ClientSettings& client_;
  const Batch& batch_;
  SmtpSession& session_;
  std::vector<std::size_t> left_;  // positions in the batch that are still to be tried
  DeliveryReport report_;
  Outcome why_;                    // of the last thing that went wrong
  std::optional<IpAddress> used_;  // the cached session's address: not tried again in this run
  std::size_t sessions_ = 0;
};

}  // namespace watershed::router
