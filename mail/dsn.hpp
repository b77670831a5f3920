// Delivery status notifications: composing and reading multipart/report. RFC 3461 §6, RFC 3462, RFC 3464.
#pragma once

#include "mail/envelope.hpp"
#include "mail/message.hpp"
#include "mail/reply.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace watershed::mail {

enum class DsnAction { failed, delayed, delivered, relayed, expanded };

struct DsnRecipient {
  std::string original_recipient;  ///< ORCPT `rfc822;a@b`; empty when not given
  std::string final_recipient;     ///< address alone
  DsnAction action = DsnAction::failed;
  EnhancedStatus status{5, 0, 0};
  std::string remote_mta;       ///< name of the MTA that said so; empty when the decision was local
  std::string diagnostic_text;  ///< its reply on one line, `550 5.1.1 No such user`; empty when there is none
};

struct DeliveryReport {
  std::string reporting_mta;
  std::string envelope_id;
  std::int64_t arrival_unix_seconds = 0;
  std::vector<DsnRecipient> recipients;
};

/// What is needed beside the report to write a notice.
struct NoticeOptions {
  std::string from;        ///< From: `MAILER-DAEMON@host`
  std::string to;          ///< the original reverse-path
  std::string message_id;  ///< without angle brackets, unique
  std::string boundary;    ///< unique
  std::int64_t unix_seconds = 0;
  bool full_message = false;  ///< RET=FULL: the whole message comes back, else its header section
};

/// The notice as a message. Its envelope is the null reverse-path and one recipient (RFC 3464 §2). `original` is
/// returned as message/rfc822 or text/rfc822-headers.
Message compose_dsn(const DeliveryReport& report, const NoticeOptions& options, const Message& original);

struct ParsedDsn {
  DeliveryReport report;
  std::optional<Message> returned;  ///< the returned message or its header section
};

/// Reads a multipart/report; report-type=delivery-status. The error says what is missing.
Result<ParsedDsn, Error> parse_dsn(const Message& message);

std::string to_string(DsnAction action);

}  // namespace watershed::mail
