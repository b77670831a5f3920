// The router from the inside: what its parts share. Not for other modules.
#pragma once

#include "components/router/engine/decision_memo.hpp"
#include "components/router/engine/queue.hpp"
#include "components/router/engine/queue_manager.hpp"
#include "components/router/engine/router.hpp"
#include "components/router/engine/scheduler.hpp"
#include "components/router/engine/settings.hpp"
#include "stage/stage.hpp"
#include "talk/dns_resolver.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace watershed::router {

class Listeners;

struct Engine {
  Engine(stage::Stage& on, stage::HostId self, RouterOptions given, std::shared_ptr<const RouteDecider> deciding);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void configure(std::shared_ptr<const RouteDecider> deciding);

  stage::Stage& stage;
  stage::HostId host;
  RouterOptions options;
  stage::Random random;
  std::shared_ptr<const RouteDecider> decider;
  std::shared_ptr<const EngineSettings> settings;
  DecisionMemo memo;  ///< of what `decider` said
  talk::Resolver resolver;

  MessageQueue queue;
  Scheduler scheduler;
  QueueManager queue_manager;
  std::unique_ptr<Listeners> listeners;

  bool running = false;
  std::uint32_t generation = 0;  ///< counts starts: tasks of an earlier life see that theirs is over
  std::vector<NotUnderstood> not_understood;

  stage::Time now() const { return stage.executor.now(); }
  std::int64_t unix_now() const { return stage.executor.unix_seconds(); }

  /// A fact of this host, now, about that custody.
  stage::Fact fact(stage::FactKind kind, stage::Custody custody) const;
  /// Facts about cases that are not modelled, and their list; each case once.
  void note_not_understood(std::span<const NotUnderstood> items);

  /// `decider->expand`, remembered where one recipient came: nearly always.
  Expansion expand(const mail::ReversePath& reverse_path, const std::vector<mail::Recipient>& recipients,
                   const std::string& service);

  /// Like Postfix's short queue ids: microseconds and a number that no other message here has.
  std::string new_queue_id();
  std::uint64_t next_sequence() { return ++sequences_; }
  /// `20261120060000.4A1B2C@mx.ctbto.int`, as cleanup(8) makes them.
  std::string message_id(const std::string& queue_id) const;

  /// Addresses at which this host takes mail: its own, and those of proxy_interfaces.
  std::vector<IpAddress> own_mail_addresses;
  /// The address to connect from; nothing when the host has none of that family.
  std::optional<IpAddress> own_address(bool v6) const;

 private:
  std::uint64_t queue_ids_ = 0;
  std::uint64_t sequences_ = 0;
};

/// `file:line` of what decided, or `default name`: the form of journal facts.
std::string journal_form(const DecidedBy& decided_by);

}  // namespace watershed::router
