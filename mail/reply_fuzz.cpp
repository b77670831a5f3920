// Any lines from a server: a reply that is taken goes out and comes back as the same value.
#include "mail/reply.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace watershed::mail;

void require(bool holds) {
  if (!holds) std::abort();
}

// Feeds every line; the last complete reply, if any.
std::optional<Reply> read(std::string_view lines) {
  ReplyReader reader;
  std::optional<Reply> last;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    std::string_view line = lines.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto reply = reader.feed(line);
    if (!reply) return last;
    if (*reply) last = *reply;
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return last;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto reply = read(text)) {
    require(reply->code >= 200 && reply->code < 600 && !reply->lines.empty());
    require(read(to_wire(*reply)) == *reply);
    require(to_line(*reply).find_first_of("\r\n") == std::string::npos);
  }
  if (const auto reply = parse_reply(text)) require(*parse_reply(to_line(*reply)) == *reply);
  if (const auto status = parse_enhanced_status(text)) require(to_string(*status) == text);
  return 0;
}
