// See sins.hpp.
#include "fakes/mta/sins.hpp"

#include "mail/trace.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::mta {

namespace {

constexpr std::size_t line_octets_max = 998;  // RFC 5321 §4.5.3.1.6: 1000 with its CRLF

bool has_eight_bit(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all = static_cast<unsigned char>(all | static_cast<unsigned char>(c));
  return all > 0x7f;
}

struct LineFaults {
  bool bare_line_feed = false;
  std::size_t longest_octets = 0;
};

void inspect_lines(std::string_view text, LineFaults& faults) {
  while (!text.empty()) {
    const std::size_t line_feed = text.find('\n');
    std::string_view line = text.substr(0, line_feed);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    } else if (line_feed != std::string_view::npos) {
      faults.bare_line_feed = true;
    }
    faults.longest_octets = std::max(faults.longest_octets, line.size());
    if (line_feed == std::string_view::npos) break;
    text.remove_prefix(line_feed + 1);
  }
}

}  // namespace

std::vector<std::string> find_sins(const mail::Envelope& envelope, const mail::Message& message) {
  std::vector<std::string> sins;
  LineFaults lines;
  inspect_lines(message.header_section(), lines);
  inspect_lines(message.body(), lines);
  // RFC 5321 §2.3.8: conforming implementations MUST NOT send bare LF.
  if (lines.bare_line_feed && envelope.body_type != mail::BodyType::binary_mime) {
    sins.emplace_back("bare line feed in the message (RFC 5321 §2.3.8)");
  }
  if (lines.longest_octets > line_octets_max && envelope.body_type != mail::BodyType::binary_mime) {
    sins.push_back(fmt::format("line of {} octets (RFC 5321 §4.5.3.1.6)", lines.longest_octets));
  }
  // RFC 6152 §3: 8-bit content needs BODY=8BITMIME; RFC 6531 §3.4: 8-bit header fields need SMTPUTF8.
  if (envelope.body_type == mail::BodyType::seven_bit && has_eight_bit(message.body())) {
    sins.emplace_back("8-bit body without BODY=8BITMIME (RFC 6152)");
  }
  if (!envelope.smtputf8 && has_eight_bit(message.header_section())) {
    sins.emplace_back("8-bit header field without SMTPUTF8 (RFC 6531 §3.4)");
  }
  // RFC 5321 §4.4: every server that takes a message for relay or delivery MUST add trace at its beginning.
  if (mail::hop_count(message) == 0) sins.emplace_back("no Received field (RFC 5321 §4.4)");
  for (const std::string& fault : mail::trace_faults(message)) sins.push_back(fmt::format("trace: {}", fault));
  return sins;
}

}  // namespace watershed::mta
