// Programs that run as their file's user or group. In a user namespace the kernel does so only where that user or group
// has an id inside, and no id of the machine outside has: postdrop(1) would run without its group, and what a program
// submits would be lost. user_namespaces(7), "Set-user-ID and set-group-ID programs".
#pragma once

#include "base/result.hpp"

#include <filesystem>

namespace watershed::sandbox {

struct SetIdProgram {
  const char* path;
  const char* group;  ///< the user is root
};
/// Those of Debian's packages that mail passes through.
inline constexpr SetIdProgram set_id_programs[] = {
    {"/usr/sbin/postdrop", "postdrop"}, {"/usr/sbin/postqueue", "postdrop"}, {"/usr/bin/procmail", "mail"},
    {"/usr/bin/lockfile", "mail"},      {"/usr/bin/maildrop", "mail"},       {"/usr/bin/dotlockfile", "mail"}};

/// Puts copies that belong to the same users and groups inside in the place of those programs that are installed.
/// In the sandbox's mount namespace.
Result<void, Error> copy_set_id_programs(const std::filesystem::path& work);

}  // namespace watershed::sandbox
