// See journal_line.hpp.
#include "reports/journal_line.hpp"

#include "base/json_reader.hpp"

#include <fmt/format.h>

namespace watershed::reports {

harness::StoryEvent journal_event(std::string_view line) {
  harness::StoryEvent event;
  const auto value = read_json(line, "journal");
  const boost::json::object* members = value ? value->if_object() : nullptr;
  if (members == nullptr) {
    event.fact = "note";
    event.text = std::string(line);
    return event;
  }
  const auto text = [&](const char* key, std::string& member) {
    const boost::json::value* found = members->if_contains(key);
    if (found != nullptr && found->is_string()) {
      member = std::string(found->as_string().data(), found->as_string().size());
    }
  };
  const auto number = [&](const char* key, auto& member) {
    using Number = std::remove_reference_t<decltype(member)>;
    const boost::json::value* found = members->if_contains(key);
    boost::system::error_code error;
    if (found == nullptr) return;
    if (const auto read = found->to_number<Number>(error); !error) member = read;
  };
  number("at_ns", event.at_ns);
  number("code", event.code);
  number("transaction", event.transaction);
  text("fact", event.fact);
  text("host", event.host);
  text("reverse_path", event.reverse_path);
  text("recipient", event.recipient);
  text("detail", event.detail);
  text("text", event.text);
  text("decided_by", event.decided_by);
  return event;
}

std::string journal_text(std::string_view line) {
  const harness::StoryEvent event = journal_event(line);
  std::string out = fmt::format("{:.3f} s {} {}", static_cast<double>(event.at_ns) / 1e9, event.host, event.fact);
  for (const std::string* part : {&event.recipient, &event.detail}) {
    if (!part->empty()) out += " " + *part;
  }
  if (event.code != 0) out += fmt::format(" {}", event.code);
  if (!event.text.empty()) out += ": " + event.text;
  if (!event.decided_by.empty()) out += fmt::format(" ({})", event.decided_by);
  return out;
}

}  // namespace watershed::reports
