// What the wire shows of one SMTP or LMTP transaction, as a value. RFC 5321 §3.3, RFC 2033 §4.
#pragma once

#include "base/ip_address.hpp"
#include "mail/reply.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace watershed::witness {

struct SeenRecipient {
  std::string forward_path;                ///< without brackets
  std::string parameters;                  ///< of the command, as written: `NOTIFY=NEVER ORCPT=…`
  std::optional<mail::Reply> reply;        ///< to RCPT; nothing: none came
  std::optional<mail::Reply> final_reply;  ///< to the content; over SMTP the same for all, over LMTP its own
};

enum class TransactionEnd : std::uint8_t {
  refused,   ///< MAIL was not accepted: there is no envelope
  answered,  ///< the content got its final reply (LMTP: all of them)
  reset,     ///< by RSET, a new hello, or QUIT
  lost,      ///< the connection ended before the final reply
};

std::string_view to_string(TransactionEnd end);

struct SmtpTransaction {
  std::uint64_t connection = 0;  ///< number of the connection in the witness's list, from 1
  /// Among those whose MAIL was accepted in this connection, from 1. One that was not has the number of the next.
  std::uint32_t number = 0;
  Endpoint client;
  Endpoint server;
  bool lmtp = false;
  std::string helo;
  std::string reverse_path;  ///< without brackets; `<>` for the null reverse-path
  std::optional<mail::Reply> mail_reply;
  std::vector<SeenRecipient> recipients;
  std::optional<mail::Reply> data_reply;
  bool has_content = false;  ///< the client sent all of it
  std::string content;       ///< dot-stuffing removed; empty when it never came to its end
  /// The server took a bare LF as a line end and so saw the end of data where RFC 5321 §2.3.8 sees none (smuggling).
  bool ended_by_bare_newline = false;
  TransactionEnd end = TransactionEnd::lost;
  std::int64_t began_ns = 0;    ///< MAIL was sent; Unix time, as all times here
  std::int64_t content_ns = 0;  ///< the last byte of the content was sent; 0: never
  std::int64_t ended_ns = 0;    ///< final reply, RSET or the connection's end

  /// The reply that decided about a recipient: to RCPT, DATA or the content, whichever was negative first; else the
  /// positive final one. Nothing: the connection broke before.
  const mail::Reply* deciding_reply(const SeenRecipient& recipient) const;
  /// The server said 250 to the content, for this recipient: it has taken responsibility (RFC 5321 §4.2.5).
  bool is_accepted(const SeenRecipient& recipient) const;
};

}  // namespace watershed::witness
