// See trace_fields.hpp.
#include "components/router/engine/trace_fields.hpp"

#include "base/text.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::router {

HeaderScan scan_header(const mail::Message& message, const std::vector<std::string>& dropped_headers) {
  HeaderScan scan;
  mail::FieldCursor cursor(message.header_section());
  mail::HeaderField field;
  while (cursor.next(field)) {
    if (equal_ignoring_case(field.name, "Received")) {
      ++scan.received;
    } else if (equal_ignoring_case(field.name, "From")) {
      scan.has_from = true;
    } else if (equal_ignoring_case(field.name, "Date")) {
      scan.has_date = true;
    } else if (equal_ignoring_case(field.name, "Message-ID")) {
      scan.has_message_id = true;
    } else {
      for (const std::string& name : dropped_headers) {
        if (!equal_ignoring_case(field.name, name)) continue;
        if (std::find(scan.dropped.begin(), scan.dropped.end(), name) == scan.dropped.end())
          scan.dropped.push_back(name);
      }
    }
  }
  return scan;
}

void drop_fields(mail::Message& message, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    while (message.remove(name, 0)) {
    }
  }
}

void add_missing_fields(mail::Message& message, const HeaderScan& scan, const MissingFields& fields) {
  if (!scan.has_message_id) message.append(fmt::format("Message-Id: <{}>\r\n", fields.message_id));
  if (!scan.has_date) message.append(fmt::format("Date: {}\r\n", mail::date_time(fields.unix_seconds)));
  if (!scan.has_from) message.append(fmt::format("From: {}\r\n", fields.from));
}

}  // namespace watershed::router
