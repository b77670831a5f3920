// A mail provider in one host: the on-premises Windows part of a world, or its cloud. Takes mail in, decides by its
// tenant's settings, keeps mailboxes, and sends on what belongs elsewhere.
//
// The decisions are pure and in their own files (admission, expansion, delivery, srs …); this is where they are carried
// out and written into the journal.
#pragma once

#include "fakes/cloud/admission.hpp"
#include "fakes/cloud/auto_reply.hpp"
#include "fakes/cloud/delivery.hpp"
#include "fakes/cloud/directory.hpp"
#include "fakes/cloud/expansion.hpp"
#include "fakes/cloud/mailbox_store.hpp"
#include "fakes/cloud/outbound.hpp"
#include "fakes/cloud/tenant.hpp"
#include "mail/dsn.hpp"
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
  busy,           ///< 421 to every connection
  storage,        ///< 4.3.2 at RCPT
  hold,           ///< 250, and nothing moves until the outage ends: late, not lost
  unknown_users,  ///< 550 5.1.1 for recipients that exist
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
  std::optional<mail::Address> forwarded_by;  ///< the mailbox whose forward made this message
  std::optional<mail::Reply> refusal;         ///< it was made only to fail with this: a forward that policy forbids
  std::string refused_by;
  stage::Time arrived{};
  std::shared_ptr<std::size_t> copies;  ///< forwards made so far of what was first taken; all of them share the count
};

/// Forwards that go round in a group multiply faster than the hop limit stops them: so many copies of one message.
inline constexpr std::size_t copies_max = 1000;

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
  /// One `queued` fact for each recipient still in its hands: at the end of a run.
  void note_queued() const;

 private:
  friend class InboundConversation;

  // provider.cpp
  stage::Task<void> work();
  talk::SmtpServerOptions server_options() const;
  void take(InHand item);
  stage::Custody spawn(InHand item, std::string_view kind, std::string on_behalf_of, stage::Custody cause,
                       std::string decided_by);
  stage::Fact fact(stage::FactKind kind, const InHand& item, std::string recipient) const;
  Identity identity(stage::Custody custody) const;
  const Mailbox* own_mailbox(const mail::Address& address) const;

  // transport.cpp: what happens to one message.
  void process(InHand item);
  bool process_whole(InHand& item);
  void deliver(const InHand& item, const Resolved& resolved);
  void store_or_discard(const InHand& item, const Resolved& resolved, const Action& action);
  void send_on(const InHand& item, const Resolved& resolved, const Action& action);
  void answer(const InHand& item, const Resolved& resolved, const Action& action);
  void send_out(const InHand& item, const std::vector<const Resolved*>& recipients);

  // notices.cpp: what reverse-paths are told.
  void fail(const InHand& item, const mail::Recipient& recipient, const mail::Reply& reply, std::string decided_by,
            std::string_view remote_mta);
  void report(const InHand& item, const mail::Recipient& recipient, mail::DsnAction action, const mail::Reply& reply,
              std::string_view remote_mta);
  void on_outcome(const OutboundEntry& entry, const mail::Recipient& recipient,
                  const OutboundOutcome& outcome) override;

  stage::Stage& stage_;
  ProviderOptions options_;
  Tenant tenant_;
  Directory directory_;
  talk::ContentFilter* filter_;
  talk::Resolver resolver_;
  talk::SmtpServerOptions server_options_;
  talk::ConversationFactory open_conversation_;
  MailboxStore store_;
  Outbound outbound_;
  Outage outage_ = Outage::none;
  bool running_ = false;
  bool works_ = false;                                       // the work task was spawned
  std::vector<std::unique_ptr<stage::Listener>> listeners_;  // closed ones too: their tasks refer to them
  std::size_t first_open_listener_ = 0;
  std::deque<InHand> work_;
  stage::Signal work_arrived_;
  std::deque<InHand> backlog_;             // taken during Outage::hold
  std::map<stage::Custody, InHand> held_;  // quarantine
  std::map<IpAddress, ClientHistory> clients_;
};

}  // namespace watershed::cloud
