// Dot-stuffing, in whole pieces between line ends rather than octet by octet. RFC 5321 §4.5.2, §4.1.1.4.
#include "mail/data_codec.hpp"

#include "mail/line_scan.hpp"

#include <algorithm>

namespace watershed::mail {

namespace {

// Length of the whole lines at the start of `bytes` that mean themselves: no leading dot, CRLF at the end, no CR before
// it. Nearly all lines are such, and are taken in one piece.
std::size_t plain_lines_length(std::string_view bytes) {
  std::size_t length = 0;
  while (length < bytes.size() && bytes[length] != '.') {
    const std::size_t carriage_return = bytes.find('\r', length);
    if (carriage_return == std::string_view::npos || carriage_return + 1 >= bytes.size()) break;
    if (bytes[carriage_return + 1] != '\n') break;
    const std::size_t line_feed = bytes.find('\n', length);
    if (line_feed < carriage_return) break;
    length = line_feed + 1;
  }
  return length;
}

}  // namespace

DataDecoder::DataDecoder(BareNewlinePolicy policy, std::uint64_t size_limit_octets)
    : policy_(policy), size_limit_octets_(size_limit_octets) {}

bool DataDecoder::take_whole(std::string_view bytes) {
  constexpr std::string_view end = "\r\n.\r\n";
  const bool at_start = state_ == State::line_start && pending_returns_ == 0 && content_.empty() && !too_large_;
  if (!at_start || !bytes.ends_with(end)) return false;
  const std::string_view text = bytes.substr(0, bytes.size() - (end.size() - 2));
  if (size_limit_octets_ > 0 && text.size() > size_limit_octets_) return false;
  if (!is_plain(text)) return false;
  content_ = text;
  return complete_ = true;
}

std::size_t DataDecoder::feed(std::string_view bytes) {
  if (complete_) return 0;
  if (take_whole(bytes)) return bytes.size();
  if (content_.empty() && !too_large_) {
    // One look ahead saves growing step by step; the end it finds is a guess that only sizes the buffer.
    const std::size_t expected = std::min(bytes.find("\r\n.\r\n"), bytes.size()) + 2;
    content_.reserve(size_limit_octets_ == 0 ? expected : std::min<std::uint64_t>(expected, size_limit_octets_));
  }
  std::size_t position = 0;
  while (position < bytes.size() && !complete_) {
    if (state_ == State::line_start && pending_returns_ == 0) {
      const std::size_t plain = plain_lines_length(bytes.substr(position));
      if (plain > 0) {
        put(bytes.substr(position, plain));
        line_began_after_crlf_ = true;
        position += plain;
        continue;
      }
    }
    const std::size_t line_feed = std::min(bytes.find('\n', position), bytes.size());
    on_bytes_within_line(bytes.substr(position, line_feed - position));
    position = line_feed;
    if (line_feed == bytes.size()) break;
    on_line_feed();
    ++position;
  }
  return position;
}

void DataDecoder::on_bytes_within_line(std::string_view bytes) {
  if (bytes.empty()) return;
  if (state_ == State::line_start) {
    state_ = bytes[0] == '.' ? State::dot : State::text;
    if (state_ == State::dot) bytes.remove_prefix(1);
  }
  while (!bytes.empty()) {
    const std::size_t returns = std::min(bytes.find_first_not_of('\r'), bytes.size());
    pending_returns_ += returns;
    bytes.remove_prefix(returns);
    if (bytes.empty()) return;
    // RFC 5321 §4.5.2: a leading period before other characters is deleted, so a `dot` state is left without writing
    // it.
    state_ = State::text;
    put_pending_returns(pending_returns_);
    const std::size_t run = std::min(bytes.find('\r'), bytes.size());
    put(bytes.substr(0, run));
    bytes.remove_prefix(run);
  }
}

void DataDecoder::on_line_feed() {
  const bool is_bare = pending_returns_ == 0;
  bare_newline_ = bare_newline_ || is_bare;
  if (policy_ == BareNewlinePolicy::normalize) {
    // Postfix before 3.9 ends a line at LF, whatever number of CRs stands before it.
    pending_returns_ = 0;
    if (state_ == State::dot) {
      complete_ = true;
      return;
    }
    put("\r\n");
    state_ = State::line_start;
    return;
  }
  if (state_ == State::dot && pending_returns_ == 1 && line_began_after_crlf_) {
    complete_ = true;
    return;
  }
  if (policy_ == BareNewlinePolicy::normalize_content) {
    // smtpd(8): one CR belongs to the line end, others before it to the line. A line with nothing but a period that may
    // not end the content is left out.
    const bool is_lone_period = state_ == State::dot && pending_returns_ <= 1;
    line_began_after_crlf_ = !is_bare;
    put_pending_returns(is_bare ? 0 : pending_returns_ - 1);
    if (!is_lone_period) put("\r\n");
    state_ = State::line_start;
    return;
  }
  if (is_bare) {
    put("\n");
    state_ = State::text;  // RFC 5321 §2.3.8: a bare LF starts no line
    return;
  }
  put_pending_returns(pending_returns_ - 1);
  put("\r\n");
  state_ = State::line_start;
}

void DataDecoder::put_pending_returns(std::size_t count) {
  pending_returns_ = 0;
  if (count == 0) return;
  if (size_limit_octets_ > 0 && count > size_limit_octets_) {
    too_large_ = true;
    content_.clear();
    return;
  }
  put(std::string(count, '\r'));
}

void DataDecoder::put(std::string_view bytes) {
  if (too_large_) return;
  if (size_limit_octets_ > 0 && bytes.size() > size_limit_octets_ - content_.size()) {
    too_large_ = true;
    content_ = std::string();
    return;
  }
  content_ += bytes;
}

bool has_bare_newline(std::string_view content) {
  std::size_t line_feed = content.find('\n');
  while (line_feed != std::string_view::npos) {
    if (line_feed == 0 || content[line_feed - 1] != '\r') return true;
    line_feed = content.find('\n', line_feed + 1);
  }
  return false;
}

std::string normalize_newlines(std::string_view content, BareNewlinePolicy policy) {
  const bool keeps_other_returns = policy == BareNewlinePolicy::normalize_content;
  std::string out;
  out.reserve(content.size());
  while (true) {
    const std::size_t line_feed = content.find('\n');
    if (line_feed == std::string_view::npos) break;
    std::string_view line = content.substr(0, line_feed);
    if (line.ends_with('\r')) line.remove_suffix(1);
    while (!keeps_other_returns && line.ends_with('\r')) line.remove_suffix(1);
    out += line;
    out += "\r\n";
    content.remove_prefix(line_feed + 1);
  }
  out += content;
  return out;
}

std::string encode_data(std::string_view content) {
  std::string out;
  if (!has_leading_dot(content)) {
    out.reserve(content.size() + 5);
    out += content;
    if (!content.empty() && !content.ends_with("\r\n")) out += "\r\n";
    out += ".\r\n";
    return out;
  }
  out.reserve(content.size() + content.size() / 64 + 8);
  std::size_t position = 0;
  if (content.starts_with('.')) out += '.';
  while (true) {
    const std::size_t stuffed = content.find("\r\n.", position);
    if (stuffed == std::string_view::npos) break;
    out += content.substr(position, stuffed + 2 - position);
    out += '.';
    position = stuffed + 2;
  }
  out += content.substr(position);
  // RFC 5321 §4.1.1.4: the end-of-data sequence begins with the CRLF that ends the last line of the message.
  if (!content.empty() && !content.ends_with("\r\n")) out += "\r\n";
  out += ".\r\n";
  return out;
}

}  // namespace watershed::mail
