// Writing and judging trace fields. RFC 5321 §4.4 (Received), RFC 3848 (with types).
#include "mail/trace.hpp"

#include "base/octets.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watershed::mail {

namespace {

// What a client says of itself goes into a structured field: a character that means something there would let it write
// clauses of its own. Postfix smtpd does the same with the HELO name.
void append_word(std::string_view word, std::string& out) {
  static constexpr std::array<bool, 256> meaning = [] {
    std::array<bool, 256> table{};
    for (std::size_t control = 0; control < 0x20; ++control) table[control] = true;
    for (const char c : std::string_view(" <>()\\\";@\x7f")) table[static_cast<unsigned char>(c)] = true;
    return table;
  }();
  const auto means_something = [](char c) { return meaning[static_cast<unsigned char>(c)]; };
  const std::size_t start = out.size();
  out += word;
  for (std::size_t index = start; index < out.size(); ++index) {
    if (means_something(out[index])) out[index] = '?';
  }
}

void append_text(std::string_view text, std::string& out) {
  if (is_printable_ascii(text)) {
    out += text;
    return;
  }
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? '?' : c;
  }
}

void append_clause(std::string_view keyword, std::string_view word, std::string& out) {
  if (word.empty()) return;
  if (out.back() != ' ' && out.back() != '\t') out += ' ';
  out += keyword;
  append_word(word, out);
}

// A Received value without its comments and quoted strings, and where its date starts.
struct ReceivedParts {
  std::string clauses;  // before the last semicolon
  bool has_comment = false;
  bool has_date = false;
  std::string_view date;
};

ReceivedParts take_apart(std::string_view value) {
  ReceivedParts parts;
  int depth = 0;
  bool quoted = false;
  std::size_t clauses_end = 0;
  for (std::size_t index = 0; index < value.size(); ++index) {
    const char c = value[index];
    if ((depth > 0 || quoted) && c == '\\') {
      ++index;
    } else if (depth == 0 && c == '"') {
      quoted = !quoted;
      parts.clauses += '"';
    } else if (!quoted && c == '(') {
      parts.has_comment = true;
      ++depth;
    } else if (!quoted && depth > 0 && c == ')') {
      --depth;
      parts.clauses += ' ';
    } else if (depth == 0 && !quoted && c == ';') {
      clauses_end = parts.clauses.size();
      parts.has_date = true;
      parts.date = value.substr(index + 1);
      parts.clauses += ' ';
    } else if (depth == 0) {
      parts.clauses += c;
    }
  }
  if (parts.has_date) parts.clauses.resize(clauses_end);
  return parts;
}

// RFC 5321 §4.4: By-domain is required. qmail writes fields that are a comment and a date alone.
bool has_by_clause(const ReceivedParts& parts) {
  const std::vector<std::string_view> words = split(parts.clauses, " \t\r\n");
  if (words.empty()) return parts.has_comment;
  for (std::size_t index = 0; index + 1 < words.size(); ++index) {
    if (equal_ignoring_case(words[index], "by")) return true;
  }
  return false;
}

bool has_stray_control(std::string_view unfolded) {
  return std::any_of(unfolded.begin(), unfolded.end(),
                     [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

}  // namespace

std::string compose(const Received& received) {
  std::string out = "Received: ";
  out.reserve(320);
  if (!received.from_helo.empty()) {
    out += "from ";
    append_word(received.from_helo, out);
    if (!received.from_name.empty() || !received.from_address.empty()) {
      out += " (";
      append_word(received.from_name, out);
      if (!received.from_name.empty() && !received.from_address.empty()) out += ' ';
      if (!received.from_address.empty()) {
        out += '[';
        append_word(received.from_address, out);
        out += ']';
      }
      out += ')';
    }
    out += "\r\n\t";
  }
  append_clause("by ", received.by, out);
  if (!received.program.empty()) {
    out += " (";
    append_text(received.program, out);
    out += ')';
  }
  append_clause("with ", received.with, out);
  append_clause("id ", received.id, out);
  if (!received.for_path.empty()) {
    const bool has_brackets = received.for_path.starts_with('<');
    out += has_brackets ? "\r\n\tfor " : "\r\n\tfor <";
    append_text(received.for_path, out);
    if (!has_brackets) out += '>';
  }
  out += "; ";
  out += date_time(received.unix_seconds);
  out += "\r\n";
  return out;
}

int hop_count(const Message& message) { return static_cast<int>(message.count("Received")); }

std::vector<std::string> delivered_to(const Message& message) {
  std::vector<std::string> addresses;
  FieldCursor cursor(message.header_section());
  HeaderField field;
  while (cursor.next(field)) {
    if (equal_ignoring_case(field.name, "Delivered-To")) addresses.push_back(unfold(field.value));
  }
  return addresses;
}

std::vector<std::string> trace_faults(const Message& message) {
  std::vector<std::string> faults;
  FieldCursor cursor(message.header_section());
  HeaderField field;
  int number = 0;
  while (cursor.next(field)) {
    if (!equal_ignoring_case(field.name, "Received")) continue;
    ++number;
    const auto add = [&](std::string_view fault) {
      faults.push_back(fmt::format("Received field {}: {}", number, fault));
    };
    const std::string value = unfold(field.value);
    if (has_stray_control(value)) add("a control character");
    const ReceivedParts parts = take_apart(value);
    if (!has_by_clause(parts)) add("no 'by' clause");
    if (!parts.has_date || trim(parts.date).empty()) {
      add("no date");
    } else if (const auto date = parse_date_time(parts.date); !date) {
      add(date.error().message);
    }
  }
  return faults;
}

}  // namespace watershed::mail
