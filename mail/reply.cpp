// Reading and writing replies. RFC 5321 §4.2, RFC 3463, RFC 2034 §4.
#include "mail/reply.hpp"

#include "base/octets.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace watershed::mail {

namespace {

constexpr std::size_t line_octets_max = 8192;
constexpr std::size_t lines_max = 1000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A number of one to three digits without leading zeros (RFC 3464 §2.3.4) from the front of `text`, or -1.
int take_number(std::string_view& text) {
  std::size_t length = 0;
  int number = 0;
  while (length < text.size() && length < 3 && is_digit(text[length])) number = number * 10 + (text[length++] - '0');
  if (length == 0 || (length > 1 && text[0] == '0')) return -1;
  text.remove_prefix(length);
  return number;
}

bool take_dot(std::string_view& text) {
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<EnhancedStatus> take_status(std::string_view& text) {
  // Nearly every status is of three single digits.
  const bool is_short = text.size() >= 5 && is_digit(text[0]) && text[1] == '.' && is_digit(text[2]) &&
                        text[3] == '.' && is_digit(text[4]) && (text.size() == 5 || text[5] == ' ');
  if (is_short && (text[0] == '2' || text[0] == '4' || text[0] == '5')) {
    const EnhancedStatus known{text[0] - '0', text[2] - '0', text[4] - '0'};
    text.remove_prefix(std::min<std::size_t>(text.size(), 6));
    return known;
  }
  std::string_view rest = text;
  EnhancedStatus status;
  status.class_digit = take_number(rest);
  if (status.class_digit != 2 && status.class_digit != 4 && status.class_digit != 5) return std::nullopt;
  if (!take_dot(rest) || (status.subject = take_number(rest)) < 0) return std::nullopt;
  if (!take_dot(rest) || (status.detail = take_number(rest)) < 0) return std::nullopt;
  if (!rest.empty() && rest[0] != ' ') return std::nullopt;
  text = rest.empty() ? rest : rest.substr(1);
  return status;
}

void append_status(const EnhancedStatus& status, std::string& out) {
  const auto is_one_digit = [](int number) { return number >= 0 && number < 10; };
  if (is_one_digit(status.class_digit) && is_one_digit(status.subject) && is_one_digit(status.detail)) {
    const char digits[] = {static_cast<char>('0' + status.class_digit), '.', static_cast<char>('0' + status.subject),
                           '.', static_cast<char>('0' + status.detail)};
    out.append(digits, sizeof digits);
    return;
  }
  out += fmt::format("{}.{}.{}", status.class_digit, status.subject, status.detail);
}

// One line of text: what would end the line early, or hide the rest of it, becomes a blank.
void append_line_text(std::string_view text, std::string& out) {
  const std::size_t start = out.size();
  out += text;
  if (has_no_control(text)) return;
  for (const char breaker : {'\r', '\n', '\0'}) {
    std::replace(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), breaker, ' ');
  }
}

struct ReplyLine {
  int code = 0;
  bool is_last = true;
  std::string_view text;
};

Result<ReplyLine, Error> parse_line(std::string_view line) {
  const auto malformed = [&](std::string_view reason) {
    constexpr std::size_t shown_octets_max = 100;
    return Error{fmt::format("malformed reply '{}': {}", printable(line.substr(0, shown_octets_max)), reason)};
  };
  if (line.size() > line_octets_max) return malformed("the line is too long");
  if (line.size() < 3 || !is_digit(line[0]) || !is_digit(line[1]) || !is_digit(line[2])) {
    return malformed("a three-digit code is expected");
  }
  ReplyLine parsed;
  parsed.code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (parsed.code < 200 || parsed.code > 599) return malformed("the code must be from 200 to 599");
  if (line.size() == 3) return parsed;  // RFC 5321 §4.2: the text may be missing, and then the blank too
  if (line[3] != ' ' && line[3] != '-') return malformed("a blank or '-' is expected after the code");
  parsed.is_last = line[3] == ' ';
  parsed.text = line.substr(4);
  return parsed;
}

void add_line(Reply& reply, std::string_view text) {
  std::string cleaned;
  if (!has_no_control(text)) {
    append_line_text(text, cleaned);
    text = cleaned;
  }
  std::string_view after_status = text;
  const auto status = take_status(after_status);
  if (reply.lines.empty()) {
    // RFC 2034 §4: the class of the status must agree with the code; else it is text that looks like one.
    if (status && status->class_digit == reply.code / 100) reply.status = status;
  }
  const bool is_repeated = reply.status && status == reply.status;
  reply.lines.emplace_back(is_repeated ? after_status : text);
}

}  // namespace

