// See preload.hpp.
#include "sandbox/one_user/preload.hpp"

#include "sandbox/mounts.hpp"

#include <fmt/format.h>

#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <fstream>

// The library's bytes, between two names. CMake builds it before this file and says where it is.
asm(".section .rodata\n"
    "watershed_one_user_begin: .incbin \"" WATERSHED_PRELOAD_FILE
    "\"\n"
    "watershed_one_user_end: .byte 0\n"
    ".previous\n");
extern "C" {
extern const char watershed_one_user_begin[];
extern const char watershed_one_user_end[];
}

namespace watershed::sandbox::one_user {

namespace fs = std::filesystem;

Result<void, Error> preload_everywhere(const fs::path& work) {
  const fs::path given = work / ".etc-given";
  const fs::path etc = work / ".etc";
  fs::create_directory(given);
  fs::create_directory(etc);
  // With what is mounted in it: a container's resolv.conf and hosts are mounts, which cannot be left out here.
  if (::mount("/etc", given.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) {
    return Error{fmt::format("mounting /etc again: {}", std::strerror(errno))};
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(given, error)) {
    const fs::path name = entry.path().filename();
    if (name != "ld.so.preload") fs::create_symlink(given / name, etc / name, error);
    if (error) return Error{fmt::format("{}: {}", (etc / name).string(), error.message())};
  }
  const fs::path library = work / ".one-user.so";
  std::ofstream(library, std::ios::binary)
      .write(watershed_one_user_begin, watershed_one_user_end - watershed_one_user_begin);
  std::ofstream list(etc / "ld.so.preload");
  list << library.string() << "\n";
  if (error || !list.flush()) return Error{"cannot write the list of preloaded libraries"};
  return bind_mount(etc, "/etc");
}

}  // namespace watershed::sandbox::one_user
