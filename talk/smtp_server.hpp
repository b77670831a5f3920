// The talking half of an SMTP or LMTP server: reads, asks the owner what to answer, writes. The protocol is in
// mail/smtp_session, the decisions in the owner's SmtpConversation; between them stands only this loop.
#pragma once

#include "mail/smtp_session.hpp"
#include "stage/stage.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace watershed::talk {

/// What happens after (or instead of) a reply. The rude ones are for fakes on request.
enum class Then {
  go_on,
  close,  ///< send the reply, then close (421, or a server that hangs up)
  drop,   ///< no reply: reset the connection
  stall,  ///< no reply, the connection stays open and mute until the peer gives up
};

/// A decision about one command. `decided_by` names the configuration line and goes into the journal when it refuses.
struct Answer {
  mail::Reply reply;
  Then then = Then::go_on;
  std::string decided_by = {};
};

inline Answer answer(int code, std::string_view status, std::string_view text, std::string decided_by = {}) {
  return {mail::make_reply(code, status, text), Then::go_on, std::move(decided_by)};
}

struct Connection {
  stage::ConnectionId id = 0;
  Endpoint local;
  Endpoint peer;
};

/// The content that ended a transaction, with what identifies it.
struct ReceivedContent {
  mail::Envelope envelope;
  std::string content;
  stage::ConnectionId connection = 0;
  std::uint32_t transaction = 0;
};

/// One client's session as its owner decides it. Every call ends in an answer; the defaults say 250 (354 to DATA).
class SmtpConversation {
 public:
  virtual ~SmtpConversation() = default;
  virtual stage::Task<Answer> on_connect();  ///< anything but 2yz is sent instead of the greeting
  virtual stage::Task<Answer> on_hello(const mail::HelloCommand& hello);
  virtual stage::Task<Answer> on_mail(const mail::Envelope& envelope);
  virtual stage::Task<Answer> on_rcpt(const mail::Envelope& so_far, const mail::Recipient& recipient);
  virtual stage::Task<Answer> on_data(const mail::Envelope& envelope);
  /// One answer over SMTP; over LMTP one for each recipient of the envelope. The owner records `accepted` itself,
  /// before it answers 250: it is the owner who takes custody.
  virtual stage::Task<std::vector<Answer>> on_content(ReceivedContent received) = 0;
  virtual void on_reset() {}
};

using ConversationFactory = std::function<std::unique_ptr<SmtpConversation>(const Connection&)>;

struct SmtpServerOptions {
  mail::SessionProfile profile;
  stage::Duration command_timeout = std::chrono::seconds(300);  ///< RFC 5321 §4.5.3.2.7: at least 5 minutes
};

/// Serves one accepted connection to its end. Refusals become `rejected` facts of `host`.
stage::Task<void> serve_connection(stage::Stage& stage, stage::HostId host, const SmtpServerOptions& options,
                                   std::unique_ptr<stage::Stream> stream,
                                   std::unique_ptr<SmtpConversation> conversation);

/// Accepts connections until the listener closes, each served in a task of its own. All arguments must outlive the run.
stage::Task<void> serve_smtp(stage::Stage& stage, stage::HostId host, const SmtpServerOptions& options,
                             stage::Listener& listener, const ConversationFactory& open);

}  // namespace watershed::talk
