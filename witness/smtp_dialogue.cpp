// The client's side of the dialogue: commands and content. See smtp_dialogue.hpp; replies are in smtp_replies.cpp.
#include "witness/smtp_dialogue.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::witness {

namespace {

// What follows `MAIL FROM:` or `RCPT TO:`. RFC 5321 §3.3 has one blank between the words, and servers take any number
// of them (Postfix's smtpd(8) does): what they take has to be seen.
std::optional<std::string_view> after(std::string_view line, std::string_view verb, std::string_view keyword) {
  if (!starts_with_ignoring_case(line, verb)) return std::nullopt;
  line.remove_prefix(verb.size());
  const std::string_view rest = trim(line);
  if (rest.size() == line.size() || !starts_with_ignoring_case(rest, keyword)) return std::nullopt;
  return rest.substr(keyword.size());
}

// The path of MAIL or RCPT without its brackets; `<>` stays. A path that our own parser would refuse is still what was
// said, so it is shown as written.
std::string path_in(std::string_view text) {
  text = trim(text);
  const std::size_t open = text.find('<');
  if (open != std::string_view::npos) {
    text.remove_prefix(open);
    bool quoted = false;
    for (std::size_t index = 1; index < text.size(); ++index) {
      if (quoted && text[index] == '\\') {
        ++index;
      } else if (text[index] == '"') {
        quoted = !quoted;
      } else if (!quoted && text[index] == '>') {
        text = text.substr(0, index + 1);
        break;
      }
    }
  } else {
    text = text.substr(0, text.find(' '));
  }
  if (const auto reverse = mail::parse_reverse_path(text)) return display(*reverse);
  if (text.starts_with('<') && text.ends_with('>') && text.size() > 2) text = text.substr(1, text.size() - 2);
  return std::string(text);
}

std::optional<mail::BdatCommand> chunk_of(std::string_view line) {
  const auto command = mail::parse_smtp_command(line);
  if (!command) return std::nullopt;
  const auto* chunk = std::get_if<mail::BdatCommand>(&*command);
  return chunk == nullptr ? std::nullopt : std::optional(*chunk);
}

}  // namespace

void SmtpDialogue::from_client(std::string_view bytes, std::int64_t unix_ns) {
  if (phase_ == Phase::tls || !confusion_.empty()) return;
  input_ += bytes;
  read_client(unix_ns);
}

void SmtpDialogue::read_client(std::int64_t at) {
  bool go_on = true;
  while (go_on && confusion_.empty()) {
    switch (phase_) {
      case Phase::command:
        go_on = !stalled_ && read_line(at);
        break;
      case Phase::content:
        go_on = read_content(at);
        break;
      case Phase::chunk:
        go_on = read_chunk(at);
        break;
      case Phase::tls:
        input_.clear();
        consumed_ = 0;
        return;
    }
  }
  if (consumed_ > 0) {
    input_.erase(0, consumed_);
    consumed_ = 0;
  }
}

bool SmtpDialogue::read_line(std::int64_t at) {
  const std::string_view rest = std::string_view(input_).substr(consumed_);
  const std::size_t newline = rest.find('\n');
  if (newline == std::string_view::npos) {
    if (rest.size() > line_octets_max) confuse("a command line without an end");
    return false;
  }
  std::string line(rest.substr(0, newline));
  consumed_ += newline + 1;
  if (line.ends_with('\r')) line.pop_back();
  on_line(line, at);
  return true;
}

