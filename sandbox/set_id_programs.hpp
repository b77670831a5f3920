// Programs that run as their file's user or group. In a user namespace the kernel does so only where that user or group
// has an id inside, and no id of the machine outside has: postdrop(1) would run without its group, and what a program
// submits would be lost. user_namespaces(7), "Set-user-ID and set-group-ID programs".
#pragma once

#include "base/result.hpp"

#include <filesystem>

namespace watershed::sandbox {

/// Puts copies that belong to the same users and groups inside in the place of those programs that mail passes through:
/// postdrop, postqueue, procmail, lockfile and maildrop, where they are installed. In the sandbox's mount namespace.
Result<void, Error> copy_set_id_programs(const std::filesystem::path& work);

}  // namespace watershed::sandbox
