// Lines of Postfix's log as values: why something happened, in Postfix's own words. They give the queue id and the
// reason; that a message really went somewhere is said by the wire alone. postfix(1), bounce(8), qmgr(8), cleanup(8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace watershed::harness {

struct PostfixLogLine {
  enum class Kind {
    delivery,   ///< `to=<…>, relay=…, dsn=…, status=… (…)`
    expired,    ///< `status=expired, returned to sender`: for all recipients that are left
    notice,     ///< bounce(8) made a notice: `sender non-delivery notification: QID`
    received,   ///< smtpd(8) opened a queue file: `client=…`
    submitted,  ///< pickup(8) took it from sendmail(1): `uid=8 from=<…>`; `text` is the reverse-path
    milter,     ///< `milter-reject:`, `milter-hold:`, `milter-discard:`
    held,       ///< an access(5) or header_checks(5) rule said HOLD
    discarded,  ///< … or DISCARD
    removed,    ///< qmgr(8) is done with it
  } kind;
  std::string queue_id;
  std::string to;          ///< of a delivery, without brackets
  std::string orig_to;     ///< the recipient before alias expansion; empty when the same
  std::string relay;       ///< `mx.example[192.0.2.1]:25`, `local`, `none`
  std::string status;      ///< sent, deferred, bounced, expired; of a notice: `dsn` or `delay-notice`
  std::string text;        ///< what stands in parentheses, or after the action's word
  std::string other_id;    ///< of a notice: its own queue id
  std::uint16_t code = 0;  ///< the reply code in the text (`said: 550 …`); 0 when there is none
};

/// Reads the text after `postfix/smtp[123]: `. Nothing when the line says nothing of the above.
std::optional<PostfixLogLine> parse_postfix_log(std::string_view text);

}  // namespace watershed::harness
