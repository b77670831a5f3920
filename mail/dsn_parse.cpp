// Reading a delivery status notification. RFC 3464 §2; RFC 2046 §5.1.1 (boundaries); RFC 6533 (the message/global
// forms).
//
// Only as much MIME as a report needs: its top-level parts. The returned message is carried on as bytes.
#include "base/text.hpp"
#include "mail/dsn.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace watershed::mail {

namespace {

struct ContentType {
  std::string type;  // in lower case
  std::vector<std::pair<std::string, std::string>> parameters;

  std::string parameter(std::string_view name) const {
    for (const auto& [known, value] : parameters) {
      if (known == name) return value;
    }
    return {};
  }
};

// Characters up to the next ';' that is neither quoted nor in a comment; quotes and comments are taken off.
std::string take_piece(std::string_view& text) {
  std::string piece;
  bool quoted = false;
  int depth = 0;
  std::size_t index = 0;
  for (; index < text.size(); ++index) {
    const char c = text[index];
    if ((quoted || depth > 0) && c == '\\' && index + 1 < text.size()) {
      ++index;
      if (depth == 0) piece += text[index];
    } else if (depth == 0 && c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == '(') {
      ++depth;
    } else if (!quoted && depth > 0 && c == ')') {
      --depth;
    } else if (!quoted && depth == 0 && c == ';') {
      break;
    } else if (depth == 0) {
      piece += c;
    }
  }
  text.remove_prefix(index < text.size() ? index + 1 : index);
  return piece;
}

ContentType content_type(const Message& message) {
  const std::string value = message.value("Content-Type");
  std::string_view rest = value;
  ContentType parsed;
  parsed.type = to_lower(trim(take_piece(rest)));
  while (!rest.empty()) {
    const std::string piece = take_piece(rest);
    const std::size_t equals = piece.find('=');
    if (equals == std::string::npos) continue;
    const std::string_view view = piece;
    parsed.parameters.emplace_back(to_lower(trim(view.substr(0, equals))), std::string(trim(view.substr(equals + 1))));
  }
  return parsed;
}

struct Delimiter {
  std::size_t part_end = 0;    // where the part before it ends
  std::size_t next_start = 0;  // where the part after it starts
  bool is_close = false;
};

// The next delimiter line at or after `from`. RFC 2046 §5.1.1: "--boundary" at the start of a line, then blanks alone;
// so an inner boundary that begins with the outer one is not taken for it.
std::optional<Delimiter> find_delimiter(std::string_view body, std::string_view dashed_boundary, std::size_t from) {
  for (std::size_t at = body.find(dashed_boundary, from); at != body.npos; at = body.find(dashed_boundary, at + 1)) {
    if (at > 0 && body[at - 1] != '\n') continue;
    std::size_t end = at + dashed_boundary.size();
    Delimiter found;
    found.is_close = body.substr(end).starts_with("--");
    if (found.is_close) end += 2;
    while (end < body.size() && (body[end] == ' ' || body[end] == '\t' || body[end] == '\r')) ++end;
    if (end < body.size() && body[end] != '\n') continue;
    found.next_start = std::min(end + 1, body.size());
    found.part_end = at;
    if (found.part_end > from && body[found.part_end - 1] == '\n') --found.part_end;
    if (found.part_end > from && body[found.part_end - 1] == '\r') --found.part_end;
    return found;
  }
  return std::nullopt;
}

// The top-level parts. A last part without its closing delimiter ends with the body: mail is sometimes cut off.
std::vector<std::string_view> split_parts(std::string_view body, std::string_view boundary) {
  const std::string dashed_boundary = "--" + std::string(boundary);
  std::vector<std::string_view> parts;
  auto delimiter = find_delimiter(body, dashed_boundary, 0);
  while (delimiter && !delimiter->is_close) {
    const std::size_t start = delimiter->next_start;
    delimiter = find_delimiter(body, dashed_boundary, start);
    parts.push_back(body.substr(start, delimiter ? delimiter->part_end - start : body.npos));
  }
  return parts;
}

// The groups of fields of a delivery-status body: one for the message, one for each recipient (RFC 3464 §2.1).
std::vector<std::string_view> split_groups(std::string_view text) {
  std::vector<std::string_view> groups;
  std::size_t start = 0;
  std::size_t line = 0;
  while (line < text.size()) {
    const std::size_t line_feed = text.find('\n', line);
    const std::size_t next = line_feed == text.npos ? text.size() : line_feed + 1;
    if (trim(text.substr(line, next - line)).empty()) {
      if (line > start) groups.push_back(text.substr(start, line - start));
      start = next;
    }
    line = next;
  }
  if (start < text.size()) groups.push_back(text.substr(start));
  return groups;
}

std::string field_value(std::string_view group, std::string_view name) {
  FieldCursor cursor(group);
  HeaderField field;
  while (cursor.next(field)) {
    if (equal_ignoring_case(field.name, name)) return unfold(field.value);
  }
  return {};
}

// What follows `type;` (RFC 3464 §2.1.2); all of it when there is no type.
std::string without_type(std::string_view value) {
  const std::size_t semicolon = value.find(';');
  return std::string(trim(semicolon == value.npos ? value : value.substr(semicolon + 1)));
}

// `rfc822;a@b`, as ORCPT has it.
std::string typed_address(std::string_view value) {
  const std::size_t semicolon = value.find(';');
  if (semicolon == value.npos) return std::string(value);
  return fmt::format("{};{}", trim(value.substr(0, semicolon)), trim(value.substr(semicolon + 1)));
}

std::string first_word(std::string_view value) { return std::string(value.substr(0, value.find_first_of(" \t\r\n("))); }

Result<DsnAction, Error> parse_action(std::string_view value) {
  constexpr std::array<DsnAction, 5> actions = {DsnAction::failed, DsnAction::delayed, DsnAction::delivered,
                                                DsnAction::relayed, DsnAction::expanded};
  const std::string word = first_word(value);
  for (const DsnAction action : actions) {
    if (equal_ignoring_case(word, to_string(action))) return action;
  }
  return Error{fmt::format("Action '{}' is none of failed, delayed, delivered, relayed, expanded", printable(word))};
}

// RFC 3464 §2.3: Final-Recipient, Action and Status are required for each recipient.
Result<DsnRecipient, Error> parse_recipient(std::string_view group) {
  DsnRecipient recipient;
  recipient.original_recipient = typed_address(field_value(group, "Original-Recipient"));
  recipient.final_recipient = without_type(field_value(group, "Final-Recipient"));
  if (recipient.final_recipient.empty()) return Error{"a recipient has no Final-Recipient field"};
  const std::string action = field_value(group, "Action");
  if (action.empty()) return Error{"a recipient has no Action field"};
  const auto parsed_action = parse_action(action);
  if (!parsed_action) return parsed_action.error();
  recipient.action = *parsed_action;
  const std::string status = field_value(group, "Status");
  if (status.empty()) return Error{"a recipient has no Status field"};
  const auto parsed_status = parse_enhanced_status(first_word(status));
  if (!parsed_status) return parsed_status.error();
  recipient.status = *parsed_status;
  recipient.remote_mta = without_type(field_value(group, "Remote-MTA"));
  recipient.diagnostic_text = without_type(field_value(group, "Diagnostic-Code"));
  return recipient;
}

Result<DeliveryReport, Error> parse_status(const Message& part) {
  const std::string encoding = to_lower(part.value("Content-Transfer-Encoding"));
  if (encoding == "base64" || encoding == "quoted-printable") {
    // RFC 3464 §2.1: message/delivery-status is 7bit.
    return Error{fmt::format("the delivery-status part is encoded as {}; 7bit or 8bit is expected", encoding)};
  }
  const std::vector<std::string_view> groups = split_groups(part.body());
  if (groups.empty()) return Error{"the delivery-status part is empty"};
  DeliveryReport report;
  report.reporting_mta = without_type(field_value(groups[0], "Reporting-MTA"));
  if (report.reporting_mta.empty()) return Error{"the delivery-status part has no Reporting-MTA field"};
  report.envelope_id = field_value(groups[0], "Original-Envelope-Id");
  if (const auto arrival = parse_date_time(field_value(groups[0], "Arrival-Date")))
    report.arrival_unix_seconds = *arrival;
  for (std::size_t index = 1; index < groups.size(); ++index) {
    auto recipient = parse_recipient(groups[index]);
    if (!recipient) return recipient.error();
    report.recipients.push_back(std::move(*recipient));
  }
  if (report.recipients.empty()) return Error{"the delivery-status part names no recipient"};
  return report;
}

bool is_returned_type(std::string_view type) {
  return type == "message/rfc822" || type == "message/global" || type == "text/rfc822-headers" ||
         type == "message/global-headers";
}

}  // namespace

