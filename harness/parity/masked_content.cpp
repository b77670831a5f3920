// See compared.hpp: the typed differences between the lanes' messages, by field.
#include "base/text.hpp"
#include "harness/parity/compared.hpp"
#include "mail/message.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>

namespace watershed::harness {

namespace {

// Fields that programs add under their own name and that say nothing of the message's way.
constexpr std::array<std::string_view, 7> own_fields = {"X-Sieve",           "X-Spamd-Result",  "X-Spam-Level",
                                                        "X-Rspamd-Queue-Id", "X-Rspamd-Server", "X-Rspamd-Action",
                                                        "Received-SPF"};
// What is compared of a notice: the rest is each program's own words.
constexpr std::array<std::string_view, 6> notice_fields = {"Return-Path", "Delivered-To",   "Received",
                                                           "From",        "Auto-Submitted", "Content-Type"};

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view each) { return equal_ignoring_case(each, name); });
}

// RFC 5321 §4.4: of a Received field the host that wrote it; ids, dates, ports and comments are masked.
std::string masked_received(std::string_view value) {
  const std::vector<std::string_view> words = split(value, " \t\r\n");
  for (std::size_t index = 0; index + 1 < words.size(); ++index) {
    if (equal_ignoring_case(words[index], "by")) return fmt::format("by {}", words[index + 1]);
  }
  return "?";
}

// The address within a From field.
std::string address_in(std::string_view from) {
  const std::size_t open = from.rfind('<');
  const std::size_t close = from.rfind('>');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::string(from);
  return std::string(from.substr(open + 1, close - open - 1));
}

}  // namespace

std::string masked_srs(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t at = to_lower(text).find("srs=");
    if (at == std::string_view::npos) return out + std::string(text);
    out += text.substr(0, at + 4);
    text.remove_prefix(at + 4);
    const std::size_t hash_end = text.find('=');
    const std::size_t day_end = hash_end == std::string_view::npos ? hash_end : text.find('=', hash_end + 1);
    if (day_end == std::string_view::npos || day_end > 16) continue;
    out += "(hash)=(day)";
    text.remove_prefix(day_end);
  }
}

std::string masked_content(const mail::Message& message, bool is_notice) {
  std::vector<std::string> lines;
  for (const mail::HeaderField& field : message.fields()) {
    if (is_one_of(field.name, own_fields)) continue;
    std::string value = mail::unfold(field.value);
    if (equal_ignoring_case(field.name, "Received")) value = masked_received(value);
    if (equal_ignoring_case(field.name, "Date")) value = "(date)";
    if (is_notice && !is_one_of(field.name, notice_fields)) continue;
    if (is_notice && equal_ignoring_case(field.name, "From")) value = address_in(value);
    // What is masked already names a host, and the host is the point.
    const bool has_parameters = !equal_ignoring_case(field.name, "Received");
    if (is_notice && has_parameters) value = value.substr(0, value.find_first_of("; "));
    lines.push_back(fmt::format("{}: {}\n", to_lower(field.name), masked_srs(value)));
  }
  // A filter adds its fields in an order of its own.
  const auto is_filters = [](const std::string& line) { return line.starts_with("x-spam-"); };
  std::sort(
      std::stable_partition(lines.begin(), lines.end(), [&](const std::string& line) { return !is_filters(line); }),
      lines.end());
  // Programs put their own fields in an order of their own; in the message itself the order is the author's.
  if (is_notice) std::sort(lines.begin(), lines.end());
  const std::string out = fmt::format("{}", fmt::join(lines, ""));
  if (is_notice) return out + "(text of a notice)";
  return out + fmt::format("body {:016x}, {} octets", message.body_hash(), message.body().size());
}

}  // namespace watershed::harness
