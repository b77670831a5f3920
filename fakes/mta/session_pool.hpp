// SMTP sessions kept open between messages, so that a load run costs transactions, not connections. At most so many to
// one endpoint at a time; who finds none free waits for its turn.
#pragma once

#include "base/ip_address.hpp"
#include "stage/signal.hpp"
#include "stage/stage.hpp"
#include "talk/smtp_client.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace watershed::mta {

struct SessionPoolOptions {
  std::size_t parallel = 20;  ///< sessions to one endpoint at a time (Postfix: default_destination_concurrency_limit)
  bool reuse = false;         ///< keep every session for the next message, however little mail there is
  /// Keep sessions to an endpoint while mail follows upon mail (smtp_connection_cache_on_demand); else each ends with
  /// QUIT after its transaction.
  bool reuse_on_demand = true;
  stage::Duration idle =
      std::chrono::seconds(2);  ///< how long an unused session stays open (smtp_connection_cache_time_limit)
  stage::Duration age_max = std::chrono::seconds(300);  ///< then it ends (smtp_connection_reuse_time_limit)
  std::uint32_t transactions_max = 0;                   ///< then the session ends; 0: no limit
};

class SessionPool {
 public:
  /// `client` holds for all sessions; its peer_name is filled in for each.
  SessionPool(stage::Stage& stage, stage::HostId host, std::vector<IpAddress> locals, talk::SmtpClientOptions client,
              SessionPoolOptions options);
  ~SessionPool();

  struct Session {
    Endpoint peer;
    std::unique_ptr<talk::SmtpClient> client;
    std::uint32_t transactions = 0;  ///< counted by the pool: how often it was taken
    stage::Time opened{};
    stage::Time idle_since{};
  };

  /// A session to `peer`: an idle one or a new one. Waits while `parallel` are in use. Every session (and only a
  /// session, not a failure) goes back through `give_back`.
  stage::Task<Result<Session, talk::SessionFailure>> take(Endpoint peer, std::string peer_name, stage::Custody custody);
  /// Keeps the session for the next, or ends it in a task of its own.
  void give_back(Session session);
  /// Ends all idle sessions.
  stage::Task<void> close_idle();

  std::size_t idle_count() const;

 private:
  struct Peer {
    explicit Peer(stage::Executor& executor) : freed(executor) {}
    std::vector<Session> idle;  // the one used last is taken first
    std::size_t in_use = 0;
    stage::Time last_done = stage::Time::min();
    bool keeps_sessions = false;  // mail follows upon mail
    stage::Signal freed;
  };
  IpAddress local_for(const IpAddress& peer) const;
  bool is_kept(Peer& sessions, const Session& session) const;
  stage::Task<void> end(Session session, Peer* slot_of);
  stage::Task<void> close_when_idle_too_long();

  stage::Stage& stage_;
  stage::HostId host_;
  std::vector<IpAddress> locals_;
  talk::SmtpClientOptions client_;
  SessionPoolOptions options_;
  std::map<Endpoint, Peer> peers_;
  bool reaper_runs_ = false;
};

}  // namespace watershed::mta
