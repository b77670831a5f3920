// Gives files to the users that a host's programs run as.
#pragma once

#include "base/result.hpp"

#include <sys/types.h>

#include <filesystem>

namespace watershed::sandbox {

/// chown(2). Where that user does not exist (Level::single_user) it is noted with the file, and the preloaded library
/// lets programs see it.
Result<void, Error> give_away(const std::filesystem::path& path, uid_t user, gid_t group);

}  // namespace watershed::sandbox
