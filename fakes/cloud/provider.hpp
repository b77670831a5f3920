// A mail provider in one host: the on-premises Windows part of a world, or its cloud. Takes mail in, decides by its
// tenant's settings, keeps mailboxes, and sends on what belongs elsewhere.
//
// The decisions are pure and in their own files (admission, expansion, delivery, srs …); this is where they are carried
// out and written into the journal.
#pragma once

#include "fakes/cloud/delivery.hpp"
#include "fakes/cloud/directory.hpp"
#include "fakes/cloud/expansion.hpp"
#include "fakes/cloud/mailbox_store.hpp"
#include "fakes/cloud/outbound.hpp"
#include "fakes/cloud/tenant.hpp"
#include "mail/envelope.hpp"
#include "mail/message.hpp"
#include "stage/signal.hpp"
#include "stage/stage.hpp"
#include "talk/content_filter.hpp"
#include "talk/dns_resolver.hpp"
#include "talk/smtp_server.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::cloud {

/// Ways in which providers have failed. At most one at a time.
enum class Outage {
  none,
  unavailable,          ///< 421 to every connection
  storage_unavailable,  ///< 4.3.2 at RCPT
  accept_and_hold,      ///< 250, and nothing moves until the outage ends: late, not lost
  false_unknown,        ///< 550 5.1.1 for recipients that exist
};

std::string_view to_string(Outage outage);
std::optional<Outage> find_outage(std::string_view word);

struct ProviderOptions {
  stage::HostId host = 0;
  std::string hostname;
  std::vector<IpAddress> addresses;   ///< listens on each; mail leaves from the first
  std::vector<Endpoint> dns_servers;  ///< empty: only smart hosts given by address can be reached
  std::uint16_t port = 25;            ///< 0: free ones (tests)
  std::uint16_t mx_port = 25;         ///< of other hosts' servers
};

/// A message in the provider's hands, not yet brought anywhere.
struct InHand {
  stage::Custody custody = 0;
  mail::Envelope envelope;
  mail::Message message;
  bool is_internal = false;  ///< from a user, or a client that counts as inside
  talk::FilterAction verdict = talk::FilterAction::accept;
  std::string verdict_rule;
  std::string verdict_by;
  stage::Time arrived{};
};

class Provider final : private OutboundOwner {
 public:
  /// `stage` and `filter` (may be null: no content filter) must outlive the provider, the provider its tasks.
  Provider(stage::Stage& stage, ProviderOptions options, Tenant tenant, talk::ContentFilter* filter = nullptr);
  ~Provider() override;

  /// Listens and works; fails when an address is taken. After `stop` mailboxes and queues are still there.
  Result<void, Error> start();
  void stop();
  bool is_running() const { return running_; }
  /// Where it listens, one for each address.
  std::vector<Endpoint> endpoints() const;

  /// New settings from now on. Mailboxes keep what they hold; a mailbox that is gone keeps its mail out of sight.
  void replace_tenant(Tenant tenant);
  const Tenant& tenant() const { return tenant_; }
  void set_outage(Outage outage);
  /// Null to switch off. Correspondents may be answered again afterwards. False: no such mailbox.
  bool set_out_of_office(const mail::Address& mailbox, std::optional<OutOfOffice> out_of_office);

  /// A user of mailbox `user` sends a message: one `offered` fact for each recipient, with the label and class. Refused
  /// when the reverse-path is not the user's to send from.
  Result<stage::Custody, Error> submit(const mail::Address& user, mail::Envelope envelope, mail::Message message,
                                       std::string label, std::string message_class);
  /// The owner of `mailbox` answers a message that is stored there: a `spawned` fact with detail `reply`.
  Result<stage::Custody, Error> reply(const mail::Address& mailbox, stage::Custody stored, std::string body);
  /// A person lets a quarantined message go: it is delivered to the Inbox of all its recipients. False: not held here.
  bool release(stage::Custody custody);

  const MailboxStore& store() const { return store_; }
  MailboxStore& store() { return store_; }
  /// Messages accepted but neither stored nor relayed: backlog and outbound queue.
  std::size_t queued() const { return work_.size() + backlog_.size() + outbound_.size(); }
  /// Tries everything in the outbound queue now.
  void flush_queue() { outbound_.flush(); }

 private:
  friend class InboundConversation;

  // provider.cpp
  stage::Task<void> serve(std::size_t index);
  stage::Task<void> work();
  void take(InHand item);
  void spawn(InHand item, std::string_view kind, const mail::Address& on_behalf_of, stage::Custody cause,
             std::string decided_by);
  stage::Fact fact(stage::FactKind kind, const InHand& item, const mail::Address& recipient) const;

  // transport.cpp: what happens to one message.
  void process(InHand item);
  void note_steps(const InHand& item, const Expansion& expansion);
  void deliver(const InHand& item, const Resolved& resolved);
  void carry_out(const InHand& item, const Resolved& resolved, const Action& action);
  void send_out(const InHand& item, const std::vector<const Resolved*>& recipients);
  void fail(const InHand& item, const mail::Recipient& recipient, const mail::Reply& reply, std::string decided_by,
            std::string_view remote_mta);
  void notify(const InHand& item, const mail::Recipient& recipient, mail::DsnRecipient report);
  void on_outcome(const OutboundEntry& entry, const OutboundOutcome& outcome) override;

  stage::Stage& stage_;
  ProviderOptions options_;
  Tenant tenant_;
  Directory directory_;
  talk::ContentFilter* filter_;
  talk::Resolver resolver_;
  talk::SmtpServerOptions server_options_;
  MailboxStore store_;
  Outbound outbound_;
  Outage outage_ = Outage::none;
  bool running_ = false;
  std::vector<std::unique_ptr<stage::Listener>> listeners_;
  std::deque<InHand> work_;
  stage::Signal work_arrived_;
  std::deque<InHand> backlog_;             // taken during accept_and_hold
  std::map<stage::Custody, InHand> held_;  // quarantine
  std::map<IpAddress, ClientHistory> clients_;
};

}  // namespace watershed::cloud
