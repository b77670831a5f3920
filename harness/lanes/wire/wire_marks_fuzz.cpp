// Any content, reply and log line: the readers of ids and reasons neither crash nor give what is not in the text.
#include "harness/lanes/wire/content_marks.hpp"
#include "harness/lanes/wire/postfix_log.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace watershed::harness;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto is_in_text = [&](std::string_view part) {
    if (text.find(part) == std::string_view::npos) std::abort();
  };
  const ContentMarks marks = content_marks(text);
  is_in_text(marks.received_id);
  is_in_text(marks.reported_id);
  for (const std::string& recipient : marks.reported_recipients) is_in_text(recipient);
  is_in_text(id_in_reply(text));
  if (const auto line = parse_postfix_log(text)) {
    is_in_text(line->queue_id);
    is_in_text(line->to);
    is_in_text(line->other_id);
  }
  return 0;
}
