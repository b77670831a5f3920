// Splitting a message and editing its header section byte for byte. RFC 5322 §2.1, §2.2.
#include "mail/message.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.hpp"

namespace watershed::mail {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Length of the first line with its line end; all of `text` when it has none.
std::size_t line_length(std::string_view text) {
  const std::size_t newline = text.find('\n');
  return newline == std::string_view::npos ? text.size() : newline + 1;
}

// Length of the empty line that `text` starts with: 2 (CRLF), 1 (LF) or 0.
std::size_t empty_line_length(std::string_view text) {
  if (text.starts_with("\r\n")) return 2;
  return text.starts_with('\n') ? 1 : 0;
}

constexpr std::array<bool, 256> name_octets = [] {
  std::array<bool, 256> table{};
  for (std::size_t octet = 0x21; octet < 0x7f; ++octet) table[octet] = octet != ':';
  return table;
}();
bool is_in_name(char c) { return name_octets[static_cast<unsigned char>(c)]; }

// Length of the field name that `line` starts with, or 0 when the line is no field. RFC 5322 §2.2: printable ASCII but
// the colon; §4.5 lets blanks stand before the colon.
std::size_t field_name_length(std::string_view line) {
  std::size_t length = 0;
  while (length < line.size() && is_in_name(line[length])) ++length;
  std::size_t colon = length;
  while (colon < line.size() && is_blank(line[colon])) ++colon;
  return colon < line.size() && line[colon] == ':' ? length : 0;
}

// Length of a line and the continuation lines that follow it. RFC 5322 §2.2.3.
std::size_t folded_length(std::string_view text) {
  std::size_t length = line_length(text);
  while (length < text.size() && is_blank(text[length])) length += line_length(text.substr(length));
  return length;
}

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

HeaderField make_field(std::string_view raw, std::size_t name_length) {
  const std::size_t colon = raw.find(':', name_length);
  return {raw.substr(0, name_length), without_line_end(raw.substr(colon + 1)), raw};
}

// The nth field of that name at or after the start of `header`. Most lines are told apart by their first letters alone.
std::optional<HeaderField> find_field(std::string_view header, std::string_view name, std::size_t nth) {
  if (name.empty()) return std::nullopt;
  while (!header.empty()) {
    const bool may_match = starts_with_ignoring_case(header, name);
    if (may_match && field_name_length(header.substr(0, line_length(header))) == name.size() && nth-- == 0) {
      return make_field(header.substr(0, folded_length(header)), name.size());
    }
    header.remove_prefix(folded_length(header));
  }
  return std::nullopt;
}

std::uint64_t hash_of(std::string_view rest) {
  // A multiply-and-fold over eight octets at a time, in four chains that do not wait for each other: every hop of every
  // message is hashed, and the multiplications of one chain would be a twentieth of a run's time. The length goes in
  // first, so that the zeros which fill the last word count for nothing.
  constexpr std::uint64_t multiplier = 0x9e3779b97f4a7c15U;
  constexpr std::size_t word_octets = sizeof(std::uint64_t);
  const auto mix = [](std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * multiplier;
    return hash ^ (hash >> 29);
  };
  const auto word_at = [&rest](std::size_t place) {
    std::uint64_t word;
    std::memcpy(&word, rest.data() + place * word_octets, word_octets);
    return word;
  };
  std::uint64_t hash = 0xcbf29ce484222325U ^ rest.size();
  std::uint64_t second = 1;
  std::uint64_t third = 2;
  std::uint64_t fourth = 3;
  for (; rest.size() >= 4 * word_octets; rest.remove_prefix(4 * word_octets)) {
    hash = mix(hash, word_at(0));
    second = mix(second, word_at(1));
    third = mix(third, word_at(2));
    fourth = mix(fourth, word_at(3));
  }
  for (const std::uint64_t chain : {second, third, fourth}) hash = mix(hash, chain);
  for (; rest.size() >= word_octets; rest.remove_prefix(word_octets)) hash = mix(hash, word_at(0));
  if (rest.empty()) return hash;
  std::uint64_t last = 0;
  std::memcpy(&last, rest.data(), rest.size());
  return mix(hash, last);
}

}  // namespace

