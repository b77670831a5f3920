// rspamd's line about each message that it judged: queue id, action, and the rule's own words. Its milter speaks to
// Postfix over a unix socket, so this is not on the wire; what came of the verdict is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace watershed::harness {

struct RspamdLogLine {
  std::string queue_id;
  std::string action;  ///< `no action`, `reject`, `soft reject`, `add header`, `quarantine`, `discard`
  std::string forced;  ///< what the rule that set the action said; empty when none did
};

/// Reads `<tag>; proxy; rspamd_task_write_log: id: <…>, qid: <…>, …`. Nothing for other lines, and without a queue id.
std::optional<RspamdLogLine> parse_rspamd_log(std::string_view text);

}  // namespace watershed::harness
