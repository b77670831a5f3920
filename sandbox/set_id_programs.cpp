// See set_id_programs.hpp.
#include "sandbox/set_id_programs.hpp"

#include "sandbox/mounts.hpp"
#include "sandbox/ownership.hpp"

#include <fmt/format.h>

#include <grp.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace watershed::sandbox {

namespace fs = std::filesystem;

namespace {

// The file's own owner cannot be read in here: outside ids look like nobody's.
Result<void, Error> copy_program(const SetIdProgram& program, const fs::path& folder) {
  struct stat original {};
  if (::stat(program.path, &original) != 0 || (original.st_mode & (S_ISUID | S_ISGID)) == 0) return {};
  const group* owner = ::getgrnam(program.group);
  if (owner == nullptr)
    return Error{fmt::format("{} is installed, and there is no group {}", program.path, program.group)};
  const fs::path copy = folder / fs::path(program.path).filename();
  std::error_code error;
  fs::copy_file(program.path, copy, error);
  if (error) return Error{fmt::format("copying {}: {}", program.path, error.message())};
  if (const auto given = give_away(copy, 0, owner->gr_gid); !given) return given;
  // chown(2) takes the bits away.
  if (::chmod(copy.c_str(), original.st_mode & 07777) != 0) {
    return Error{fmt::format("chmod {}: {}", copy.string(), std::strerror(errno))};
  }
  return bind_mount(copy, program.path);
}

}  // namespace

Result<void, Error> copy_set_id_programs(const fs::path& work) {
  const fs::path folder = work / ".set-id";
  std::error_code error;
  fs::create_directory(folder, error);
  // Of its own, as elsewhere in the sandbox nothing may have these bits.
  if (error || ::mount("watershed", folder.c_str(), "tmpfs", MS_NODEV, "mode=755") != 0) {
    return Error{fmt::format("mounting memory at {}: {}", folder.string(), std::strerror(errno))};
  }
  for (const SetIdProgram& program : set_id_programs) {
    if (const auto copied = copy_program(program, folder); !copied) return copied;
  }
  return {};
}

}  // namespace watershed::sandbox
