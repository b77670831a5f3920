// See mounts.hpp.
#include "sandbox/mounts.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace watershed::sandbox {

namespace fs = std::filesystem;

namespace {

Error refused(std::string_view what) { return Error{fmt::format("{}: {}", what, std::strerror(errno))}; }

bool lies_in(const fs::path& path, const fs::path& folder) {
  const auto [in_folder, in_path] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return in_folder == folder.end();
}

// Folders that every Debian has and nobody here needs.
fs::path place_for_memory(std::span<const fs::path> writable, std::span<const fs::path> needed) {
  static const std::array<const char*, 4> candidates = {"/media", "/srv", "/mnt", "/opt"};
  for (const fs::path candidate : candidates) {
    const auto is_hidden = [&](const fs::path& path) { return lies_in(path, candidate); };
    std::error_code error;
    if (fs::is_directory(candidate, error) && std::none_of(writable.begin(), writable.end(), is_hidden) &&
        std::none_of(needed.begin(), needed.end(), is_hidden)) {
      return candidate;
    }
  }
  return {};
}

Result<void, Error> set_read_only(const fs::path& tree, bool read_only, unsigned flags) {
  mount_attr attributes{};
  (read_only ? attributes.attr_set : attributes.attr_clr) = MOUNT_ATTR_RDONLY;
  if (::syscall(SYS_mount_setattr, -1, tree.c_str(), flags, &attributes, sizeof attributes) != 0) {
    return refused("making " + tree.string() + (read_only ? " read-only" : " writable"));
  }
  return {};
}

// What programs look for in /dev. `log` points to a place below /run, where each host has its own (see place.hpp).
Result<void, Error> make_devices(const fs::path& folder) {
  fs::create_directory(folder);
  if (const auto mounted = mount_memory(folder, "mode=755"); !mounted) return mounted;
  for (const char* name : {"null", "zero", "full", "random", "urandom", "tty"}) {
    std::ofstream(folder / name).close();
    if (const auto bound = bind_mount(fs::path("/dev") / name, folder / name); !bound) return bound;
  }
  fs::create_directory(folder / "shm");
  fs::permissions(folder / "shm", fs::perms(01777));
  fs::create_symlink("/proc/self/fd", folder / "fd");
  for (int descriptor = 0; descriptor < 3; ++descriptor) {
    static const std::array<const char*, 3> names = {"stdin", "stdout", "stderr"};
    fs::create_symlink(fmt::format("/proc/self/fd/{}", descriptor),
                       folder / names[static_cast<std::size_t>(descriptor)]);
  }
  fs::create_symlink("/run/log", folder / "log");
  if (::mount(folder.c_str(), "/dev", nullptr, MS_BIND | MS_REC, nullptr) != 0) return refused("mounting /dev");
  return {};
}

}  // namespace

Result<void, Error> bind_mount(const fs::path& source, const fs::path& target) {
  if (::mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) == 0) return {};
  return refused(fmt::format("mounting {} at {}", source.string(), target.string()));
}

Result<void, Error> mount_memory(const fs::path& target, std::string_view options) {
  const std::string text(options);
  if (::mount("watershed", target.c_str(), "tmpfs", MS_NOSUID, text.c_str()) == 0) return {};
  return refused("mounting memory at " + target.string());
}

Result<void, Error> resize_memory(const fs::path& target, std::uint64_t octets) {
  if (octets == 0) {
    std::error_code error;
    const fs::space_info space = fs::space(target, error);
    if (error) return Error{"no space information on " + target.string()};
    octets = space.capacity - space.free;
  }
  const std::string text = fmt::format("size={}", octets);
  if (::mount(nullptr, target.c_str(), nullptr, MS_REMOUNT | MS_NOSUID, text.c_str()) == 0) return {};
  return refused("resizing " + target.string());
}

Result<fs::path, Error> set_up_mounts(std::span<const fs::path> writable, std::span<const fs::path> needed) {
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return refused("making mounts private");
  const fs::path work = place_for_memory(writable, needed);
  if (work.empty())
    return Error{"there is no folder to put the sandbox's memory: /media, /srv, /mnt and /opt are used"};
  for (const fs::path& folder : writable) {
    if (const auto bound = bind_mount(folder, folder); !bound) return bound.error();
  }
  if (const auto is_fixed = set_read_only("/", true, AT_RECURSIVE); !is_fixed) return is_fixed.error();
  for (const fs::path& folder : writable) {
    if (const auto is_open = set_read_only(folder, false, 0); !is_open) return is_open.error();
  }
  if (const auto mounted = mount_memory(work, "mode=755"); !mounted) return mounted.error();
  if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
    return refused("mounting /proc");
  if (const auto made = make_devices(work / ".dev"); !made) return made.error();
  return Result<fs::path, Error>(boost::system::in_place_value,
                                 work);  // a path is also made of strings, as an Error is
}

}  // namespace watershed::sandbox