void SmtpDialogue::on_line(std::string_view line, std::int64_t at) {
  // The client's answer to a 334 challenge (RFC 4954 §4): one line, one reply.
  if (!pending_.empty() && pending_.back().what == What::auth) return void(stalled_ = true);
  line = trim(line);
  const std::string_view verb = line.substr(0, line.find_first_of(" \t"));
  Pending pending{.what = What::other, .at = at};
  if (equal_ignoring_case(verb, "HELO") || equal_ignoring_case(verb, "EHLO") || equal_ignoring_case(verb, "LHLO")) {
    pending.what = What::hello;
    pending.lmtp = to_lower(verb[0]) == 'l';
    pending.argument = trim(line.substr(verb.size()));
  } else if (const auto reverse_path = after(line, "MAIL", "FROM:")) {
    pending.what = What::mail;
    pending.argument = path_in(*reverse_path);
  } else if (const auto forward_path = after(line, "RCPT", "TO:")) {
    pending.what = What::rcpt;
    pending.argument = path_in(*forward_path);
    const std::size_t after_path = line.rfind("> ");
    if (after_path != std::string_view::npos) pending.parameters = trim(line.substr(after_path + 1));
  } else if (equal_ignoring_case(line, "DATA")) {
    pending.what = What::data;
    stalled_ = true;
  } else if (equal_ignoring_case(verb, "BDAT")) {
    const auto chunk = chunk_of(line);
    if (!chunk) return confuse(fmt::format("'{}' has no size that can be read", printable(line)));
    pending.what = What::chunk;
    pending.last = chunk_is_last_ = chunk->last;
    chunk_left_octets_ = chunk->size_octets;
    phase_ = Phase::chunk;
  } else if (equal_ignoring_case(line, "STARTTLS")) {
    pending.what = What::starttls;
    stalled_ = true;
  } else if (equal_ignoring_case(verb, "AUTH")) {
    pending.what = What::auth;
    stalled_ = true;
  } else if (equal_ignoring_case(line, "RSET")) {
    pending.what = What::reset;
  } else if (equal_ignoring_case(line, "QUIT")) {
    pending.what = What::quit;
  }
  pending_.push_back(std::move(pending));
}

bool SmtpDialogue::read_content(std::int64_t at) {
  const std::string_view rest = std::string_view(input_).substr(consumed_);
  if (rest.empty()) return false;
  const std::size_t used = decoder_.feed(rest);
  raw_content_ += rest.substr(0, used);
  consumed_ += used;
  if (!decoder_.is_complete()) return false;
  content_ended(decoder_.take_content(), at);
  return true;
}

void SmtpDialogue::content_ended(std::string content, std::int64_t at) {
  phase_ = Phase::command;
  raw_content_.clear();
  if (transaction_) {
    transaction_->content = std::move(content);
    transaction_->has_content = true;
    transaction_->content_ns = at;
  }
  pending_.push_back({.what = What::content, .at = at});
}

bool SmtpDialogue::read_chunk(std::int64_t at) {
  const std::string_view rest = std::string_view(input_).substr(consumed_);
  const auto used = static_cast<std::size_t>(std::min<std::uint64_t>(rest.size(), chunk_left_octets_));
  chunks_ += rest.substr(0, used);
  consumed_ += used;
  chunk_left_octets_ -= used;
  if (chunk_left_octets_ > 0) return false;
  phase_ = Phase::command;
  // The envelope's replies may still be on their way: whose content it is shows when the last chunk is answered.
  if (chunk_is_last_) {
    pending_.back().argument = std::move(chunks_);
    pending_.back().at = at;
    chunks_.clear();
  }
  return true;
}

// What nobody answered was an attempt nevertheless: MAIL, and each RCPT, which says whose.
void SmtpDialogue::end(std::int64_t unix_ns) {
  if (!confusion_.empty()) return;
  for (Pending& pending : pending_) {
    const bool ends = pending.what == What::mail || pending.what == What::reset || pending.what == What::hello;
    if (ends && transaction_) finish(TransactionEnd::lost, unix_ns);
    if (pending.what == What::mail) {
      SmtpTransaction attempt;
      attempt.reverse_path = std::move(pending.argument);
      attempt.began_ns = pending.at;
      attempt.number = transactions_ + 1;
      transaction_ = std::move(attempt);
    } else if (pending.what == What::rcpt && transaction_) {
      transaction_->recipients.push_back({std::move(pending.argument), std::move(pending.parameters), {}, {}});
    }
  }
  if (transaction_) finish(TransactionEnd::lost, unix_ns);
  pending_.clear();
}

bool SmtpDialogue::is_busy() const {
  return transaction_.has_value() || std::any_of(pending_.begin(), pending_.end(),
                                                 [](const Pending& pending) { return pending.what == What::mail; });
}

void SmtpDialogue::confuse(std::string why) {
  confusion_ = std::move(why);
  pending_.clear();
  transaction_.reset();
}

}  // namespace watershed::witness
