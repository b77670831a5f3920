// See sha256.hpp.
#include "base/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <cassert>

namespace watershed {

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned int length = 0;
  [[maybe_unused]] const int ok = EVP_Digest(bytes.data(), bytes.size(), sum.data(), &length, EVP_sha256(), nullptr);
  assert(ok == 1 && "SHA-256 needs no memory that could be missing");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (unsigned int index = 0; index < length; ++index) {
    text += digits[sum[index] >> 4];
    text += digits[sum[index] & 0xf];
  }
  return text;
}

}  // namespace watershed
