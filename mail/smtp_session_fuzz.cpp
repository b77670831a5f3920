// Any bytes from a client, cut anyhow, with an owner that says yes or no by the bytes themselves: the same replies and
// contents whatever the cuts, and every output is whole reply lines.
#include "mail/smtp_session.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace watershed::mail;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Transcript {
  std::string output;
  std::string contents;
  int resets = 0;
  bool over = false;
  bool operator==(const Transcript&) const = default;
};

Reply decide(const SessionEvent& event, unsigned count, unsigned salt) {
  if (std::holds_alternative<DataEvent>(event)) return make_reply(salt % 7 == 1 ? 451 : 354, "", "x");
  if (std::holds_alternative<StartTlsEvent>(event)) return make_reply(salt % 5 == 1 ? 454 : 220, "", "x");
  if ((count * 31 + salt) % 11 == 0) return make_reply(550, "5.7.1", "no");
  return make_reply(250, "2.0.0", "yes");
}

Transcript run(std::string_view bytes, const SessionProfile& profile, std::size_t piece, unsigned salt, bool has_tls) {
  ServerSession session(profile);
  session.greet();
  Transcript transcript;
  transcript.output = session.take_output();
  unsigned count = 0;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    session.receive(bytes.substr(at, piece));
    while (auto event = session.next()) {
      if (const auto* content = std::get_if<ContentEvent>(&*event)) {
        require(!content->envelope.recipients.empty());
        require(content->content.size() <= profile.size_limit_octets * 2);
        transcript.contents += content->content + '|';
      }
      if (std::holds_alternative<ResetEvent>(*event)) ++transcript.resets;
      if (std::holds_alternative<ResetEvent>(*event) || std::holds_alternative<QuitEvent>(*event)) continue;
      session.answer(decide(*event, ++count, salt));
    }
    transcript.output += session.take_output();
    // What STARTTLS discards is what came in one read with it: there the cuts do matter.
    if (session.is_tls() && !has_tls) break;
  }
  require(transcript.output.ends_with("\r\n"));
  transcript.over = session.is_over();
  return transcript;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  SessionProfile profile;
  profile.hostname = "mx.example";
  profile.lmtp = (data[0] & 1U) != 0;
  profile.starttls = (data[0] & 2U) != 0;
  profile.binary_mime = (data[0] & 4U) != 0;
  profile.chunking = (data[0] & 8U) == 0;
  profile.enhanced_status_codes = (data[0] & 16U) == 0;
  profile.bare_newlines = static_cast<BareNewlinePolicy>((data[0] >> 5U) % 3);
  profile.size_limit_octets = 200;
  profile.line_length_max_octets = 80;
  profile.recipients_max = 4;
  const std::size_t piece = data[1] % 32U + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 3, size - 3);
  const Transcript whole = run(bytes, profile, bytes.size() + 1, data[2], false);
  const Transcript cut = run(bytes, profile, piece, data[2], false);
  require(whole == cut);
  run(bytes, profile, piece, data[2], true);
  return 0;
}
