// See session_pool.hpp.
#include "fakes/mta/session_pool.hpp"

#include <algorithm>

namespace watershed::mta {

using stage::Task;

SessionPool::SessionPool(stage::Stage& stage, stage::HostId host, std::vector<IpAddress> locals,
                         talk::SmtpClientOptions client, SessionPoolOptions options)
    : stage_(stage), host_(host), locals_(std::move(locals)), client_(std::move(client)), options_(options) {}

SessionPool::~SessionPool() = default;

IpAddress SessionPool::local_for(const IpAddress& peer) const {
  for (const IpAddress& local : locals_) {
    if (local.is_v6 == peer.is_v6) return local;
  }
  IpAddress any;
  any.is_v6 = peer.is_v6;
  return any;
}

Task<Result<SessionPool::Session, talk::SessionFailure>> SessionPool::take(Endpoint peer, std::string peer_name,
                                                                           stage::Custody custody) {
  Peer& sessions = peers_.try_emplace(peer, stage_.executor).first->second;
  while (sessions.idle.empty() && sessions.in_use >= options_.parallel) co_await sessions.freed.wait();
  ++sessions.in_use;
  if (!sessions.idle.empty()) {
    Session session = std::move(sessions.idle.back());
    sessions.idle.pop_back();
    ++session.transactions;
    co_return std::move(session);
  }
  talk::SmtpClientOptions client = client_;
  client.peer_name = std::move(peer_name);
  client.custody = custody;
  auto opened = co_await talk::SmtpClient::open(stage_, host_, local_for(peer.address), peer, std::move(client));
  if (!opened) {
    --sessions.in_use;
    sessions.freed.notify_one();
    co_return std::move(opened).error();
  }
  Session session{peer, std::move(*opened), 1, stage_.executor.now(), {}};
  co_return std::move(session);
}

// The demand is Postfix's: mail to the same place within a second of the last, until nothing is under way any more.
bool SessionPool::is_kept(Peer& sessions, const Session& session) const {
  const stage::Time now = stage_.executor.now();
  const bool follows = sessions.last_done != stage::Time::min() && sessions.last_done + std::chrono::seconds(1) >= now;
  sessions.keeps_sessions = follows || (sessions.keeps_sessions && sessions.in_use > 1);
  sessions.last_done = now;
  const bool worn_out = options_.transactions_max > 0 && session.transactions >= options_.transactions_max;
  const bool too_old = now - session.opened >= options_.age_max;
  return (options_.reuse || (options_.reuse_on_demand && sessions.keeps_sessions)) && !worn_out && !too_old;
}

void SessionPool::give_back(Session session) {
  Peer& sessions = peers_.at(session.peer);
  if (const bool kept = is_kept(sessions, session); session.client->is_usable() && !kept) {
    // The slot is free when the peer has seen the end: otherwise it would count one session too many.
    stage_.executor.spawn(end(std::move(session), &sessions));
    return;
  }
  --sessions.in_use;
  if (session.client->is_usable()) {
    session.idle_since = stage_.executor.now();
    sessions.idle.push_back(std::move(session));
    if (!reaper_runs_) {
      reaper_runs_ = true;
      stage_.executor.spawn(close_when_idle_too_long());
    }
  }
  sessions.freed.notify_one();
}

Task<void> SessionPool::end(Session session, Peer* slot_of) {
  co_await session.client->quit();
  if (slot_of == nullptr) co_return;
  --slot_of->in_use;
  slot_of->freed.notify_one();
}

Task<void> SessionPool::close_idle() {
  for (auto& [endpoint, sessions] : peers_) {
    while (!sessions.idle.empty()) {
      Session session = std::move(sessions.idle.back());
      sessions.idle.pop_back();
      co_await end(std::move(session), nullptr);
    }
  }
}

// Runs while there are idle sessions; each peer's come in the order in which they became idle.
Task<void> SessionPool::close_when_idle_too_long() {
  for (;;) {
    stage::Time next = stage::forever;
    const stage::Time now = stage_.executor.now();
    for (auto& [endpoint, sessions] : peers_) {
      while (!sessions.idle.empty() && sessions.idle.front().idle_since + options_.idle <= now) {
        Session session = std::move(sessions.idle.front());
        sessions.idle.erase(sessions.idle.begin());
        stage_.executor.spawn(end(std::move(session), nullptr));
      }
      if (!sessions.idle.empty()) next = std::min(next, sessions.idle.front().idle_since + options_.idle);
    }
    if (next == stage::forever) break;
    co_await stage_.executor.sleep_until(next);
  }
  reaper_runs_ = false;
}

std::size_t SessionPool::idle_count() const {
  std::size_t count = 0;
  for (const auto& [endpoint, sessions] : peers_) count += sessions.idle.size();
  return count;
}

}  // namespace watershed::mta
