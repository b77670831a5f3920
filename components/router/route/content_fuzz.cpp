// Hostile messages against header_checks, and hostile text against the address list reader.
#include "components/router/route/address_form.hpp"
#include "components/router/route/mime_lines.hpp"
#include "mail/address_list.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace watershed::router;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string& address : watershed::mail::parse_address_list(text)) {
    const std::string external = external_form(address);
    if (external.size() < address.size()) __builtin_trap();
    is_valid_hostname(domain_of(address));
    is_valid_address_literal(domain_of(address));
  }
  MimeLines lines;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!lines.in_header())
      lines.see_body_line(line);
    else if (line.empty())
      lines.end_header();
    else
      lines.see_header(line);
  }
  return 0;
}
