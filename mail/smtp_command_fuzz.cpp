// Any line as a command: a fault is a 5yz reply; what MAIL and RCPT took is composed and read back as the same value.
#include "mail/smtp_command.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace watershed::mail;

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr Capabilities everything{true, true, true, true, true, true, true, true, true, true, 0};

std::string_view without_line_end(std::string_view line) { return line.substr(0, line.size() - 2); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto command = parse_smtp_command(line);
  if (!command) {
    require(command.error().is_permanent() && command.error().status->class_digit == 5);
  } else if (const auto* mail = std::get_if<MailCommand>(&*command)) {
    Envelope expected = mail->envelope;
    expected.declared_size_octets = 7;
    const std::string composed = compose_mail(expected, 7, everything);
    require(composed.find_first_of("\r\n") == composed.size() - 2);
    require(std::get<MailCommand>(*parse_smtp_command(without_line_end(composed))).envelope == expected);
  } else if (const auto* rcpt = std::get_if<RcptCommand>(&*command)) {
    const std::string composed = compose_rcpt(rcpt->recipient, everything);
    require(composed.find_first_of("\r\n") == composed.size() - 2);
    require(std::get<RcptCommand>(*parse_smtp_command(without_line_end(composed))).recipient == rcpt->recipient);
  }
  require(*decode_xtext(encode_xtext(line)) == line);
  parse_capabilities(make_reply(250, "", line));
  return 0;
}
