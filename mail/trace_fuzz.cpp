// Any bytes as trace fields and dates: judged without a crash; what we compose from any bytes has no faults.
#include "mail/trace.hpp"

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
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Message message = Message::parse("Received: " + text + "\r\n\r\n");
  require(hop_count(message) > 0);
  trace_faults(message);
  delivered_to(message);
  if (const auto date = parse_date_time(text)) require(*parse_date_time(date_time(*date)) == *date);

  const Received received{
      text, text, text, "mx.example", "Postfix", "ESMTP", text, "a@b", static_cast<std::int64_t>(size)};
  const Message composed = Message::parse(compose(received));
  require(composed.fields().size() == 1 && trace_faults(composed).empty());
  return 0;
}
