// What cleanup(8) does to the header section on its way into the queue, as pure functions: dropping fields, counting
// hops, adding what is missing. Nothing else of a message is ever changed.
#pragma once

#include "mail/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {

/// One walk over the header section.
struct HeaderScan {
  std::size_t received = 0;
  bool has_from = false;
  bool has_date = false;
  bool has_message_id = false;
  std::vector<std::string> dropped;  ///< names of fields that are there and that message_drop_headers names
};

HeaderScan scan_header(const mail::Message& message, const std::vector<std::string>& dropped_headers);

/// Removes every field of those names. postconf(5) message_drop_headers.
void drop_fields(mail::Message& message, const std::vector<std::string>& names);

struct MissingFields {
  std::string message_id;  ///< without brackets
  std::string from;        ///< address
  std::int64_t unix_seconds = 0;
};

/// Appends Message-ID, Date and From where `scan` missed them. postconf(5) always_add_missing_headers.
void add_missing_fields(mail::Message& message, const HeaderScan& scan, const MissingFields& fields);

}  // namespace watershed::router
