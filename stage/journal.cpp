// See journal.hpp.
#include "stage/journal.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace watershed::stage {

namespace {

constexpr std::array<std::string_view, 25> kind_names = {
    "offered",        "accepted", "spawned",  "rewritten", "merged",      "routed",    "attempted",
    "deferred",       "filtered", "relayed",  "stored",    "failed",      "discarded", "held",
    "answered",       "queued",   "rejected", "connected", "unconnected", "escaped",   "looked_up",
    "answered_query", "step",     "fault",    "note"};
static_assert(static_cast<std::size_t>(FactKind::note) + 1 == kind_names.size());

void append_text(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  out += fmt::format(",\"{}\":\"", key);
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      // Bytes over 0x7e are written as the code point of the same number: the line stays valid JSON whatever came in.
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_number(std::string& out, std::string_view key, std::uint64_t value) {
  if (value != 0) fmt::format_to(std::back_inserter(out), ",\"{}\":{}", key, value);
}

}  // namespace

std::string_view to_string(FactKind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

HostId Journal::add_host(std::string name) {
  hosts_.push_back(std::move(name));
  return static_cast<HostId>(hosts_.size() - 1);
}

void Journal::record(Fact fact) {
  ++fact_count_;
  for (const Observer& observer : observers_) observer(fact);
  if (keep_) facts_.push_back(std::move(fact));
}

void append_json_line(std::string& out, const Journal& journal, const Fact& fact) {
  fmt::format_to(std::back_inserter(out), "{{\"at_ns\":{},\"fact\":\"{}\"", fact.at.count(), to_string(fact.kind));
  append_text(out, "host", journal.host_name(fact.host));
  append_number(out, "custody", fact.custody);
  append_number(out, "cause", fact.cause);
  append_number(out, "connection", fact.connection);
  append_number(out, "transaction", fact.transaction);
  append_text(out, "reverse_path", fact.reverse_path);
  append_text(out, "recipient", fact.recipient);
  append_number(out, "code", fact.code);
  append_text(out, "detail", fact.detail);
  append_text(out, "text", fact.text);
  append_text(out, "decided_by", fact.decided_by);
  append_number(out, "size_octets", fact.size_octets);
  append_number(out, "body_hash", fact.body_hash);
  out += "}\n";
}

}  // namespace watershed::stage
