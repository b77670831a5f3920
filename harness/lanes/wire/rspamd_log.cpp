// See rspamd_log.hpp.
#include "harness/lanes/wire/rspamd_log.hpp"

namespace watershed::harness {

namespace {

std::string between(std::string_view text, std::string_view before, std::string_view after, std::size_t from = 0) {
  const std::size_t at = text.find(before, from);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + before.size());
  const std::size_t end = rest.find(after);
  return end == std::string_view::npos ? std::string() : std::string(rest.substr(0, end));
}

}  // namespace

std::optional<RspamdLogLine> parse_rspamd_log(std::string_view text) {
  if (text.find("rspamd_task_write_log: ") == std::string_view::npos) return std::nullopt;
  RspamdLogLine line;
  line.queue_id = between(text, "qid: <", ">");
  if (line.queue_id.empty() || line.queue_id == "undef") return std::nullopt;
  // `(default: F (reject): [1000.00/1000.00] [WATERSHED(0.00){}])`: what a mail wrote stands elsewhere in the line.
  const std::size_t verdict = text.find("(default: ");
  if (verdict == std::string_view::npos) return std::nullopt;
  line.action = between(text, "(", ")", verdict + 1);
  const std::size_t forced = text.rfind("forced: ");
  if (forced != std::string_view::npos) line.forced = between(text, "\"", "\"; score=", forced);
  return line;
}

}  // namespace watershed::harness
