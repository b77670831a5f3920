// What the content of a message says about where it comes from: the ids that each real program leaves in what it sends.
// Postfix writes its queue id into its Received field and, in a notice, the failed message's; Dovecot writes the id of
// the LMTP session, and Pigeonhole keeps that field in what a script sends on. RFC 3464, RFC 3834 §5, RFC 8098.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::harness {

struct ContentMarks {
  std::string message_id;           ///< with its brackets; empty when there is none
  std::string received_id;          ///< the id clause of the topmost Received field
  std::string earlier_received_id;  ///< that of the field below it
  std::string delivered_to;         ///< the topmost Delivered-To
  std::string in_reply_to;          ///< with its brackets
  std::string from;                 ///< the address in From, in lower case
  std::string auto_submitted;       ///< in lower case
  std::string redirected_from;      ///< X-Sieve-Redirected-From
  std::string blamed_client;        ///< of smtpd(8)'s notice to postmaster: the address whose session had errors
  bool is_report = false;           ///< multipart/report
  bool is_delay = false;            ///< a report whose action is `delayed`
  std::string reported_id;  ///< of a report: X-Postfix-Queue-ID, else the id of the returned message's first Received
  std::vector<std::string> reported_recipients;  ///< of a report: every Final-Recipient, in order
  std::uint64_t body_hash = 0;
  std::uint64_t size_octets = 0;
};

/// Hostile content gives empty marks, never more.
ContentMarks content_marks(std::string_view content);

/// The id that a server named in its reply to the content: `250 2.0.0 Ok: queued as 4ABC` (Postfix),
/// `250 2.0.0 <a@b> Lz12ImQe Saved` (Dovecot's LMTP). Empty when there is none.
std::string id_in_reply(std::string_view reply_line);

}  // namespace watershed::harness