bool FieldCursor::next(HeaderField& field) {
  while (!rest_.empty()) {
    const std::string_view raw = rest_.substr(0, folded_length(rest_));
    rest_.remove_prefix(raw.size());
    const std::size_t name_length = field_name_length(raw);  // a line end is in no name
    if (name_length == 0) continue;
    field = make_field(raw, name_length);
    return true;
  }
  return false;
}

Message Message::parse(std::string bytes) {
  Message message;
  const std::string_view all = bytes;
  std::size_t header_length = 0;
  std::size_t separator_length = empty_line_length(all);
  if (separator_length == 0 && field_name_length(all.substr(0, line_length(all))) > 0) {
    while (header_length < all.size()) {
      separator_length = empty_line_length(all.substr(header_length));
      if (separator_length > 0) break;
      header_length += line_length(all.substr(header_length));
    }
  }
  message.header_ = all.substr(0, header_length);
  message.separator_ = all.substr(header_length, separator_length);
  message.body_offset_ = header_length + separator_length;
  if (message.body_offset_ < bytes.size()) message.received_ = std::make_shared<const std::string>(std::move(bytes));
  return message;
}

std::string_view Message::body() const {
  return received_ ? std::string_view(*received_).substr(body_offset_) : std::string_view();
}

std::size_t Message::size_octets() const { return header_.size() + separator_.size() + body().size(); }

std::string Message::bytes() const {
  std::string out;
  out.reserve(size_octets());
  out += header_;
  out += separator_;
  out += body();
  return out;
}

std::vector<HeaderField> Message::fields() const {
  std::vector<HeaderField> all;
  FieldCursor cursor(header_);
  HeaderField field;
  while (cursor.next(field)) all.push_back(field);
  return all;
}

std::optional<HeaderField> Message::field(std::string_view name) const { return find_field(header_, name, 0); }

std::string Message::value(std::string_view name) const {
  const auto found = field(name);
  return found ? unfold(found->value) : std::string();
}

std::size_t Message::count(std::string_view name) const {
  std::size_t found = 0;
  std::string_view rest = header_;
  while (const auto field = find_field(rest, name, 0)) {
    ++found;
    rest.remove_prefix(static_cast<std::size_t>(field->raw.data() + field->raw.size() - rest.data()));
  }
  return found;
}

void Message::prepend(std::string_view field_lines) {
  // A message whose first line was no field has no empty line before its body; its first field brings one.
  if (separator_.empty() && received_) separator_ = "\r\n";
  header_.insert(0, field_lines);
}

void Message::append(std::string_view field_lines) {
  if (separator_.empty() && received_) separator_ = "\r\n";
  if (!header_.empty() && header_.back() != '\n') header_ += "\r\n";  // the last line was cut off
  header_ += field_lines;
}

bool Message::remove(std::string_view name, std::size_t nth) {
  const auto found = find_field(header_, name, nth);
  if (!found) return false;
  header_.erase(static_cast<std::size_t>(found->raw.data() - header_.data()), found->raw.size());
  return true;
}

std::uint64_t Message::body_hash() const { return hash_of(body()); }

std::string unfold(std::string_view value) {
  value = trim(value);
  std::string out;
  out.reserve(value.size());
  while (true) {
    // RFC 5322 §2.2.3: unfolding removes a line end that is followed by a blank; the blank stays.
    const std::size_t newline = value.find('\n');
    const bool is_fold =
        newline != std::string_view::npos && newline + 1 < value.size() && is_blank(value[newline + 1]);
    if (newline == std::string_view::npos) break;
    out += is_fold ? without_line_end(value.substr(0, newline + 1)) : value.substr(0, newline + 1);
    value.remove_prefix(newline + 1);
  }
  out += value;
  return out;
}

}  // namespace watershed::mail
