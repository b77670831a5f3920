// See stray_octets.hpp.
#include "components/router/engine/stray_octets.hpp"

#include "mail/line_scan.hpp"
#include "mail/message.hpp"

#include <algorithm>
#include <string_view>

namespace watershed::router {

void replace_stray_returns(std::string& content) {
  if (mail::is_plain(content)) return;
  for (std::size_t at = content.find('\r'); at != std::string::npos; at = content.find('\r', at + 1)) {
    if (at + 1 == content.size() || content[at + 1] != '\n') content[at] = ' ';
  }
}

void cut_header_lines_at_nul(std::string& content) {
  if (content.find('\0') == std::string::npos) return;
  const std::size_t header_size = mail::Message::parse(content).header_section().size();
  std::string cut;
  for (std::size_t at = 0; at < header_size;) {
    const std::size_t end = std::min(content.find('\n', at), header_size - 1) + 1;
    const std::string_view line = std::string_view(content).substr(at, end - at);
    const std::size_t nul = line.find('\0');
    cut += line.substr(0, nul);
    if (nul != std::string_view::npos) cut += "\r\n";
    at = end;
  }
  content.replace(0, header_size, cut);
}

}  // namespace watershed::router
