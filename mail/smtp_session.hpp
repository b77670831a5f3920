// The server side of an SMTP or LMTP session as a pure state machine: bytes in, questions and reply bytes out.
// RFC 5321 §3, §4.1.4 (order of commands), RFC 2920 (PIPELINING), RFC 3030 (CHUNKING), RFC 2033 (LMTP).
//
// The owner feeds what it read, asks for the next event, decides, and answers; replies that need no decision (syntax
// errors, NOOP, bad sequence) are given by the session itself. Replies keep the order of the commands, so a pipelined
// group is answered with one write.
//
//   session.receive(bytes);
//   while (auto event = session.next()) session.answer(decide(*event));
//   write(session.take_output());
#pragma once

#include "mail/data_codec.hpp"
#include "mail/smtp_command.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace watershed::mail {

/// What this server is and offers.
struct SessionProfile {
  bool lmtp = false;
  std::string hostname;
  std::string greeting;  ///< text after `220 `; default "<hostname> ESMTP"
  std::uint64_t size_limit_octets = 10'240'000;
  BareNewlinePolicy bare_newlines = BareNewlinePolicy::keep;
  bool pipelining = true;
  bool eight_bit_mime = true;
  bool binary_mime = false;
  bool chunking = true;
  bool dsn = true;
  bool enhanced_status_codes = true;
  bool smtputf8 = true;
  bool starttls = false;
  std::size_t recipients_max = 1000;
  std::size_t line_length_max_octets = 2048;  ///< RFC 5321 §4.5.3.1.4 asks for 512 at least, parameters add to it
  std::size_t errors_max = 20;                ///< then 421 and the session ends
};

// Events that need a decision. Each is answered with exactly one reply, ContentEvent over LMTP with one a recipient.
/// A positive answer is written as the session's own 250 with the hostname, and for EHLO and LHLO with what the profile
/// offers; any other answer goes out as it is.
struct HelloEvent {
  HelloCommand hello;
};
struct MailEvent {
  Envelope envelope;  ///< no recipients yet
};
struct RcptEvent {
  Recipient recipient;
};
/// DATA was asked for; a positive answer (354) lets the content come. BDAT needs no such consent and raises none.
struct DataEvent {};
struct ContentEvent {
  Envelope envelope;  ///< with the recipients that were accepted
  std::string content;
};
/// RSET, a new hello within a transaction, or content that the session refused itself (too large, bare newlines, RFC
/// 3030 faults): the transaction is void. Answered by the session itself.
struct ResetEvent {};
struct StartTlsEvent {};  ///< a positive answer (220) makes the session forget everything (RFC 3207 §4.2)
struct QuitEvent {};      ///< already answered 221; the owner closes after writing

using SessionEvent =
    std::variant<HelloEvent, MailEvent, RcptEvent, DataEvent, ContentEvent, ResetEvent, StartTlsEvent, QuitEvent>;

class ServerSession {
 public:
  explicit ServerSession(SessionProfile profile);

  /// The 220 greeting (or any other first reply) goes to the output. After 554 all commands but QUIT get 503 (RFC 5321
  /// §3.1); after 421 the session is over.
  void greet(const std::optional<Reply>& instead = std::nullopt);

  void receive(std::string_view bytes);

  /// The next event, or nothing when more input is needed. After an event that needs a decision, `answer` must be
  /// called before `next` again.
  std::optional<SessionEvent> next();

  /// The decision on the last event. A positive answer to MAIL, RCPT, DATA and content moves the state on. 421 ends the
  /// session (RFC 5321 §3.8). One reply to LMTP content stands for every recipient.
  void answer(const Reply& reply);
  /// LMTP content: one reply for each accepted recipient, in order (RFC 2033 §4.2).
  void answer(const std::vector<Reply>& replies);

  std::string take_output();

  /// True after QUIT, after too many errors or the owner's own 421, and after a BDAT whose size cannot be read. What is
  /// received later is dropped; the owner closes once the output is written.
  bool is_over() const { return over_; }
  bool is_tls() const { return tls_; }
  const HelloCommand& hello() const { return hello_; }
  const SessionProfile& profile() const { return profile_; }

  /// Transactions begun with an accepted MAIL so far; the current one's number, from 1.
  std::uint32_t transaction() const { return transaction_; }

 private:
  enum class Phase { command, data, bdat };
  enum class Pending { none, hello, mail, rcpt, data, content, starttls };
  using Event = std::optional<SessionEvent>;

  // smtp_session.cpp: bytes, phases, answers
  std::optional<std::string_view> take_line();
  Event read_data();
  Event read_chunk();
  Event deliver(std::string content);
  Event refuse_content(const Reply& reply);
  void on_hello_accepted();
  void emit(const Reply& reply);
  void emit_without_status(const Reply& reply);
  void fail(const Reply& reply);
  void drop_input();
  void reset_transaction();
  Reply hello_reply() const;

  // smtp_session_commands.cpp: which command is allowed when
  Event on_command(std::string_view line);
  Event on(HelloCommand& hello);
  Event on(MailCommand& mail);
  Event on(RcptCommand& rcpt);
  Event on(DataCommand& data);
  Event on(BdatCommand& bdat);
  Event on(ResetCommand& reset);
  Event on(NoopCommand& noop);
  Event on(QuitCommand& quit);
  Event on(StartTlsCommand& starttls);
  Event on(VerifyCommand& verify);
  Event on(HelpCommand& help);
  Event refuse(int code, std::string_view status, std::string_view text);
  Reply no_recipients_reply() const;

  SessionProfile profile_;
  Phase phase_ = Phase::command;
  std::string input_;
  std::size_t consumed_ = 0;  // octets of the input that are done with
  std::string output_;
  HelloCommand hello_;
  bool greeted_by_client_ = false;
  bool greeting_refused_ = false;  // by 554: RFC 5321 §3.1
  bool tls_ = false;
  bool over_ = false;
  bool discarding_line_ = false;  // within a command line that is too long
  std::size_t errors_ = 0;
  std::uint32_t transaction_ = 0;

  std::optional<Envelope> envelope_;  // of the transaction, from an accepted MAIL on
  bool recipient_tried_ = false;
  std::size_t recipients_accepted_ = 0;

  Pending pending_ = Pending::none;  // what waits for its answer, and what a positive one puts into force
  HelloCommand pending_hello_;
  Envelope pending_envelope_;
  std::optional<Recipient> pending_recipient_;
  bool reset_to_announce_ = false;

  DataDecoder decoder_;
  std::string chunks_;  // BDAT content so far
  bool chunking_begun_ = false;
  std::uint64_t chunk_octets_ = 0;
  std::uint64_t chunk_left_octets_ = 0;
  bool chunk_is_last_ = false;
  std::optional<Reply> chunk_refusal_;  // the chunk is read and dropped, then this is said
};

}  // namespace watershed::mail
