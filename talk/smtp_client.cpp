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

std::string_view to_string(SmtpStage at) {
  switch (at) {
    case SmtpStage::connect: return "connecting";
    case SmtpStage::greeting: return "receiving the initial server greeting";
    case SmtpStage::hello: return "performing the EHLO handshake";
    case SmtpStage::mail: return "sending MAIL FROM";
    case SmtpStage::rcpt: return "sending RCPT TO";
    case SmtpStage::data: return "sending DATA command";
    case SmtpStage::content: return "sending end of data -- message may be sent more than once";
    case SmtpStage::quit: return "sending QUIT command";
  }
  return "?";
}

SmtpClient::SmtpClient(stage::Stage& stage, stage::HostId host, SmtpClientOptions options,
                       std::unique_ptr<stage::Stream> stream)
    : stage_(stage), host_(host), options_(std::move(options)), stream_(std::move(stream)) {}

Task<Result<std::unique_ptr<SmtpClient>, SessionFailure>> SmtpClient::open(stage::Stage& stage, stage::HostId host,
                                                                           IpAddress from, Endpoint to,
                                                                           SmtpClientOptions options) {
  const stage::Time deadline = stage.executor.now() + options.connect_timeout;
  auto stream = co_await stage.network.connect(from, to, deadline);
  if (!stream) {
    const std::string text =
        fmt::format("connect to {}: {}", options.peer_name, stage::to_string(stream.error()));
    co_return SessionFailure{SmtpStage::connect, std::nullopt, text, false};
  }
  std::unique_ptr<SmtpClient> client(new SmtpClient(stage, host, std::move(options), std::move(*stream)));
  std::optional<SessionFailure> failure = co_await client->greet();
  if (failure) co_return std::move(*failure);
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

Task<Result<Reply, std::string>> SmtpClient::read_reply(stage::Duration timeout) {
  const stage::Time deadline = stage_.executor.now() + timeout;
  mail::ReplyReader reader;
  for (;;) {
    const std::size_t line_end = input_.find('\n', consumed_);
    if (line_end != std::string::npos) {
      std::string_view line(input_.data() + consumed_, line_end - consumed_);
      if (line.ends_with('\r')) line.remove_suffix(1);
      auto reply = reader.feed(line);
      consumed_ = line_end + 1;
      if (!reply) {
        usable_ = false;
        co_return fmt::format("malformed reply: {}", reply.error().message);
      }
      if (!*reply) continue;
      if ((*reply)->code == 421) usable_ = false;  // RFC 5321 §3.8: the server closes the channel
      co_return std::move(**reply);
    }
    input_.erase(0, consumed_);
    consumed_ = 0;
    IoStatus status = IoStatus::reset;
    if (input_.size() < reply_length_max_octets) status = co_await stream_->read(input_, deadline);
    if (status != IoStatus::ok) {
      usable_ = false;
      co_return std::string(status == IoStatus::timed_out ? "conversation timed out" : "lost connection");
    }
  }
}

Task<Result<Reply, std::string>> SmtpClient::command(std::string line, stage::Duration timeout) {
  const IoStatus written = co_await stream_->write(line, stage_.executor.now() + timeout);
  if (written != IoStatus::ok) {
    usable_ = false;
    co_return std::string("lost connection");
  }
  co_return co_await read_reply(timeout);
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

Task<std::vector<RecipientOutcome>> SmtpClient::send(const mail::Envelope& envelope, const mail::Message& message,
                                                     stage::Custody custody) {
  std::vector<RecipientOutcome> outcomes(envelope.recipients.size());
  if (const auto refusal = refusal_before_sending(envelope, message)) {
    const auto reply = mail::parse_reply(*refusal);
    for (RecipientOutcome& each : outcomes) each = {SmtpStage::mail, *reply, *refusal};
    co_return outcomes;
  }
  ++transaction_;
  stage_.journal.record({.kind = stage::FactKind::attempted,
                         .host = host_,
                         .transaction = transaction_,
                         .at = stage_.executor.now(),
                         .custody = custody,
                         .connection = stream_->id(),
                         .reverse_path = display(envelope.reverse_path),
                         .detail = options_.peer_name});
  const bool pipelined = options_.pipelining && capabilities_.pipelining;
  std::string batch = compose_mail(envelope, message.size_octets(), capabilities_);
  for (const mail::Recipient& recipient : envelope.recipients) {
    if (!pipelined) break;
    batch += compose_rcpt(recipient, capabilities_);
  }
  if (pipelined) batch += "DATA\r\n";

  auto reply = co_await command(std::move(batch), options_.reply_timeout);
  const bool mail_taken = reply && reply->is_positive();
  if (!mail_taken) {
    for (RecipientOutcome& each : outcomes) {
      each = reply ? outcome(SmtpStage::mail, *reply) : RecipientOutcome{SmtpStage::mail, std::nullopt, reply.error()};
    }
    if (!pipelined || !usable_) {
      // A refused MAIL leaves no transaction: the next one may follow on this connection.
      co_return outcomes;
    }
  }
  std::vector<std::size_t> accepted;
  for (std::size_t index = 0; index < envelope.recipients.size(); ++index) {
    if (pipelined) {
      reply = co_await read_reply(options_.reply_timeout);
    } else {
      std::string rcpt = compose_rcpt(envelope.recipients[index], capabilities_);
      reply = co_await command(std::move(rcpt), options_.reply_timeout);
    }
    if (!reply) {
      for (std::size_t left = index; left < outcomes.size(); ++left) {
        if (mail_taken) outcomes[left] = {SmtpStage::rcpt, std::nullopt, reply.error()};
      }
      for (const std::size_t taken : accepted) outcomes[taken] = {SmtpStage::rcpt, std::nullopt, reply.error()};
      co_return outcomes;
    }
    if (!mail_taken) continue;
    if (reply->is_positive()) accepted.push_back(index);
    outcomes[index] = outcome(SmtpStage::rcpt, *reply);
  }
  if (!pipelined && accepted.empty()) {
    const auto reset = co_await command("RSET\r\n", options_.reply_timeout);
    if (!reset || !reset->is_positive()) usable_ = false;
    co_return outcomes;
  }
  if (pipelined) {
    reply = co_await read_reply(options_.reply_timeout);
  } else {
    reply = co_await command("DATA\r\n", options_.reply_timeout);
  }
  if (!reply || !reply->is_intermediate()) {
    for (const std::size_t index : accepted) {
      outcomes[index] =
          reply ? outcome(SmtpStage::data, *reply) : RecipientOutcome{SmtpStage::data, std::nullopt, reply.error()};
    }
    co_return outcomes;
  }
  const bool complete = co_await send_content(envelope, message, accepted, custody, outcomes);
  if (!complete) usable_ = false;
  co_return outcomes;
}

Task<bool> SmtpClient::send_content(const mail::Envelope& envelope, const mail::Message& message,
                                    const std::vector<std::size_t>& accepted, stage::Custody custody,
                                    std::vector<RecipientOutcome>& outcomes) {
  // RFC 2920 §3.1: DATA taken although no recipient was: an empty message is sent so that nobody gets anything.
  std::string content = accepted.empty() ? std::string(".\r\n") : mail::encode_data(message.bytes());
  auto reply = co_await command(std::move(content), options_.content_timeout);
  const std::size_t replies = options_.lmtp ? accepted.size() : 1;
  for (std::size_t index = 0; index < replies; ++index) {
    if (index > 0 && reply) reply = co_await read_reply(options_.content_timeout);
    for (std::size_t which = 0; which < accepted.size(); ++which) {
      if (options_.lmtp && which != index) continue;
      const std::size_t recipient = accepted[which];
      outcomes[recipient] = reply ? outcome(SmtpStage::content, *reply)
                                  : RecipientOutcome{SmtpStage::content, std::nullopt, reply.error()};
      if (reply && reply->is_positive()) {
        note_relayed(envelope.recipients[recipient], envelope, message, *reply, custody);
      }
    }
  }
  co_return static_cast<bool>(reply);
}

void SmtpClient::note_relayed(const mail::Recipient& recipient, const mail::Envelope& envelope,
                              const mail::Message& message, const Reply& reply, stage::Custody custody) {
  stage_.journal.record({.kind = stage::FactKind::relayed,
                         .host = host_,
                         .code = static_cast<std::uint16_t>(reply.code),
                         .transaction = transaction_,
                         .at = stage_.executor.now(),
                         .custody = custody,
                         .connection = stream_->id(),
                         .body_hash = message.body_hash(),
                         .size_octets = message.size_octets(),
                         .recipient = display(recipient.forward_path),
                         .reverse_path = display(envelope.reverse_path),
                         .detail = options_.peer_name,
                         .text = to_line(reply)});
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
