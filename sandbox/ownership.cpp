// See ownership.hpp.
#include "sandbox/ownership.hpp"

#include "sandbox/one_user/owner_record.hpp"

#include <fmt/format.h>

#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace watershed::sandbox {

Result<void, Error> give_away(const std::filesystem::path& path, uid_t user, gid_t group) {
  if (::chown(path.c_str(), user, group) == 0) return {};
  // user_namespaces(7): an id that is not mapped cannot be an owner.
  const one_user::OwnerRecord record{user, group};
  if (errno == EINVAL && ::setxattr(path.c_str(), one_user::owner_attribute, &record, sizeof record, 0) == 0) return {};
  return Error{fmt::format("cannot give away {}: {}", path.string(), std::strerror(errno))};
}

}  // namespace watershed::sandbox
