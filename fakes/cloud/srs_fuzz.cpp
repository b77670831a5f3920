// Fuzz target: whatever stands before the @ of a bounce, decoding it ends in an address or an error, and an address
// that decodes is one that encoding made.
#include "fakes/cloud/srs.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace watershed;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const cloud::SrsKey key{"secret", 1795154400};
  const auto decoded = cloud::srs_decode({std::string(text), "ctbto.org"}, key);
  if (decoded && !mail::parse_address(to_string(*decoded))) std::abort();
  const auto original = mail::parse_address(text);
  if (!original) return 0;
  const mail::Address encoded = cloud::srs_encode(*original, {"a", "ctbto.org"}, "ctbto.org", key);
  const auto back = cloud::srs_decode(encoded, key);
  const bool long_form = encoded.local_part.starts_with("bounces+");
  if (!long_form && (!back || *back != *original)) std::abort();
  return 0;
}
