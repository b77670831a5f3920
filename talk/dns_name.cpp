// See dns_name.hpp. ldns reads the text form; the wire form is walked here.
#include "talk/dns_name.hpp"

#include "talk/ldns_handles.hpp"

#include <fmt/format.h>

#include <iterator>

namespace watershed::talk {

Result<std::string, Error> to_wire_name(std::string_view text) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return Error{"a domain name cannot hold a NUL byte"};
  ldns_rdf* field = nullptr;
  const ldns_status status = ldns_str2rdf_dname(&field, terminated.c_str());
  const LdnsField name(field);
  if (status != LDNS_STATUS_OK || !name) {
    return Error{fmt::format("'{}' is not a domain name: {}", text, ldns_get_errorstr_by_id(status))};
  }
  return text_result(std::string(bytes_of(name.get())));
}

std::string to_text_name(std::string_view wire_name) {
  std::string text;
  std::size_t at = 0;
  while (at < wire_name.size() && wire_name[at] != '\0') {
    const std::size_t length = static_cast<unsigned char>(wire_name[at]);
    if (!text.empty()) text += '.';
    for (const char c : wire_name.substr(at + 1, length)) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '.' || c == '\\') {
        text += '\\';
        text += c;
      } else if (byte <= 0x20 || byte >= 0x7f) {
        fmt::format_to(std::back_inserter(text), "\\{:03}", byte);  // RFC 1035 §5.1: \DDD
      } else {
        text += c;
      }
    }
    at += 1 + length;
  }
  return text.empty() ? "." : text;
}

std::size_t wire_name_length(std::string_view bytes) {
  constexpr std::size_t name_octets_max = 255;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t length = static_cast<unsigned char>(bytes[at]);
    if (length == 0) return at + 1 <= name_octets_max ? at + 1 : 0;
    if (length > 63) return 0;
    at += 1 + length;
  }
  return 0;
}

std::string_view parent_of(std::string_view wire_name) {
  if (wire_name.size() <= 1) return wire_name;
  return wire_name.substr(1 + static_cast<unsigned char>(wire_name[0]));
}

bool is_at_or_below(std::string_view wire_name, std::string_view ancestor) {
  while (wire_name.size() > ancestor.size()) wire_name = parent_of(wire_name);
  return wire_name == ancestor;
}

}  // namespace watershed::talk
