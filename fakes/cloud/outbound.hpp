// The queue of mail that leaves: one lane for each next hop, several connections a lane, retries that grow from minutes
// to an hour, an end after a day (RFC 5321 §4.5.4.1 asks for four to five; providers take less).
//
// It knows nothing of mailboxes: what became of each recipient goes to its owner.
#pragma once

#include "fakes/cloud/route.hpp"
#include "mail/envelope.hpp"
#include "mail/message.hpp"
#include "mail/reply.hpp"
#include "stage/signal.hpp"
#include "stage/stage.hpp"
#include "talk/dns_resolver.hpp"
#include "talk/smtp_client.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace watershed::cloud {

struct OutboundEntry {
  stage::Custody custody = 0;
  mail::Envelope envelope;  ///< with the recipients still open
  mail::Message message;
  NextHop next_hop;
  bool is_internal = false;
  stage::Time queued_at{};
  int attempts = 0;
  bool delay_was_noticed = false;
};

struct OutboundOutcome {
  enum class Kind { relayed, failed, delayed };
  Kind kind = Kind::failed;
  mail::Reply reply;
  std::string remote_mta;  ///< empty when the decision was local
  bool peer_offers_dsn = false;
};

class OutboundOwner {
 public:
  virtual ~OutboundOwner() = default;
  virtual void on_outcome(const OutboundEntry& entry, const mail::Recipient& recipient,
                          const OutboundOutcome& outcome) = 0;
};

struct OutboundOptions {
  stage::HostId host = 0;
  std::string hostname;
  std::vector<IpAddress> addresses;  ///< its own; the first of the peer's family is used
  std::uint16_t mx_port = 25;
  std::size_t connections_per_lane_max = 20;
};

class Outbound {
 public:
  /// All references must outlive the queue, the queue its tasks. `tenant` gives the times; it may change under way.
  Outbound(stage::Stage& stage, OutboundOptions options, const Tenant& tenant, talk::Resolver& resolver,
           OutboundOwner& owner);

  void start();
  void stop() { running_ = false; }
  /// Queues an entry: a `routed` fact for each recipient, and the first attempt at once.
  void add(OutboundEntry entry);
  /// All that waits is tried now.
  void flush();
  std::size_t size() const { return size_; }
  /// For each recipient that is still open: `queued` facts, at the end of a run.
  void note_queued() const;

 private:
  struct Lane {
    NextHop hop;
    std::deque<OutboundEntry> ready;
    std::vector<const OutboundEntry*> under_way;  // in the frames of their connections
    std::size_t connections = 0;
  };
  struct HopFailure {
    mail::Reply reply;
    std::string remote_mta;
  };
  struct Opened {
    std::unique_ptr<talk::SmtpClient> client;
    std::string remote_mta;
  };
  using OpenResult = Result<Opened, HopFailure>;

  stage::Task<void> keep_time();
  stage::Task<void> run_connection(Lane& lane);
  stage::Task<OpenResult> open(NextHop hop, stage::Custody custody);
  stage::Task<OpenResult> open_mx(std::string domain, stage::Custody custody);
  stage::Task<OpenResult> open_first(std::string name, std::vector<Endpoint> endpoints, stage::Custody custody);
  void make_ready(OutboundEntry entry);
  void fill_connections(Lane& lane);
  void settle(OutboundEntry entry, const std::vector<talk::RecipientOutcome>& outcomes, const Opened& peer);
  void put_off(OutboundEntry entry, const std::vector<OutboundOutcome>& reasons);
  void put_off_all(Lane& lane, const HopFailure& failure);

  stage::Stage& stage_;
  OutboundOptions options_;
  const Tenant& tenant_;
  talk::Resolver& resolver_;
  OutboundOwner& owner_;
  bool running_ = false;
  bool keeps_time_ = false;
  std::size_t size_ = 0;
  std::map<std::string, Lane> lanes_;
  std::multimap<stage::Time, OutboundEntry> waiting_;
  stage::Signal changed_;
};

}  // namespace watershed::cloud
