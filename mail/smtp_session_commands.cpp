// Which command is allowed when, and what it gets. RFC 5321 §4.1.4, RFC 2033 §4, RFC 3030 §2, RFC 3207 §4.
#include "mail/smtp_session.hpp"

#include <algorithm>

namespace watershed::mail {

std::optional<SessionEvent> ServerSession::on_command(std::string_view line) {
  auto command = parse_smtp_command(line);
  if (!command) {
    // The octets behind a BDAT whose size cannot be read cannot be told from commands: going on would run a message's
    // content as commands.
    constexpr std::string_view bdat = "bdat";
    const bool is_bdat =
        line.size() > bdat.size() && std::equal(bdat.begin(), bdat.end(), line.begin(), [](char a, char b) {
          return a == b || (b >= 'A' && b <= 'Z' && a == b - 'A' + 'a');
        });
    fail(command.error());
    if (is_bdat) {
      over_ = true;
      drop_input();
    }
    return std::nullopt;
  }
  const bool is_quit = std::holds_alternative<QuitCommand>(*command);
  // RFC 5321 §3.1: after a 554 greeting the server waits for QUIT and answers 503 to everything else.
  if (greeting_refused_ && !is_quit) return refuse(503, "5.5.1", "No service here");
  return std::visit([this](auto& parsed) { return on(parsed); }, *command);
}

ServerSession::Event ServerSession::refuse(int code, std::string_view status, std::string_view text) {
  fail(make_reply(code, status, text));
  return std::nullopt;
}

ServerSession::Event ServerSession::on(HelloCommand& hello) {
  // RFC 2033 §4.1: LMTP knows LHLO alone, SMTP does not know it.
  const bool is_lhlo = hello.verb == HelloCommand::Verb::lhlo;
  if (is_lhlo != profile_.lmtp)
    return refuse(500, "5.5.1", is_lhlo ? "This is SMTP: use EHLO" : "This is LMTP: use LHLO");
  pending_hello_ = hello;
  pending_ = Pending::hello;
  return HelloEvent{std::move(hello)};
}

ServerSession::Event ServerSession::on(MailCommand& mail) {
  const Envelope& envelope = mail.envelope;
  if (!greeted_by_client_) return refuse(503, "5.5.1", profile_.lmtp ? "Send LHLO first" : "Send HELO or EHLO first");
  if (envelope_) return refuse(503, "5.5.1", "A transaction is under way");
  // RFC 5321 §4.1.1.11: parameters of an extension that is not offered are not recognized.
  const bool is_offered =
      (envelope.body_type != BodyType::eight_bit_mime || profile_.eight_bit_mime) &&
      (envelope.body_type != BodyType::binary_mime || (profile_.binary_mime && profile_.chunking)) &&
      (!envelope.smtputf8 || profile_.smtputf8) &&
      ((envelope.dsn_return == DsnReturn::unspecified && envelope.envelope_id.empty()) || profile_.dsn);
  if (!is_offered) return refuse(555, "5.5.4", "Unsupported parameter");
  // RFC 6531 §3.5: an address that needs SMTPUTF8 without the parameter gets 550 or 553.
  const bool is_utf8 = !envelope.reverse_path.is_null() && needs_smtputf8(envelope.reverse_path.address());
  if (is_utf8 && !envelope.smtputf8) return refuse(553, "5.6.7", "The address needs SMTPUTF8");
  // RFC 1870 §6.1 (4): the declared size is over the limit.
  const std::uint64_t limit = profile_.size_limit_octets;
  if (limit > 0 && envelope.declared_size_octets.value_or(0) > limit) {
    emit(make_reply(552, "5.3.4", "Message size exceeds fixed limit"));
    return std::nullopt;
  }
  pending_envelope_ = envelope;
  pending_ = Pending::mail;
  return MailEvent{std::move(mail.envelope)};
}

ServerSession::Event ServerSession::on(RcptCommand& rcpt) {
  const Recipient& recipient = rcpt.recipient;
  if (!envelope_) return refuse(503, "5.5.1", "Send MAIL first");
  if (chunking_begun_) return refuse(503, "5.5.1", "BDAT has begun");
  recipient_tried_ = true;
  const bool has_dsn = recipient.notify.specified || !recipient.original_recipient.empty();
  if (has_dsn && !profile_.dsn) return refuse(555, "5.5.4", "Unsupported parameter");
  if (needs_smtputf8(recipient.forward_path.address()) && !envelope_->smtputf8) {
    return refuse(553, "5.6.7", "The address needs SMTPUTF8");
  }
  // RFC 5321 §4.5.3.1.10: the client sends the rest in another transaction; the recipients so far stay.
  if (recipients_accepted_ >= profile_.recipients_max) {
    emit(make_reply(452, "4.5.3", "Too many recipients"));
    return std::nullopt;
  }
  pending_recipient_ = recipient;
  pending_ = Pending::rcpt;
  return RcptEvent{std::move(rcpt.recipient)};
}

// RFC 2033 §4.2: LMTP answers 503 when no RCPT succeeded. RFC 5321 §3.3: SMTP has 554 for "no valid recipients".
Reply ServerSession::no_recipients_reply() const {
  if (recipient_tried_ && !profile_.lmtp) return make_reply(554, "5.5.1", "No valid recipients");
  return make_reply(503, "5.5.1", recipient_tried_ ? "No valid recipients" : "Send RCPT first");
}

ServerSession::Event ServerSession::on(DataCommand&) {
  if (!envelope_) return refuse(503, "5.5.1", "Send MAIL first");
  // RFC 3030 §2: DATA and BDAT cannot be used in the same transaction; §3: nor DATA with BODY=BINARYMIME.
  if (chunking_begun_) return refuse(503, "5.5.1", "BDAT has begun");
  if (envelope_->body_type == BodyType::binary_mime) return refuse(503, "5.5.1", "BODY=BINARYMIME needs BDAT");
  if (recipients_accepted_ == 0) {
    fail(no_recipients_reply());
    return std::nullopt;
  }
  pending_ = Pending::data;
  return DataEvent{};
}

ServerSession::Event ServerSession::on(BdatCommand& bdat) {
  phase_ = Phase::bdat;
  chunk_octets_ = chunk_left_octets_ = bdat.size_octets;
  chunk_is_last_ = bdat.last;
  chunk_refusal_.reset();
  const std::uint64_t limit = profile_.size_limit_octets;
  // RFC 3030 §2: a chunk that cannot be taken is read and dropped before it is refused, for its octets follow anyway.
  if (!profile_.chunking) {
    chunk_refusal_ = make_reply(502, "5.5.1", "Command not implemented");
  } else if (!envelope_) {
    chunk_refusal_ = make_reply(503, "5.5.1", "Send MAIL first");
  } else if (recipients_accepted_ == 0) {
    chunk_refusal_ = no_recipients_reply();
  } else if (limit > 0 && bdat.size_octets > limit - chunks_.size()) {
    chunk_refusal_ = make_reply(552, "5.3.4", "Message size exceeds fixed limit");
  }
  chunking_begun_ = envelope_.has_value();
  return std::nullopt;
}

ServerSession::Event ServerSession::on(ResetCommand&) {
  reset_transaction();
  emit(make_reply(250, "2.0.0", "Ok"));
  return ResetEvent{};
}

ServerSession::Event ServerSession::on(NoopCommand&) {
  emit(make_reply(250, "2.0.0", "Ok"));
  return std::nullopt;
}

ServerSession::Event ServerSession::on(QuitCommand&) {
  emit(make_reply(221, "2.0.0", "Bye"));
  reset_transaction();
  over_ = true;
  drop_input();
  return QuitEvent{};
}

ServerSession::Event ServerSession::on(StartTlsCommand&) {
  if (!profile_.starttls) return refuse(502, "5.5.1", "Command not implemented");
  if (tls_) return refuse(503, "5.5.1", "TLS is active already");
  if (!greeted_by_client_) return refuse(503, "5.5.1", profile_.lmtp ? "Send LHLO first" : "Send EHLO first");
  pending_ = Pending::starttls;
  return StartTlsEvent{};
}

ServerSession::Event ServerSession::on(VerifyCommand&) {
  // RFC 5321 §3.5.3: 252 neither confirms nor denies that the mailbox is there.
  emit(make_reply(252, "2.0.0", "Cannot verify, but will take a message and try to deliver it"));
  return std::nullopt;
}

ServerSession::Event ServerSession::on(HelpCommand&) {
  emit(make_reply(214, "2.0.0", "RFC 5321 describes the commands"));
  return std::nullopt;
}

}  // namespace watershed::mail
