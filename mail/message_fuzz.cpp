// Any bytes as a message: every byte stays, and editing the header section changes nothing else.
#include "mail/message.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace watershed::mail;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const Message message = Message::parse(bytes);
  require(message.bytes() == bytes);
  require(message.size_octets() == size);

  std::size_t position = 0;
  for (const HeaderField& field : message.fields()) {
    const auto start = static_cast<std::size_t>(field.raw.data() - message.header_section().data());
    require(start >= position && start + field.raw.size() <= message.header_section().size());
    position = start + field.raw.size();
    const auto first = message.field(field.name);
    require(first.has_value() && first->raw.data() <= field.raw.data());
    require(message.count(field.name) > 0);
  }

  Message changed = message;
  changed.prepend("Fuzz-Mark: 1\r\n");
  require(changed.body() == message.body());
  const Message again = Message::parse(changed.bytes());
  require(again.body() == message.body() && again.value("fuzz-mark") == "1");
  require(again.fields().size() == message.fields().size() + 1);
  require(changed.remove("fuzz-mark", 0));
  require(changed.header_section() == message.header_section());
  require(again.body_hash() == message.body_hash());
  return 0;
}
