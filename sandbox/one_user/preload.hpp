// Puts the library in front of every program of a sandbox with one user.
#pragma once

#include "base/result.hpp"

#include <filesystem>

namespace watershed::sandbox::one_user {

/// In the sandbox's mount namespace: /etc becomes a folder in memory below `work` with everything that was there, and a
/// list of libraries that ld.so(8) loads before any other, with ours alone. It comes out of this program itself.
Result<void, Error> preload_everywhere(const std::filesystem::path& work);

}  // namespace watershed::sandbox::one_user
