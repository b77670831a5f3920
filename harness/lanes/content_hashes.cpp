// See content_hashes.hpp.
#include "harness/lanes/content_hashes.hpp"

#include "base/sha256.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace watershed::harness {

namespace {

constexpr std::size_t digits_kept = 16;

// What says which way a copy took: the path is compared for itself.
constexpr std::array trace_fields{"received", "return-path", "delivered-to", "x-original-to"};

void fill(const mail::Message& message, MessageResult& result) {
  result.body_hash = sha256_hex(message.body()).substr(0, digits_kept);
  std::map<std::string, std::string> values;
  for (const mail::HeaderField& field : message.fields()) {
    const std::string name = to_lower(field.name);
    if (std::find(trace_fields.begin(), trace_fields.end(), name) != trace_fields.end()) continue;
    values[name] += mail::unfold(field.value) + "\n";
  }
  for (const auto& [name, value] : values) result.header[name] = sha256_hex(value).substr(0, digits_kept);
}

}  // namespace

void fill_content_hashes(const Evidence& evidence, ScenarioResult& result) {
  std::size_t index = 0;
  for (const auto& [number, root] : evidence.lineage.roots()) {
    for (const std::string& recipient : root.recipients) {
      if (index == result.messages.size()) return;
      MessageResult& message = result.messages[index++];
      for (const StoredCopy* copy : evidence.copies_of(root)) {
        const bool is_it = copy->message != nullptr && copy->mailbox == message.mailbox &&
                           copy->folder == message.folder && equal_ignoring_case(recipient, message.recipient);
        if (!is_it) continue;
        fill(*copy->message, message);
        break;
      }
    }
  }
}

}  // namespace watershed::harness