std::string to_string(const EnhancedStatus& status) {
  std::string out;
  append_status(status, out);
  return out;
}

Result<EnhancedStatus, Error> parse_enhanced_status(std::string_view text) {
  std::string_view rest = text;
  const auto status = text.ends_with(' ') ? std::nullopt : take_status(rest);
  if (!status || !rest.empty()) {
    return Error{fmt::format("'{}' is no enhanced status code such as 5.1.1", printable(text))};
  }
  return *status;
}

Reply make_reply(int code, std::string_view status, std::string_view text) {
  Reply reply;
  reply.code = code;
  if (!status.empty()) {
    const auto parsed = parse_enhanced_status(status);
    assert(parsed && "an enhanced status written in the program is well formed");
    if (parsed) reply.status = *parsed;
  }
  while (true) {
    const std::size_t newline = text.find('\n');
    std::string_view line = text.substr(0, newline);
    if (line.ends_with('\r')) line.remove_suffix(1);
    reply.lines.emplace_back(line);
    if (newline == std::string_view::npos) return reply;
    text.remove_prefix(newline + 1);
  }
}

void append_wire(const Reply& reply, bool with_status, std::string& out) {
  const fmt::format_int code(reply.code);
  const std::size_t count = std::max<std::size_t>(reply.lines.size(), 1);
  for (std::size_t index = 0; index < count; ++index) {
    const std::string_view text = index < reply.lines.size() ? std::string_view(reply.lines[index]) : "";
    constexpr std::size_t around_text = sizeof "250-5.999.999 \r\n";
    out.reserve(out.size() + text.size() + around_text);
    out.append(code.data(), code.size());
    out += index + 1 < count ? '-' : ' ';
    if (with_status && reply.status) {
      append_status(*reply.status, out);
      if (!text.empty()) out += ' ';
    }
    append_line_text(text, out);
    out += "\r\n";
  }
}

std::string to_wire(const Reply& reply) {
  std::string out;
  append_wire(reply, true, out);
  return out;
}

std::string to_line(const Reply& reply) {
  std::size_t length = 3 + 10;  // code, status
  for (const std::string& line : reply.lines) length += 1 + line.size();
  std::string out;
  out.reserve(length);
  const fmt::format_int code(reply.code);
  out.append(code.data(), code.size());
  if (reply.status) {
    out += ' ';
    append_status(*reply.status, out);
  }
  for (const std::string& line : reply.lines) {
    if (line.empty()) continue;
    out += ' ';
    append_line_text(line, out);
  }
  return out;
}

Result<Reply, Error> parse_reply(std::string_view text) {
  text = trim(text);
  const bool has_control =
      std::any_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < 0x20 && c != '\t'; });
  if (has_control) return Error{fmt::format("malformed reply '{}': one line is expected", printable(text))};
  const auto line = parse_line(text);
  if (!line) return line.error();
  if (!line->is_last) return Error{fmt::format("malformed reply '{}': one line is expected", printable(text))};
  Reply reply;
  reply.code = line->code;
  add_line(reply, trim(line->text));
  return reply;
}

Result<std::optional<Reply>, Error> ReplyReader::feed(std::string_view line) {
  const auto parsed = parse_line(line);
  if (!parsed) return parsed.error();
  if (!partial_) {
    partial_.emplace();
    partial_->code = parsed->code;
  }
  // RFC 5321 §4.2.1: the code on each of the lines MUST be the same.
  if (partial_->code != parsed->code) {
    return Error{fmt::format("malformed reply: code {} after lines with {}", parsed->code, partial_->code)};
  }
  if (partial_->lines.size() >= lines_max) return Error{"malformed reply: too many lines"};
  add_line(*partial_, parsed->text);
  if (!parsed->is_last) return std::optional<Reply>();
  std::optional<Reply> complete = std::move(partial_);
  partial_.reset();
  return complete;
}

}  // namespace watershed::mail
