// See content_marks.hpp.
#include "harness/lanes/wire/content_marks.hpp"

#include "base/text.hpp"
#include "mail/message.hpp"

#include <algorithm>

namespace watershed::harness {

namespace {

// RFC 5321 §4.4: `id` and then an atom or a msg-id; before the semicolon, outside of comments.
std::string id_clause(std::string_view received) {
  int depth = 0;
  bool is_next = false;
  std::size_t at = 0;
  while (at < received.size()) {
    const char c = received[at];
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
    if (depth > 0 || c == ')' || c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      ++at;
      continue;
    }
    const std::size_t end = std::min(received.find_first_of(" \t\r\n(;", at), received.size());
    const std::string_view word = received.substr(at, end - at);
    if (is_next) return std::string(word);
    is_next = equal_ignoring_case(word, "id");
    if (end < received.size() && received[end] == ';') return {};
    at = std::max(end, at + 1);
  }
  return {};
}

// `rfc822; a@b` without its type.
std::string without_type(std::string_view value) {
  const std::size_t semicolon = value.find(';');
  return std::string(trim(semicolon == std::string_view::npos ? value : value.substr(semicolon + 1)));
}

// The values of `name` at the beginning of lines of the body, without address types; folded lines are not needed here.
std::vector<std::string> line_values(std::string_view body, std::string_view name) {
  std::vector<std::string> values;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    const std::string_view line = body.substr(at, end - at);
    if (starts_with_ignoring_case(line, name)) values.push_back(without_type(line.substr(name.size())));
    at = end + 1;
  }
  return values;
}

std::string line_value(std::string_view body, std::string_view name) {
  std::vector<std::string> values = line_values(body, name);
  return values.empty() ? std::string() : std::move(values.front());
}

// The id of the first Received field in the body: that of the returned message.
std::string returned_id(std::string_view body) {
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    if (starts_with_ignoring_case(body.substr(at, end - at), "Received:")) {
      mail::FieldCursor cursor(body.substr(at));
      mail::HeaderField field;
      return cursor.next(field) ? id_clause(field.value) : std::string();
    }
    at = end + 1;
  }
  return {};
}

std::string address_in(std::string_view from) {
  const std::size_t open = from.rfind('<');
  const std::size_t close = from.rfind('>');
  if (open != std::string_view::npos && close != std::string_view::npos && close > open) {
    from = from.substr(open + 1, close - open - 1);
  }
  return to_lower(trim(from));
}

// postconf(5) notify_classes: `Postfix SMTP server: errors from mx.example[192.0.2.1]`.
std::string blamed_client(std::string_view subject) {
  constexpr std::string_view words = "Postfix SMTP server: errors from ";
  const std::size_t open = subject.rfind('[');
  if (!subject.starts_with(words) || open == std::string_view::npos || !subject.ends_with(']')) return {};
  return std::string(subject.substr(open + 1, subject.size() - open - 2));
}

}  // namespace

ContentMarks content_marks(std::string_view content) {
  const mail::Message message = mail::Message::parse(std::string(content));
  ContentMarks marks;
  marks.message_id = message.value("Message-ID");
  bool is_topmost = true;
  for (const mail::HeaderField& field : message.fields()) {
    if (!equal_ignoring_case(field.name, "Received")) continue;
    (is_topmost ? marks.received_id : marks.earlier_received_id) = id_clause(field.value);
    if (!is_topmost) break;
    is_topmost = false;
  }
  marks.delivered_to = trim(message.value("Delivered-To"));
  marks.in_reply_to = message.value("In-Reply-To");
  marks.from = address_in(message.value("From"));
  marks.auto_submitted = to_lower(message.value("Auto-Submitted"));
  marks.redirected_from = message.value("X-Sieve-Redirected-From");
  marks.blamed_client = blamed_client(message.value("Subject"));
  marks.body_hash = message.body_hash();
  marks.size_octets = message.size_octets();
  const std::string type = to_lower(message.value("Content-Type"));
  marks.is_report = type.starts_with("multipart/report");
  if (!marks.is_report) return marks;
  const std::string_view body = message.body();
  marks.reported_id = line_value(body, "X-Postfix-Queue-ID:");
  if (marks.reported_id.empty()) marks.reported_id = returned_id(body);
  marks.is_delay = equal_ignoring_case(line_value(body, "Action:"), "delayed");
  marks.reported_recipients = line_values(body, "Final-Recipient:");
  return marks;
}

std::string id_in_reply(std::string_view reply_line) {
  constexpr std::string_view queued = "queued as ";
  const std::size_t at = reply_line.rfind(queued);
  if (at != std::string_view::npos) {
    const std::string_view rest = reply_line.substr(at + queued.size());
    return std::string(rest.substr(0, rest.find_first_of(" \r\n")));
  }
  constexpr std::string_view saved = " Saved";
  if (!reply_line.ends_with(saved)) return {};
  reply_line.remove_suffix(saved.size());
  const std::size_t blank = reply_line.rfind(' ');
  return blank == std::string_view::npos ? std::string() : std::string(reply_line.substr(blank + 1));
}

}  // namespace watershed::harness
