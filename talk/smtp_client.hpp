// The talking half of an SMTP or LMTP client: one connection, any number of transactions. RFC 5321 §3, §4.5.3.2
// (timeouts), RFC 2920 (PIPELINING), RFC 2033 (LMTP). What a reply means for a message is the owner's decision.
#pragma once

#include "mail/envelope.hpp"
#include "mail/message.hpp"
#include "mail/smtp_command.hpp"
#include "stage/stage.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watershed::talk {

/// Where in the dialogue something ended.
enum class SmtpStage { connect, greeting, hello, mail, rcpt, data, content, quit };

/// The words Postfix uses for it, e.g. "sending RCPT TO".
std::string_view to_string(SmtpStage at);

struct SmtpClientOptions {
  std::string helo;
  std::string peer_name;       ///< for texts and facts: `mx.ctbto.int[192.0.2.25]:25`
  stage::Custody custody = 0;  ///< for facts: the message that the session is opened for; 0: none
  bool lmtp = false;
  bool pipelining = true;  ///< use it where offered
  stage::Duration connect_timeout = std::chrono::seconds(30);
  stage::Duration reply_timeout = std::chrono::seconds(300);
  stage::Duration content_timeout = std::chrono::seconds(600);  ///< for the reply after the final dot
};

/// Why a session or transaction ended without the peer's verdict on it (no reply), or with one on the whole session.
struct SessionFailure {
  SmtpStage at = SmtpStage::connect;
  std::optional<mail::Reply> reply;  ///< the peer's words, when it said any
  std::string text;                  ///< one line: `Connection timed out`, `lost connection`
  bool is_permanent = false;         ///< only for replies 5yz
};

/// What became of one recipient: the reply that decided, and where. No reply: the connection broke.
struct RecipientOutcome {
  SmtpStage at = SmtpStage::content;
  std::optional<mail::Reply> reply;
  std::string text;  ///< reply on one line, or the reason why there is none
  /// The peer was not even asked: what it had announced was enough. RFC 1870 §6.1, RFC 6531 §3.2.
  bool is_own = false;

  bool is_accepted() const { return at == SmtpStage::content && reply && reply->is_positive(); }
  bool is_permanent() const { return reply && reply->is_permanent(); }
};

class SmtpClient {
 public:
  /// Connects, reads the greeting, says hello. `host` owns the facts: where it fails, `note` with the detail
  /// `no session with 192.0.2.25:25`, as the message was on its way there.
  static stage::Task<Result<std::unique_ptr<SmtpClient>, SessionFailure>> open(stage::Stage& stage, stage::HostId host,
                                                                               IpAddress from, Endpoint to,
                                                                               SmtpClientOptions options);

  /// One transaction: an outcome for each recipient, in order. Records `attempted` when it begins and `relayed` for
  /// each recipient that the peer took.
  stage::Task<std::vector<RecipientOutcome>> send(const mail::Envelope& envelope, const mail::Message& message,
                                                  stage::Custody custody);

  /// QUIT, its reply and the end of the connection.
  stage::Task<void> quit();

  /// False once the connection broke or the peer said 421.
  bool is_usable() const { return usable_; }
  const mail::Capabilities& capabilities() const { return capabilities_; }
  stage::ConnectionId connection() const { return stream_->id(); }

 private:
  SmtpClient(stage::Stage& stage, stage::HostId host, SmtpClientOptions options, std::unique_ptr<stage::Stream> stream);
  using Answered = Result<mail::Reply, std::string>;  // the reply, or why there is none
  /// Writes the line (nothing: it was sent already, in a pipelined group) and reads its reply.
  stage::Task<Answered> command(std::string line, stage::Duration timeout);
  stage::Task<Answered> exchange(std::string line, stage::Duration timeout);
  stage::Task<Answered> read_reply(stage::Duration timeout) { return command({}, timeout); }
  std::optional<Answered> take_reply();
  Answered give_up(std::string why);
  stage::Task<std::optional<SessionFailure>> greet();
  std::optional<std::string> refusal_before_sending(const mail::Envelope& envelope, const mail::Message& message) const;
  struct Transaction;
  stage::Task<bool> send_envelope(Transaction& transaction);
  stage::Task<bool> send_recipients(Transaction& transaction, bool pipelined, bool mail_taken);
  stage::Task<void> send_content(Transaction& transaction);
  stage::Task<void> reset();
  void note_attempted(const Transaction& transaction);
  void note_relayed(const Transaction& transaction, std::size_t place);

  stage::Stage& stage_;
  stage::HostId host_;
  SmtpClientOptions options_;
  std::unique_ptr<stage::Stream> stream_;
  mail::Capabilities capabilities_;
  std::string input_;
  std::size_t consumed_ = 0;
  mail::ReplyReader reader_;       // holds the lines of a reply that is not complete
  std::uint32_t transaction_ = 0;  // begun with an accepted MAIL, as the server counts them
  bool usable_ = true;
};

}  // namespace watershed::talk
