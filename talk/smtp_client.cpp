// See smtp_client.hpp.
#include "talk/smtp_client.hpp"

#include "mail/data_codec.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::talk {

using mail::Reply;
using stage::IoStatus;
using stage::Task;

namespace {

constexpr std::size_t reply_length_max_octets = 64 * 1024;  // a peer that never ends a reply is broken

RecipientOutcome outcome(SmtpStage at, const Reply& reply) { return {at, reply, to_line(reply)}; }

bool has_eight_bit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7f; });
}

}  // namespace

SmtpClient::SmtpClient(stage::Stage& stage, stage::HostId host, SmtpClientOptions options,
                       std::unique_ptr<stage::Stream> stream)
    : stage_(stage), host_(host), options_(std::move(options)), stream_(std::move(stream)) {}

Task<Result<std::unique_ptr<SmtpClient>, SessionFailure>> SmtpClient::open(stage::Stage& stage, stage::HostId host,
                                                                           IpAddress from, Endpoint to,
                                                                           SmtpClientOptions options) {
  const stage::Time deadline = stage.executor.now() + options.connect_timeout;
  const stage::Custody custody = options.custody;
  const auto note = [&](const std::string& why) {
    if (custody == 0) return;
    stage.journal.record({.kind = stage::FactKind::note,
                          .host = host,
                          .at = stage.executor.now(),
                          .custody = custody,
                          .detail = "no session with " + to_string(to),
                          .text = why});
  };
  auto stream = co_await stage.network.connect(from, to, deadline);
  if (!stream) {
    const std::string text = fmt::format("connect to {}: {}", options.peer_name, stage::to_string(stream.error()));
    note(text);
    co_return SessionFailure{SmtpStage::connect, std::nullopt, text, false};
  }
  std::unique_ptr<SmtpClient> client(new SmtpClient(stage, host, std::move(options), std::move(*stream)));
  std::optional<SessionFailure> failure = co_await client->greet();
  if (failure) {
    note(fmt::format("{} while {}", failure->text, to_string(failure->at)));
    co_return std::move(*failure);
  }
  co_return std::move(client);
}

Task<std::optional<SessionFailure>> SmtpClient::greet() {
  const auto greeting = co_await read_reply(options_.reply_timeout);
  if (!greeting) co_return SessionFailure{SmtpStage::greeting, std::nullopt, greeting.error(), false};
  if (!greeting->is_positive()) {
    co_return SessionFailure{SmtpStage::greeting, *greeting, to_line(*greeting), greeting->is_permanent()};
  }
  std::string hello = fmt::format("{} {}\r\n", options_.lmtp ? "LHLO" : "EHLO", options_.helo);
  auto reply = co_await command(std::move(hello), options_.reply_timeout);
  // RFC 5321 §3.2: a server that does not know EHLO is asked with HELO.
  if (reply && reply->is_permanent() && !options_.lmtp) {
    std::string helo = fmt::format("HELO {}\r\n", options_.helo);
    reply = co_await command(std::move(helo), options_.reply_timeout);
  } else if (reply && reply->is_positive()) {
    capabilities_ = mail::parse_capabilities(*reply);
  }
  if (!reply) co_return SessionFailure{SmtpStage::hello, std::nullopt, reply.error(), false};
  if (!reply->is_positive()) {
    co_return SessionFailure{SmtpStage::hello, *reply, to_line(*reply), reply->is_permanent()};
  }
  co_return std::nullopt;
}

SmtpClient::Answered SmtpClient::give_up(std::string why) {
  usable_ = false;
  return why;
}

