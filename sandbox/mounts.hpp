// The file system as a sandbox sees it: the machine's, not to be written, with a folder in memory, a /dev and a /proc
// of its own. mount_namespaces(7), mount_setattr(2)
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace watershed::sandbox {

/// In the calling process's mount namespace, which must be a fresh one. Returns the folder in memory. `writable`
/// folders stay as they are; the place of the folder hides none of `writable` and `needed`.
Result<std::filesystem::path, Error> set_up_mounts(std::span<const std::filesystem::path> writable,
                                                   std::span<const std::filesystem::path> needed);

/// Makes `target` show `source`, a file or folder.
Result<void, Error> bind_mount(const std::filesystem::path& source, const std::filesystem::path& target);

/// A folder in memory of at most `octets` over `target`.
Result<void, Error> mount_memory(const std::filesystem::path& target, std::string_view options);

/// Changes how much a folder in memory holds; 0: no more than is in it now.
Result<void, Error> resize_memory(const std::filesystem::path& target, std::uint64_t octets);

}  // namespace watershed::sandbox
