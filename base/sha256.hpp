// SHA-256 (FIPS 180-4) of files and packs, by OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace watershed {

/// 64 lower-case hexadecimal digits, as sha256sum(1) prints them.
std::string sha256_hex(std::string_view bytes);

}  // namespace watershed
