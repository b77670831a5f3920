// Whom a file was given to where the kernel knows one user only: an extended attribute of the file, which only root of
// the namespace may write and everybody may read. xattr(7)
#pragma once

#include <cstdint>

namespace watershed::sandbox::one_user {

inline constexpr const char* owner_attribute = "security.watershed.owner";

struct OwnerRecord {
  std::uint32_t user = 0;
  std::uint32_t group = 0;
};

}  // namespace watershed::sandbox::one_user
