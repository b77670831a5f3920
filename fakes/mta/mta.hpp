// A fake MTA: the strict working stand-in for every mail system outside the split (stations, laboratories, NDCs,
// people).
//
// It receives like a final MTA with mailboxes of its own, keeps what it got, and follows a reply script where it has to
// be rude; it sends like an originator with a queue that retries (sender.hpp). RFC 5321.
#pragma once

#include "fakes/mta/mailbox.hpp"
#include "fakes/mta/reply_script.hpp"
#include "fakes/mta/sender.hpp"
#include "fakes/mta/transaction.hpp"
#include "stage/stage.hpp"
#include "talk/smtp_server.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace watershed::mta {

struct FakeMtaOptions {
  std::string hostname;
  stage::HostId host = 0;
  std::vector<IpAddress> addresses;     ///< it listens at each
  std::uint16_t port = 25;              ///< 0: a free one, see FakeMta::endpoints
  talk::SmtpServerOptions server = {};  ///< `server.profile.lmtp` makes it an LMTP server; the hostname is filled in
  std::vector<Mailbox> mailboxes = {};  ///< empty: every address is a mailbox here
  std::vector<ScriptRule> script = {};
  std::size_t retain = 10'000;  ///< how many transactions are kept; the oldest go first, 0 keeps none
  bool flags_sins = true;       ///< `note` facts about what peers do against the RFCs
  SenderOptions sender = {};    ///< helo, local address and host are filled in when empty
};

class FakeMta {
 public:
  /// Called after a message was accepted and its facts were written: how robots come to answer.
  using OnReceived = std::function<void(const ReceivedTransaction&)>;

  FakeMta(stage::Stage& stage, FakeMtaOptions options);
  ~FakeMta();
  FakeMta(const FakeMta&) = delete;
  FakeMta& operator=(const FakeMta&) = delete;

  /// Listens at every address. The executor's tasks refer to this object from now on: shut the executor down before it
  /// goes.
  Result<void, Error> start();
  /// Takes no further connections.
  void stop();
  /// Where it listens, after start().
  std::vector<Endpoint> endpoints() const;

  /// Offers a message to the world and delivers it; see Sender::submit. Spawn it, or await it.
  stage::Task<SubmissionResult> submit(mail::Envelope envelope, mail::Message message, std::string label,
                                       std::string traffic_class) {
    return sender_->submit(std::move(envelope), std::move(message), std::move(label), std::move(traffic_class));
  }
  Sender& sender() { return *sender_; }

  ReplyScript& script() { return script_; }
  void on_received(OnReceived hook) { hooks_.push_back(std::move(hook)); }

  /// What was received, oldest first, as far as retained.
  const std::deque<ReceivedTransaction>& received() const { return received_; }
  std::uint64_t received_count() const { return received_count_; }
  const FakeMtaOptions& options() const { return options_; }

 private:
  class Conversation;

  /// Takes custody of a message for all recipients of its envelope: the facts, the hooks, the evidence.
  void take(ReceivedTransaction transaction, std::string content);

  stage::Stage& stage_;
  FakeMtaOptions options_;
  MailboxTable mailboxes_;
  ReplyScript script_;
  talk::ConversationFactory open_;
  std::unique_ptr<Sender> sender_;
  std::vector<std::unique_ptr<stage::Listener>> listeners_;
  std::vector<OnReceived> hooks_;
  std::deque<ReceivedTransaction> received_;
  std::uint64_t received_count_ = 0;
};

}  // namespace watershed::mta
