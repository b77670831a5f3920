// Trace fields: Received, Return-Path, Delivered-To, and the counts that stop loops. RFC 5321 §4.4, §6.3.
#pragma once

#include "mail/message.hpp"
#include "mail/path.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace watershed::mail {

/// The parts of one Received field; empty parts are left out. `unix_seconds` is the stamp.
struct Received {
  std::string from_helo;     ///< what the client called itself
  std::string from_name;     ///< its name from DNS, or "unknown"
  std::string from_address;  ///< its address, `192.0.2.1`
  std::string by;
  std::string program;  ///< in parentheses after by, e.g. "Postfix"
  std::string with;     ///< SMTP, ESMTP, ESMTPS, LMTP … (RFC 3848)
  std::string id;
  std::string for_path;  ///< only for a message with one recipient
  std::int64_t unix_seconds = 0;
};

/// The whole field with CRLF line ends, folded as Postfix does.
std::string compose(const Received& received);

/// RFC 5322 §3.3 date-time in UTC: `Fri, 20 Nov 2026 06:15:00 +0000`.
std::string date_time(std::int64_t unix_seconds);

/// Reads a date-time with the obsolete forms of RFC 5322 §4.3 (two-digit years, named zones, comments) into Unix
/// seconds.
Result<std::int64_t, Error> parse_date_time(std::string_view text);

/// Number of Received fields (RFC 5321 §6.3).
int hop_count(const Message& message);

/// Addresses in Delivered-To fields, as written.
std::vector<std::string> delivered_to(const Message& message);

/// What is wrong with the message's Received fields ("no 'by' clause", "no date"), one sentence a fault.
std::vector<std::string> trace_faults(const Message& message);

}  // namespace watershed::mail
