// The session's bytes, phases and answers. Which command is allowed when is in smtp_session_commands.cpp.
//
// Input is read through an offset and moved together only now and then, so that a pipelined flood stays linear.
#include "mail/smtp_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <limits>

namespace watershed::mail {

ServerSession::ServerSession(SessionProfile profile) : profile_(std::move(profile)) {}

void ServerSession::greet(const std::optional<Reply>& instead) {
  if (!instead) {
    const std::string standard = profile_.hostname + (profile_.lmtp ? " LMTP" : " ESMTP");
    emit_without_status(make_reply(220, "", profile_.greeting.empty() ? standard : profile_.greeting));
    return;
  }
  emit(*instead);
  greeting_refused_ = !instead->is_positive();
}

void ServerSession::receive(std::string_view bytes) {
  if (over_) return;
  constexpr std::size_t worth_moving_octets = 4096;
  if (consumed_ == input_.size()) {
    input_.clear();
    consumed_ = 0;
  } else if (consumed_ > worth_moving_octets && consumed_ > input_.size() / 2) {
    input_.erase(0, consumed_);
    consumed_ = 0;
  }
  input_ += bytes;
}

std::optional<SessionEvent> ServerSession::next() {
  assert(pending_ == Pending::none && "the last event was not answered");
  while (true) {
    if (std::exchange(reset_to_announce_, false)) return ResetEvent{};
    if (over_ || pending_ != Pending::none || (consumed_ == input_.size() && phase_ != Phase::bdat))
      return std::nullopt;
    if (phase_ == Phase::command) {
      const auto line = take_line();
      if (!line) return std::nullopt;
      if (Event event = on_command(*line)) return event;
    } else {
      const Phase before = phase_;
      if (Event event = phase_ == Phase::data ? read_data() : read_chunk()) return event;
      if (phase_ == before) return std::nullopt;
    }
  }
}

// The next command line without its line end; Postfix takes a bare LF here too. What is too long is skipped up to its
// LF without being kept, and answered once.
std::optional<std::string_view> ServerSession::take_line() {
  while (true) {
    const std::string_view rest = std::string_view(input_).substr(consumed_);
    const std::size_t line_feed = rest.find('\n');
    if (line_feed == std::string_view::npos) {
      discarding_line_ = discarding_line_ || rest.size() >= profile_.line_length_max_octets;
      if (discarding_line_) consumed_ = input_.size();
      return std::nullopt;
    }
    consumed_ += line_feed + 1;
    if (std::exchange(discarding_line_, false) || line_feed + 1 > profile_.line_length_max_octets) {
      fail(make_reply(500, "5.5.2", "Line too long"));  // RFC 5321 §4.5.3.1.9
      if (over_) return std::nullopt;
      continue;
    }
    std::string_view line = rest.substr(0, line_feed);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }
}

ServerSession::Event ServerSession::read_data() {
  consumed_ += decoder_.feed(std::string_view(input_).substr(consumed_));
  if (!decoder_.is_complete()) return std::nullopt;
  phase_ = Phase::command;
  // RFC 1870 §6.3: the message turned out to be larger than the limit.
  if (decoder_.is_too_large()) return refuse_content(make_reply(552, "5.3.4", "Message size exceeds fixed limit"));
  if (decoder_.has_bare_newline() && profile_.bare_newlines == BareNewlinePolicy::reject) {
    return refuse_content(make_reply(550, "5.6.11", "Bare <LF> in the message content"));
  }
  return deliver(decoder_.take_content());
}

ServerSession::Event ServerSession::read_chunk() {
  const std::uint64_t taken = std::min<std::uint64_t>(chunk_left_octets_, input_.size() - consumed_);
  if (!chunk_refusal_) chunks_.append(input_, consumed_, taken);
  consumed_ += taken;
  chunk_left_octets_ -= taken;
  if (chunk_left_octets_ > 0) return std::nullopt;
  phase_ = Phase::command;
  if (chunk_refusal_) {
    const Reply refusal = std::move(*chunk_refusal_);
    chunk_refusal_.reset();
    if (!envelope_) {
      fail(refusal);
      return std::nullopt;
    }
    return refuse_content(refusal);
  }
  if (!chunk_is_last_) {
    emit(make_reply(250, "2.0.0", fmt::format("{} octets received", chunk_octets_)));
    return std::nullopt;
  }
  std::string content = std::exchange(chunks_, std::string());
  // RFC 3030 §3: only binary content may hold line feeds of its own.
  if (envelope_->body_type != BodyType::binary_mime && profile_.bare_newlines != BareNewlinePolicy::keep &&
      has_bare_newline(content)) {
    if (profile_.bare_newlines == BareNewlinePolicy::reject) {
      return refuse_content(make_reply(550, "5.6.11", "Bare <LF> in the message content"));
    }
    content = normalize_newlines(content, profile_.bare_newlines);
  }
  return deliver(std::move(content));
}

ServerSession::Event ServerSession::deliver(std::string content) {
  pending_ = Pending::content;
  ContentEvent event{{}, std::move(content)};
  if (envelope_) event.envelope = std::move(*envelope_);
  envelope_.reset();
  return event;
}

// RFC 2033 §4.2: over LMTP the end of the content is answered once for each accepted recipient, refusals included. A
// BDAT that was not the last is one command with one answer.
ServerSession::Event ServerSession::refuse_content(const Reply& reply) {
  const bool is_end = !chunking_begun_ || chunk_is_last_;
  const std::size_t replies = profile_.lmtp && is_end ? std::max<std::size_t>(recipients_accepted_, 1) : 1;
  for (std::size_t count = 0; count < replies; ++count) emit(reply);
  reset_transaction();
  return ResetEvent{};
}

void ServerSession::answer(const Reply& reply) {
  const Pending answered = std::exchange(pending_, Pending::none);
  assert(answered != Pending::none && "there is no event to answer");
  const bool is_positive = reply.is_positive();
  switch (answered) {
    case Pending::none:
      return;
    case Pending::hello:
      if (is_positive) return on_hello_accepted();
      break;
    case Pending::mail:
      if (!is_positive) break;
      ++transaction_;
      envelope_ = std::move(pending_envelope_);
      break;
    case Pending::rcpt:
      if (!is_positive) break;
      envelope_->recipients.push_back(std::move(*pending_recipient_));
      ++recipients_accepted_;
      break;
    case Pending::data:
      if (!is_positive && !reply.is_intermediate()) break;
      phase_ = Phase::data;
      decoder_ = DataDecoder(profile_.bare_newlines, profile_.size_limit_octets);
      // Only 354 lets the client begin (RFC 5321 §4.1.1.4), whatever positive code the owner chose.
      return emit_without_status(reply.code == 354 ? reply : make_reply(354, "", "End data with <CR><LF>.<CR><LF>"));
    case Pending::content: {
      const std::size_t replies = profile_.lmtp ? std::max<std::size_t>(recipients_accepted_, 1) : 1;
      for (std::size_t count = 0; count < replies; ++count) emit(reply);
      if (is_positive) errors_ = 0;
      return reset_transaction();
    }
    case Pending::starttls:
      if (!is_positive) break;
      emit(reply);
      tls_ = true;
      greeted_by_client_ = false;
      hello_ = HelloCommand();
      reset_to_announce_ = envelope_.has_value();
      reset_transaction();
      // RFC 3207 §4.2: nothing learned before TLS may be kept. Commands that came in clear text behind STARTTLS would
      // otherwise run as if they had been protected (CVE-2011-0411).
      return drop_input();
  }
  emit(reply);
}

void ServerSession::answer(const std::vector<Reply>& replies) {
  assert(!replies.empty() && "an event is answered by one reply at least");
  if (replies.empty()) return;
  if (pending_ != Pending::content || !profile_.lmtp) return answer(replies.front());
  assert(replies.size() == recipients_accepted_ && "LMTP content is answered once for each recipient");
  pending_ = Pending::none;
  bool any_positive = false;
  for (const Reply& reply : replies) {
    any_positive = any_positive || reply.is_positive();
    append_wire(reply, profile_.enhanced_status_codes, output_);
  }
  if (any_positive) errors_ = 0;
  reset_transaction();
}

void ServerSession::on_hello_accepted() {
  // RFC 5321 §4.1.4: an accepted hello clears all buffers and state exactly as RSET does.
  reset_to_announce_ = envelope_.has_value();
  reset_transaction();
  hello_ = std::move(pending_hello_);
  greeted_by_client_ = true;
  emit_without_status(hello_reply());
}

Reply ServerSession::hello_reply() const {
  Reply reply;
  reply.lines.push_back(profile_.hostname);
  if (hello_.verb == HelloCommand::Verb::helo) return reply;
  const auto offer = [&](bool offered, std::string keyword) {
    if (offered) reply.lines.push_back(std::move(keyword));
  };
  offer(profile_.pipelining, "PIPELINING");
  offer(true, profile_.size_limit_octets == 0 ? "SIZE" : fmt::format("SIZE {}", profile_.size_limit_octets));
  offer(profile_.starttls && !tls_, "STARTTLS");  // RFC 3207 §4.2: not offered again under TLS
  offer(profile_.enhanced_status_codes, "ENHANCEDSTATUSCODES");
  offer(profile_.eight_bit_mime, "8BITMIME");
  offer(profile_.dsn, "DSN");
  offer(profile_.smtputf8, "SMTPUTF8");
  offer(profile_.chunking, "CHUNKING");
  offer(profile_.chunking && profile_.binary_mime, "BINARYMIME");  // RFC 3030 §3: needs CHUNKING
  return reply;
}

void ServerSession::emit(const Reply& reply) {
  append_wire(reply, profile_.enhanced_status_codes, output_);
  if (reply.code != 421) return;
  over_ = true;
  drop_input();
}

// RFC 2034 §3: the greeting, hello replies and 3yz carry no enhanced status.
void ServerSession::emit_without_status(const Reply& reply) { append_wire(reply, false, output_); }

void ServerSession::fail(const Reply& reply) {
  if (++errors_ <= profile_.errors_max) return emit(reply);
  emit(make_reply(421, "4.7.0", "Too many errors"));
}

void ServerSession::drop_input() {
  input_.clear();
  consumed_ = 0;
}

void ServerSession::reset_transaction() {
  envelope_.reset();
  recipient_tried_ = false;
  recipients_accepted_ = 0;
  chunks_ = std::string();
  chunking_begun_ = false;
}

std::string ServerSession::take_output() { return std::exchange(output_, std::string()); }

}  // namespace watershed::mail
