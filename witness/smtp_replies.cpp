// The server's side of the dialogue: each reply goes to the command that has waited longest. See smtp_dialogue.hpp.
#include "base/text.hpp"
#include "witness/smtp_dialogue.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::witness {

std::string_view to_string(TransactionEnd end) {
  switch (end) {
    case TransactionEnd::refused:
      return "refused";
    case TransactionEnd::answered:
      return "answered";
    case TransactionEnd::reset:
      return "reset";
    case TransactionEnd::lost:
      return "lost";
  }
  return "?";
}

const mail::Reply* SmtpTransaction::deciding_reply(const SeenRecipient& recipient) const {
  if (mail_reply && !mail_reply->is_positive()) return &*mail_reply;
  if (!recipient.reply || !recipient.reply->is_positive()) return recipient.reply ? &*recipient.reply : nullptr;
  if (data_reply && !data_reply->is_intermediate() && !data_reply->is_positive()) return &*data_reply;
  return recipient.final_reply ? &*recipient.final_reply : nullptr;
}

bool SmtpTransaction::is_accepted(const SeenRecipient& recipient) const {
  return recipient.reply && recipient.reply->is_positive() && recipient.final_reply &&
         recipient.final_reply->is_positive();
}

void SmtpDialogue::from_server(std::string_view bytes, std::int64_t unix_ns) {
  if (phase_ == Phase::tls || !confusion_.empty()) return;
  reply_input_ += bytes;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t newline = reply_input_.find('\n', begin);
    if (newline == std::string::npos) break;
    std::string_view line = std::string_view(reply_input_).substr(begin, newline - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    begin = newline + 1;
    auto reply = replies_.feed(line);
    if (!reply) return confuse(reply.error().message);
    if (*reply) on_reply(std::move(**reply), unix_ns);
    if (phase_ == Phase::tls || !confusion_.empty()) return;
  }
  reply_input_.erase(0, begin);
  if (reply_input_.size() > line_octets_max) confuse("a reply line without an end");
}

void SmtpDialogue::on_reply(mail::Reply reply, std::int64_t at) {
  if (pending_.empty()) {
    on_unexpected_reply(reply, at);
    if (pending_.empty()) return;
  }
  // Final replies over LMTP are as many as recipients; whatever else waits is done with after one.
  Pending pending = std::move(pending_.front());
  pending_.pop_front();
  switch (pending.what) {
    case What::greeting:
      greeting_ = std::move(reply);
      break;
    case What::hello:
      if (!reply.is_positive()) break;
      if (transaction_) finish(TransactionEnd::reset, at);
      helo_ = std::move(pending.argument);
      lmtp_ = pending.lmtp;
      break;
    case What::mail:
      on_mail_reply(pending, std::move(reply));
      break;
    case What::rcpt:
      if (!transaction_ && reply.is_positive()) return confuse("a recipient was taken, and no MAIL was seen before");
      if (!transaction_) break;
      transaction_->recipients.push_back(
          {std::move(pending.argument), std::move(pending.parameters), std::move(reply), std::nullopt});
      break;
    case What::data:
      on_data_reply(std::move(reply));
      break;
    case What::chunk:
      if (!transaction_ && reply.is_positive()) return confuse("content was taken, and no MAIL was seen before");
      if (!pending.last) break;
      if (transaction_ && !transaction_->has_content) {
        transaction_->content = std::move(pending.argument);
        transaction_->has_content = true;
        transaction_->content_ns = pending.at;
      }
      [[fallthrough]];
    case What::content:
      if (!on_final_reply(reply, at)) pending_.push_front({.what = What::content, .at = pending.at});
      break;
    case What::reset:
      if (reply.is_positive() && transaction_) finish(TransactionEnd::reset, at);
      break;
    case What::starttls:
      if (reply.code == 220) phase_ = Phase::tls;
      stalled_ = false;
      break;
    case What::auth:
      stalled_ = false;
      if (reply.is_intermediate()) pending_.push_front({.what = What::auth, .at = at});
      break;
    case What::quit:
      if (transaction_) finish(TransactionEnd::reset, at);
      break;
    case What::other:
      break;
  }
  read_client(at);
}

// A server that speaks unasked says 421 (RFC 5321 §3.8), or it saw the end of the content where we saw none.
void SmtpDialogue::on_unexpected_reply(const mail::Reply& reply, std::int64_t at) {
  if (phase_ != Phase::content) {
    if (reply.code != 421) confuse(fmt::format("the server said '{}' to nothing", printable(to_line(reply))));
    return;
  }
  mail::DataDecoder lenient(mail::BareNewlinePolicy::normalize);
  const std::size_t used = lenient.feed(raw_content_);
  if (lenient.is_complete()) {
    // What follows the end was sent as content and is taken as commands: exactly what smuggling is.
    input_.insert(consumed_, raw_content_.substr(used));
    if (transaction_) transaction_->ended_by_bare_newline = true;
    content_ended(lenient.take_content(), at);
    return;
  }
  if (reply.is_positive()) return confuse(fmt::format("'{}' in the middle of the content", printable(to_line(reply))));
  // A refusal in the middle of the content is the answer to it.
  raw_content_.clear();
  phase_ = Phase::command;
  stalled_ = true;  // the rest of the content may still come: only the end of the connection is awaited
  pending_.push_back({.what = What::content, .at = at});
}

void SmtpDialogue::on_mail_reply(Pending& pending, mail::Reply reply) {
  if (transaction_) return;  // nested MAIL: 503 (RFC 5321 §4.1.4); the open transaction goes on
  SmtpTransaction begun;
  begun.reverse_path = std::move(pending.argument);
  begun.began_ns = pending.at;
  begun.lmtp = lmtp_;
  begun.helo = helo_;
  begun.number = transactions_ + 1;
  const bool is_accepted = reply.is_positive();
  if (is_accepted) ++transactions_;
  begun.mail_reply = std::move(reply);
  transaction_ = std::move(begun);
  if (!is_accepted) finish(TransactionEnd::refused, pending.at);
}

void SmtpDialogue::on_data_reply(mail::Reply reply) {
  stalled_ = false;
  if (reply.is_intermediate()) {
    if (!transaction_) return confuse("content was asked for, and no MAIL was seen before");
    phase_ = Phase::content;
    decoder_ = mail::DataDecoder();
    raw_content_.clear();
  }
  if (transaction_) transaction_->data_reply = std::move(reply);
}

bool SmtpDialogue::on_final_reply(const mail::Reply& reply, std::int64_t at) {
  if (!transaction_) return true;
  std::vector<SeenRecipient>& recipients = transaction_->recipients;
  const auto waits = [](const SeenRecipient& recipient) {
    return recipient.reply && recipient.reply->is_positive() && !recipient.final_reply;
  };
  // RFC 2033 §4.2: one reply for each accepted recipient, in their order. RFC 5321: one for all.
  for (SeenRecipient& recipient : recipients) {
    if (!waits(recipient)) continue;
    recipient.final_reply = reply;
    if (lmtp_) break;
  }
  if (std::any_of(recipients.begin(), recipients.end(), waits)) return false;
  finish(TransactionEnd::answered, at);
  return true;
}

void SmtpDialogue::finish(TransactionEnd end, std::int64_t at) {
  SmtpTransaction ended = std::move(*transaction_);
  transaction_.reset();
  ended.end = end;
  ended.lmtp = lmtp_;
  ended.helo = helo_;
  ended.ended_ns = at;
  on_transaction_(std::move(ended));
}

}  // namespace watershed::witness
