// The router: an MTA that reads a Postfix folder, as one value that a world can start, stop and look into.
//
// What Postfix spreads over smtpd(8), cleanup(8), qmgr(8), smtp(8), local(8) and bounce(8) happens here in one thread
// on a Stage. What is decided comes from components/router/route; here is only what takes time: sessions, the queue,
// delivery.
#pragma once

#include "base/ip_address.hpp"
#include "components/router/route/router_policy.hpp"
#include "mail/envelope.hpp"
#include "mail/message.hpp"
#include "stage/stage.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::talk {
class ContentFilter;
}

namespace watershed::router {

class Commands;

/// A message as local(8) or virtual(8) put it into a mailbox.
struct StoredMessage {
  stage::Custody custody = 0;
  std::string mailbox;  ///< user name (local) or address (virtual)
  std::string folder;   ///< INBOX
  mail::Address recipient;
  mail::ReversePath reverse_path;
  const mail::Message& message;
};

/// Where mailbox deliveries go. The `stored` fact is recorded by the router.
class MailboxSink {
 public:
  virtual ~MailboxSink() = default;
  virtual void store(const StoredMessage& stored) = 0;
};

/// Where this router lives.
struct RouterOptions {
  /// Own addresses; the first of each family is the one it connects from.
  std::vector<IpAddress> addresses;
  std::vector<Endpoint> dns_servers;
  /// Asked at end of data where smtpd_milters is set; null means it cannot be reached.
  talk::ContentFilter* content_filter = nullptr;
  /// Optional: who gets mail that local(8) and virtual(8) deliver.
  MailboxSink* mailboxes = nullptr;
  /// Optional: the programs that pipe transports run.
  Commands* commands = nullptr;
  /// What `unix:` next hops stand for, e.g. `private/dovecot-lmtp`; a world without the entry has no such socket.
  std::map<std::string, Endpoint, std::less<>> unix_sockets;
};

enum class QueueState { incoming, active, deferred, hold };

std::string_view to_string(QueueState state);

/// One message in the queue, as postqueue(1) shows it.
struct QueueItem {
  std::string queue_id;
  stage::Custody custody = 0;
  QueueState state = QueueState::incoming;
  std::string reverse_path;             ///< as in facts, `<>` for the null reverse-path
  std::vector<std::string> recipients;  ///< those not yet done
  stage::Duration age{};
  stage::Time next_attempt{};  ///< only for deferred
  std::string reason;          ///< why it waits: the last recipient's last reason; may be empty
};

struct Engine;

class Router {
 public:
  /// `stage` and what `options` points to must outlive the router, and the router must outlive the executor's tasks.
  Router(stage::Stage& stage, stage::HostId host, RouterOptions options, std::shared_ptr<const RouteDecider> decider);
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  /// Listens and works; a router that was stopped goes on with the queue it had. The error names the endpoint that
  /// could not be listened on.
  Result<bool, Error> start();

  /// The host goes down: listeners close, sessions die, deliveries under way return to the queue. The queue survives.
  void stop();
  bool is_running() const;

  /// postfix reload: sessions under way keep the old configuration, everything else follows the new one.
  Result<bool, Error> replace_config(std::shared_ptr<const RouteDecider> decider);

  /// Everything in the queue, oldest first.
  std::vector<QueueItem> queue() const;
  std::size_t queue_size() const;

  /// postqueue -f: every deferred message is tried now, dead destinations included.
  void flush();
  /// postsuper -H: held mail becomes deferred mail that is due at the next queue run. How many messages that were.
  std::size_t release_held();

  /// Cases that came up at run time and are not modelled, each once; see also PostfixConfig::not_understood.
  const std::vector<NotUnderstood>& not_understood() const;

 private:
  std::unique_ptr<Engine> engine_;
};

}  // namespace watershed::router