// The next reply, if all of it is here.
std::optional<SmtpClient::Answered> SmtpClient::take_reply() {
  for (;;) {
    const std::size_t line_end = input_.find('\n', consumed_);
    if (line_end == std::string::npos) break;
    std::string_view line(input_.data() + consumed_, line_end - consumed_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    auto reply = reader_.feed(line);
    consumed_ = line_end + 1;
    if (!reply) return give_up(fmt::format("malformed reply: {}", reply.error().message));
    if (!*reply) continue;
    if ((*reply)->code == 421) usable_ = false;  // RFC 5321 §3.8: the server closes the channel
    return std::move(**reply);
  }
  input_.erase(0, consumed_);
  consumed_ = 0;
  return std::nullopt;
}

Task<SmtpClient::Answered> SmtpClient::command(std::string line, stage::Duration timeout) {
  if (line.empty()) {
    if (auto reply = take_reply()) return Task<Answered>::ready(std::move(*reply));
  }
  return exchange(std::move(line), timeout);
}

Task<SmtpClient::Answered> SmtpClient::exchange(std::string line, stage::Duration timeout) {
  const stage::Time deadline = stage_.executor.now() + timeout;
  IoStatus status = IoStatus::ok;
  if (!line.empty()) status = co_await stream_->write(line, deadline);
  if (status != IoStatus::ok) co_return give_up("lost connection");
  for (;;) {
    if (auto reply = take_reply()) co_return std::move(*reply);
    if (input_.size() >= reply_length_max_octets) co_return give_up("lost connection");
    status = co_await stream_->read(input_, deadline);
    if (status == IoStatus::timed_out) co_return give_up("conversation timed out");
    if (status != IoStatus::ok) co_return give_up("lost connection");
  }
}

std::optional<std::string> SmtpClient::refusal_before_sending(const mail::Envelope& envelope,
                                                              const mail::Message& message) const {
  // RFC 1870 §6.1: a message over the stated limit is not even tried.
  if (capabilities_.size_limit_octets > 0 && message.size_octets() > capabilities_.size_limit_octets) {
    return fmt::format("552 5.3.4 message size {} exceeds size limit {} of server {}", message.size_octets(),
                       capabilities_.size_limit_octets, options_.peer_name);
  }
  // RFC 6531 §3.2: internationalized mail goes only to servers that announce SMTPUTF8.
  const bool utf8_path = (!envelope.reverse_path.is_null() && needs_smtputf8(envelope.reverse_path.address())) ||
                         std::any_of(envelope.recipients.begin(), envelope.recipients.end(), [](const auto& recipient) {
                           return needs_smtputf8(recipient.forward_path.address());
                         });
  const bool utf8_needed = utf8_path || (envelope.smtputf8 && has_eight_bit(message.header_section()));
  if (utf8_needed && !capabilities_.smtputf8) {
    return fmt::format("553 5.6.7 SMTPUTF8 is required, but was not offered by host {}", options_.peer_name);
  }
  return std::nullopt;
}

// One message on its way over this connection.
struct SmtpClient::Transaction {
  const mail::Envelope& envelope;
  const mail::Message& message;
  stage::Custody custody;
  std::vector<RecipientOutcome> outcomes;
  std::vector<std::size_t> accepted = {};  // places of the recipients that the server took

  // A missing reply means that the connection broke.
  void decide(std::size_t place, SmtpStage at, const Result<Reply, std::string>& reply) {
    outcomes[place] = reply ? outcome(at, *reply) : RecipientOutcome{at, std::nullopt, reply.error(), false};
  }
};

Task<std::vector<RecipientOutcome>> SmtpClient::send(const mail::Envelope& envelope, const mail::Message& message,
                                                     stage::Custody custody) {
  std::vector<RecipientOutcome> outcomes(envelope.recipients.size());
  if (const auto refusal = refusal_before_sending(envelope, message)) {
    const auto reply = mail::parse_reply(*refusal);
    for (RecipientOutcome& each : outcomes) each = {SmtpStage::mail, *reply, *refusal, true};
    co_return outcomes;
  }
  Transaction transaction{envelope, message, custody, std::move(outcomes)};
  note_attempted(transaction);
  const bool content_is_wanted = co_await send_envelope(transaction);
  if (content_is_wanted) co_await send_content(transaction);
  co_return std::move(transaction.outcomes);
}

// True when the server asked for the content.
Task<bool> SmtpClient::send_envelope(Transaction& transaction) {
  const bool pipelined = options_.pipelining && capabilities_.pipelining;
  std::string batch = compose_mail(transaction.envelope, transaction.message.size_octets(), capabilities_);
  if (pipelined) {
    for (const mail::Recipient& recipient : transaction.envelope.recipients) {
      batch += compose_rcpt(recipient, capabilities_);
    }
    batch += "DATA\r\n";
  }
  auto reply = co_await command(std::move(batch), options_.reply_timeout);
  const bool mail_taken = reply && reply->is_positive();
  if (mail_taken) {
    ++transaction_;
  } else {
    for (std::size_t place = 0; place < transaction.outcomes.size(); ++place) {
      transaction.decide(place, SmtpStage::mail, reply);
    }
    // A refused MAIL leaves no transaction: the next one may follow on this connection.
    if (!pipelined || !usable_) co_return false;
  }
  const bool connected = co_await send_recipients(transaction, pipelined, mail_taken);
  if (!connected) co_return false;
  if (pipelined) {
    reply = co_await read_reply(options_.reply_timeout);
  } else if (!transaction.accepted.empty()) {
    reply = co_await command("DATA\r\n", options_.reply_timeout);
  } else {
    co_await reset();
    co_return false;
  }
  if (reply && reply->is_intermediate()) co_return true;
  for (const std::size_t place : transaction.accepted) transaction.decide(place, SmtpStage::data, reply);
  // RFC 5321 §4.1.1.4: a refused DATA does not end the transaction; RSET does.
  if (mail_taken) co_await reset();
  co_return false;
}

// False when the connection broke.
Task<bool> SmtpClient::send_recipients(Transaction& transaction, bool pipelined, bool mail_taken) {
  const std::vector<mail::Recipient>& recipients = transaction.envelope.recipients;
  for (std::size_t place = 0; place < recipients.size(); ++place) {
    std::string rcpt = pipelined ? std::string() : compose_rcpt(recipients[place], capabilities_);
    auto reply = co_await command(std::move(rcpt), options_.reply_timeout);
    if (!reply) {
      for (std::size_t left = place; left < recipients.size() && mail_taken; ++left) {
        transaction.decide(left, SmtpStage::rcpt, reply);
      }
      for (const std::size_t taken : transaction.accepted) transaction.decide(taken, SmtpStage::rcpt, reply);
      co_return false;
    }
    if (!mail_taken) continue;
    transaction.decide(place, SmtpStage::rcpt, reply);
    if (reply->is_positive()) transaction.accepted.push_back(place);
  }
  co_return true;
}

Task<void> SmtpClient::send_content(Transaction& transaction) {
  // RFC 2920 §3.1: DATA taken although no recipient was: an empty message is sent so that nobody gets anything.
  const bool nobody = transaction.accepted.empty();
  std::string content = nobody ? std::string(".\r\n") : mail::encode_data(transaction.message.bytes());
  auto reply = co_await command(std::move(content), options_.content_timeout);
  for (std::size_t index = 0; index < transaction.accepted.size(); ++index) {
    // RFC 2033 §4.2: over LMTP each recipient has its own reply; over SMTP one speaks for all.
    if (options_.lmtp && index > 0 && reply) reply = co_await read_reply(options_.content_timeout);
    const std::size_t place = transaction.accepted[index];
    transaction.decide(place, SmtpStage::content, reply);
    if (reply && reply->is_positive()) note_relayed(transaction, place);
  }
}

// Ends a transaction without content, so that the next may begin.
Task<void> SmtpClient::reset() {
  if (!usable_) co_return;
  const auto reply = co_await command("RSET\r\n", options_.reply_timeout);
  if (!reply || !reply->is_positive()) usable_ = false;
}

void SmtpClient::note_attempted(const Transaction& transaction) {
  stage_.journal.record({.kind = stage::FactKind::attempted,
                         .host = host_,
                         .transaction = transaction_ + 1,
                         .at = stage_.executor.now(),
                         .custody = transaction.custody,
                         .connection = stream_->id(),
                         .reverse_path = display(transaction.envelope.reverse_path),
                         .detail = options_.peer_name});
}

void SmtpClient::note_relayed(const Transaction& transaction, std::size_t place) {
  const RecipientOutcome& outcome = transaction.outcomes[place];
  stage_.journal.record({.kind = stage::FactKind::relayed,
                         .host = host_,
                         .code = static_cast<std::uint16_t>(outcome.reply->code),
                         .transaction = transaction_,
                         .at = stage_.executor.now(),
                         .custody = transaction.custody,
                         .connection = stream_->id(),
                         .body_hash = transaction.message.body_hash(),
                         .size_octets = transaction.message.size_octets(),
                         .recipient = display(transaction.envelope.recipients[place].forward_path),
                         .reverse_path = display(transaction.envelope.reverse_path),
                         .detail = options_.peer_name,
                         .text = outcome.text});
}

Task<void> SmtpClient::quit() {
  if (usable_) {
    usable_ = false;
    const auto ignored = co_await command("QUIT\r\n", options_.reply_timeout);
    static_cast<void>(ignored);
  }
  stream_->close();
}

}  // namespace watershed::talk
