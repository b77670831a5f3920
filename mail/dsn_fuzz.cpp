// Any bytes as a notice: read or refused with a reason. Any bytes as a returned message and as diagnostic text: the
// composed notice is read back with the same recipients, and the returned bytes are unchanged.
#include "mail/dsn.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace watershed::mail;

void require(bool holds) {
  if (!holds) std::abort();
}

void compose_and_read_back(const DeliveryReport& report, const Message& original, bool full_message) {
  const NoticeOptions options{"MAILER-DAEMON@mx.example", "a@b", "m@mx.example", "b", 0, full_message};
  const auto read = parse_dsn(Message::parse(compose_dsn(report, options, original).bytes()));
  require(read.has_value());
  require(read->report.recipients.size() == report.recipients.size());
  require(read->report.recipients[0].status == report.recipients[0].status);
  require(read->returned.has_value());
  require(read->returned->bytes() == (full_message ? original.bytes() : std::string(original.header_section())));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const Message message = Message::parse(bytes);
  const auto parsed = parse_dsn(message);
  require(parsed || !parsed.error().message.empty());

  DeliveryReport report;
  report.reporting_mta = "mx.example";
  report.envelope_id = bytes;
  report.recipients.push_back({"", "a@b", DsnAction::failed, {5, 1, 1}, bytes, bytes});
  report.recipients.push_back({bytes, "c@d", DsnAction::delayed, {4, 4, 1}, "", ""});
  compose_and_read_back(report, message, true);
  compose_and_read_back(report, message, false);
  if (parsed) {
    DeliveryReport again = parsed->report;
    again.reporting_mta = "mx.example";
    again.recipients[0].final_recipient = "a@b";
    again.recipients.resize(1);
    compose_and_read_back(again, parsed->returned.value_or(Message()), true);
  }
  return 0;
}
