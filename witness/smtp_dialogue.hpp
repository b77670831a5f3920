// Reads both directions of an SMTP or LMTP connection as a bystander and says which transactions took place.
// RFC 5321 §3, §4.1.1, RFC 2920 (PIPELINING), RFC 3030 (CHUNKING), RFC 2033 (LMTP), RFC 3207 (STARTTLS).
//
// A bystander decides nothing: whether bytes are commands or content follows from what the server answered.
#pragma once

#include "mail/data_codec.hpp"
#include "mail/smtp_command.hpp"
#include "witness/smtp_transaction.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace watershed::witness {

class SmtpDialogue {
 public:
  /// Called for each transaction when it has ended; connection, client and server are filled by the owner.
  using OnTransaction = std::function<void(SmtpTransaction)>;

  explicit SmtpDialogue(OnTransaction on_transaction) : on_transaction_(std::move(on_transaction)) {
    pending_.push_back({.what = What::greeting});
  }

  /// Bytes in the order in which they were on the wire, both directions together.
  void from_client(std::string_view bytes, std::int64_t unix_ns);
  void from_server(std::string_view bytes, std::int64_t unix_ns);
  /// The connection is over.
  void end(std::int64_t unix_ns);

  bool is_lmtp() const { return lmtp_; }
  bool is_tls() const { return phase_ == Phase::tls; }  ///< from now on nothing can be read
  const std::string& helo() const { return helo_; }
  const std::optional<mail::Reply>& greeting() const { return greeting_; }
  /// A transaction is under way, or a MAIL waits for its reply.
  bool is_busy() const;
  /// What could not be read; empty when all could. Nothing is reported from then on.
  const std::string& confusion() const { return confusion_; }

 private:
  enum class Phase { command, content, chunk, tls };
  enum class What { greeting, hello, mail, rcpt, data, content, chunk, reset, starttls, auth, quit, other };
  struct Pending {
    What what = What::other;
    std::string argument = {};  // helo name or path
    std::string parameters = {};
    bool last = false;  // of a chunk
    bool lmtp = false;
    std::int64_t at = 0;
  };

  void read_client(std::int64_t at);
  bool read_line(std::int64_t at);
  bool read_content(std::int64_t at);
  bool read_chunk(std::int64_t at);
  void on_line(std::string_view line, std::int64_t at);
  void content_ended(std::string content, std::int64_t at);
  void on_reply(mail::Reply reply, std::int64_t at);
  void on_unexpected_reply(const mail::Reply& reply, std::int64_t at);
  void on_mail_reply(Pending& pending, mail::Reply reply);
  void on_data_reply(mail::Reply reply);
  bool on_final_reply(const mail::Reply& reply, std::int64_t at);  // true when it was the last
  void finish(TransactionEnd end, std::int64_t at);
  void confuse(std::string why);
  std::size_t unread() const { return input_.size() - consumed_; }

  static constexpr std::size_t line_octets_max = 64 * 1024;

  OnTransaction on_transaction_;
  Phase phase_ = Phase::command;
  bool stalled_ = false;  // what follows depends on a reply that has not come
  std::string input_;     // of the client
  std::size_t consumed_ = 0;
  std::string reply_input_;
  mail::ReplyReader replies_;
  std::deque<Pending> pending_;
  mail::DataDecoder decoder_;
  std::string raw_content_;  // as sent, until its end is sure
  std::string chunks_;
  std::uint64_t chunk_left_octets_ = 0;
  bool chunk_is_last_ = false;
  std::optional<SmtpTransaction> transaction_;
  std::uint32_t transactions_ = 0;
  bool lmtp_ = false;
  std::string helo_;
  std::optional<mail::Reply> greeting_;
  std::string confusion_;
};

}  // namespace watershed::witness
