// Any bytes as an address, a domain or a path: what is taken is one clean line and is read back as the same value.
#include "mail/address.hpp"
#include "mail/path.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace watershed::mail;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_one_line(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto address = parse_address(text)) {
    require(is_one_line(to_string(*address)));
    require(*parse_address(to_string(*address)) == *address);
    require(same_mailbox(*address, *address));
    require(folded(*address).size() <= 64 + 1 + 255);
  } else {
    require(is_one_line(address.error().message));
  }
  if (const auto domain = parse_domain(text)) require(*parse_domain(*domain) == *domain);
  if (const auto path = parse_reverse_path(text)) require(*parse_reverse_path(to_string(*path)) == *path);
  if (const auto path = parse_forward_path(text)) require(*parse_forward_path(to_string(*path)) == *path);
  return 0;
}
