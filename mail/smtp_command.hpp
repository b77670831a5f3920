// One SMTP or LMTP command line as a value. RFC 5321 §4.1, RFC 2033 (LHLO), RFC 3030 (BDAT), RFC 3207 (STARTTLS),
// RFC 3461 (DSN parameters), RFC 1870 (SIZE), RFC 6531 (SMTPUTF8).
#pragma once

#include "mail/envelope.hpp"
#include "mail/reply.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace watershed::mail {

struct HelloCommand {
  enum class Verb { helo, ehlo, lhlo } verb = Verb::ehlo;
  std::string domain;
};
/// MAIL FROM with all its parameters; `envelope.recipients` is empty.
struct MailCommand {
  Envelope envelope;
};
struct RcptCommand {
  Recipient recipient;
};
struct DataCommand {};
struct BdatCommand {
  std::uint64_t size_octets = 0;
  bool last = false;
};
struct ResetCommand {};
struct NoopCommand {};
struct QuitCommand {};
struct StartTlsCommand {};
struct VerifyCommand {
  std::string argument;
};
struct HelpCommand {};

using SmtpCommand = std::variant<HelloCommand, MailCommand, RcptCommand, DataCommand, BdatCommand, ResetCommand,
                                 NoopCommand, QuitCommand, StartTlsCommand, VerifyCommand, HelpCommand>;

/// Parses one line without its line end. The error is the reply to send: 500 unknown, 501 syntax, 555 unknown parameter
/// (RFC 5321 §4.2.4, §4.1.1.11), with its enhanced status.
Result<SmtpCommand, Reply> parse_smtp_command(std::string_view line);

/// What the peer offered in its EHLO reply; only then may the parameter be sent.
struct Capabilities {
  bool esmtp = false;  ///< answered EHLO (or LHLO) at all
  bool pipelining = false;
  bool eight_bit_mime = false;
  bool binary_mime = false;
  bool chunking = false;
  bool dsn = false;
  bool enhanced_status_codes = false;
  bool smtputf8 = false;
  bool starttls = false;
  bool size = false;
  std::uint64_t size_limit_octets = 0;  ///< 0: no limit stated

  bool operator==(const Capabilities&) const = default;
};

/// Reads the lines of a positive EHLO reply.
Capabilities parse_capabilities(const Reply& ehlo_reply);

/// Command lines with CRLF. Only parameters that `offered` allows are written; `size_octets` adds SIZE= where offered.
std::string compose_mail(const Envelope& envelope, std::uint64_t size_octets, const Capabilities& offered);
std::string compose_rcpt(const Recipient& recipient, const Capabilities& offered);

/// RFC 3461 §4 xtext.
std::string encode_xtext(std::string_view text);
Result<std::string, Error> decode_xtext(std::string_view text);

}  // namespace watershed::mail
