// The mail store: takes mail by LMTP (RFC 2033), runs each recipient's Sieve script and keeps what is to be kept. The
// part that Dovecot with Pigeonhole has in the live lane.
//
// Redirects, rejections and auto-replies leave through the submission host; while that cannot be reached they wait
// here.
#pragma once

#include "components/filter/sieve/outcome.hpp"
#include "components/store/mailbox.hpp"
#include "stage/stage.hpp"
#include "talk/smtp_server.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watershed::store {

struct MailStoreOptions {
  std::string hostname;
  stage::HostId host = 0;
  std::vector<IpAddress> addresses;
  std::uint16_t port = 24;
  std::optional<Endpoint> submission;   ///< none: scripts that need one fail visibly (`failed` facts)
  std::uint64_t size_limit_octets = 0;  ///< 0: none
  std::size_t retain = 100'000;         ///< how many stored messages are kept; the oldest go first, 0 keeps none
  stage::Duration retry_delay = std::chrono::minutes(5);
  stage::Duration lifetime = std::chrono::hours(24 * 5);
};

class MailStore {
 public:
  MailStore(stage::Stage& stage, MailStoreOptions options, std::vector<MailboxSettings> mailboxes);
  ~MailStore();
  MailStore(const MailStore&) = delete;
  MailStore& operator=(const MailStore&) = delete;

  /// Listens and works; the error names the endpoint that is taken. After `stop` mailboxes and waiting mail are kept.
  Result<void, Error> start();
  void stop();

  /// New settings and scripts; mail and what scripts remember stay.
  void replace_mailboxes(std::vector<MailboxSettings> mailboxes);

  const std::deque<StoredMessage>& stored() const { return stored_; }

  /// Messages that wait for the submission host.
  struct Waiting {
    stage::Custody custody = 0;
    std::string recipient;
    std::string reason;
  };
  const std::map<stage::Custody, Waiting>& waiting() const { return waiting_; }

 private:
  class Conversation;
  struct Outgoing;
  Mailbox* find(const mail::Address& recipient);
  void deliver(const talk::ReceivedContent& received, const mail::Message& message, stage::Custody custody,
               const mail::Recipient& recipient, Mailbox& mailbox);
  /// A fact about a delivery that a line decided, now.
  stage::Fact fact_of(stage::FactKind kind, const Outgoing& context, const SourcePosition& at) const;
  void carry_out(const sieve::Outcome& outcome, const Outgoing& context, Mailbox& mailbox);
  void carry_out(const sieve::Action& action, const Outgoing& context, Mailbox& mailbox, const SourcePosition& at);
  void keep(const Outgoing& context, Mailbox& mailbox, const std::string& folder, const std::vector<std::string>& flags,
            const SourcePosition& at);
  void send(const Outgoing& context, std::string why, mail::Envelope envelope, mail::Message message,
            const SourcePosition& at);
  void reject(const Outgoing& context, const sieve::Reject& reject, const SourcePosition& at);
  void notify_failure(stage::Custody custody, const mail::Envelope& envelope, const mail::Message& message,
                      const std::string& text);
  stage::Task<void> submit(stage::Custody custody, mail::Envelope envelope, mail::Message message);
  std::string next_message_id(std::string_view what);

  stage::Stage& stage_;
  MailStoreOptions options_;
  std::map<std::string, Mailbox> mailboxes_;  // by folded address
  talk::SmtpServerOptions server_;
  talk::ConversationFactory open_;
  std::vector<std::unique_ptr<stage::Listener>> listeners_;
  std::deque<StoredMessage> stored_;
  std::map<stage::Custody, Waiting> waiting_;
  std::uint64_t made_ = 0;
};

}  // namespace watershed::store