Result<ParsedDsn, Error> parse_dsn(const Message& message) {
  const ContentType type = content_type(message);
  if (type.type != "multipart/report") {
    return Error{fmt::format("the content type is '{}'; multipart/report is expected", printable(type.type))};
  }
  const std::string report_type = type.parameter("report-type");
  if (!equal_ignoring_case(report_type, "delivery-status")) {
    return Error{fmt::format("the report type is '{}'; delivery-status is expected", printable(report_type))};
  }
  const std::string boundary = type.parameter("boundary");
  if (boundary.empty()) return Error{"the multipart/report has no boundary parameter"};
  // RFC 2046 §5.1.1 allows 70; without any limit a search for it would not be linear.
  constexpr std::size_t boundary_octets_max = 200;
  if (boundary.size() > boundary_octets_max) return Error{"the boundary parameter is longer than 200 octets"};
  std::optional<DeliveryReport> report;
  std::optional<Message> returned;
  for (const std::string_view text : split_parts(message.body(), boundary)) {
    const Message part = Message::parse(std::string(text));
    const std::string part_type = content_type(part).type;
    if (!report && (part_type == "message/delivery-status" || part_type == "message/global-delivery-status")) {
      auto parsed = parse_status(part);
      if (!parsed) return parsed.error();
      report = std::move(*parsed);
    } else if (report && !returned && is_returned_type(part_type)) {
      const std::string encoding = to_lower(part.value("Content-Transfer-Encoding"));
      if (encoding == "base64" || encoding == "quoted-printable") continue;
      returned = Message::parse(std::string(part.body()));
    }
  }
  if (!report) return Error{"there is no message/delivery-status part"};
  return ParsedDsn{std::move(*report), std::move(returned)};
}

}  // namespace watershed::mail
