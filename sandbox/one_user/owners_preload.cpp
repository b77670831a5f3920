// Answers for the kernel when a program gives a file to somebody, or asks whose it is. Preloaded; see identity.hpp.
//
// A file that was given to somebody has an owner_record. One that was not is seen by everybody as his own: who made it
// is not known. Files of the machine, whose users do not exist here, are root's.
#include "sandbox/one_user/identity.hpp"
#include "sandbox/one_user/owner_record.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <optional>

namespace {

using namespace watershed::sandbox::one_user;

// What the kernel calls the one user inside, and users that do not exist here: user_namespaces(7).
constexpr Id the_user = 0;

/// A file by descriptor, or by path; a path may be relative to an open folder.
struct File {
  int descriptor = AT_FDCWD;
  const char* path = nullptr;  // null: the descriptor itself
  bool follow = true;
};

ssize_t read_record(const File& file, OwnerRecord& record) {
  if (file.path == nullptr) return ::fgetxattr(file.descriptor, owner_attribute, &record, sizeof record);
  // There is no call for a path below an open folder; such a file is nobody's in particular.
  if (file.descriptor != AT_FDCWD && file.path[0] != '/') return -1;
  return file.follow ? ::getxattr(file.path, owner_attribute, &record, sizeof record)
                     : ::lgetxattr(file.path, owner_attribute, &record, sizeof record);
}

int write_record(const File& file, const OwnerRecord& record) {
  if (file.path == nullptr) return ::fsetxattr(file.descriptor, owner_attribute, &record, sizeof record, 0);
  if (file.descriptor != AT_FDCWD && file.path[0] != '/') return 0;
  return file.follow ? ::setxattr(file.path, owner_attribute, &record, sizeof record, 0)
                     : ::lsetxattr(file.path, owner_attribute, &record, sizeof record, 0);
}

std::optional<OwnerRecord> record_of(const File& file) {
  const int before = errno;
  OwnerRecord record;
  const bool found = read_record(file, record) == static_cast<ssize_t>(sizeof record);
  errno = before;
  if (found) return record;
  return std::nullopt;
}

// Whose the program shall see it: `user` and `group` are what the kernel said.
template <class Number>
void show_owner(const File& file, Number& user, Number& group) {
  if (user != the_user) {
    user = group = 0;
    return;
  }
  const auto record = record_of(file);
  user = record ? record->user : identity().user;
  group = record ? record->group : identity().group;
}

int kernel_status(const File& file, struct stat* status) {
  const int flags = file.path == nullptr ? AT_EMPTY_PATH : file.follow ? 0 : AT_SYMLINK_NOFOLLOW;
  const char* path = file.path == nullptr ? "" : file.path;
  return static_cast<int>(::syscall(SYS_newfstatat, file.descriptor, path, status, flags));
}

int status_of(const File& file, struct stat* status) {
  if (kernel_status(file, status) != 0) return -1;
  show_owner(file, status->st_uid, status->st_gid);
  return 0;
}

File at(int folder, const char* path, int flags) {
  if ((flags & AT_EMPTY_PATH) != 0 && path[0] == '\0') return {folder, nullptr, true};
  return {folder, path, (flags & AT_SYMLINK_NOFOLLOW) == 0};
}

// chown(2): root gives to anybody, others may only give to themselves what is theirs.
int give(const File& file, Id user, Id group) {
  struct stat now {};
  if (status_of(file, &now) != 0) return -1;
  const OwnerRecord wanted{user == unchanged ? now.st_uid : user, group == unchanged ? now.st_gid : group};
  if (wanted.user == now.st_uid && wanted.group == now.st_gid) return 0;
  if (!identity().is_root()) {
    if (wanted.user == now.st_uid && wanted.group == identity().group) return 0;
    errno = EPERM;
    return -1;
  }
  if (write_record(file, wanted) == 0) return 0;
  // What keeps no attributes (a socket without a path, /proc) belongs to whoever looks at it.
  if (errno == ENOTSUP || errno == EPERM || errno == EBADF) return 0;
  return -1;
}

}  // namespace

extern "C" {

int chown(const char* path, uid_t user, gid_t group) noexcept { return give({AT_FDCWD, path, true}, user, group); }
int lchown(const char* path, uid_t user, gid_t group) noexcept { return give({AT_FDCWD, path, false}, user, group); }
int fchown(int descriptor, uid_t user, gid_t group) noexcept { return give({descriptor, nullptr, true}, user, group); }
int fchownat(int folder, const char* path, uid_t user, gid_t group, int flags) noexcept {
  return give(at(folder, path, flags), user, group);
}

int stat(const char* path, struct stat* status) noexcept { return status_of({AT_FDCWD, path, true}, status); }
int lstat(const char* path, struct stat* status) noexcept { return status_of({AT_FDCWD, path, false}, status); }
int fstat(int descriptor, struct stat* status) noexcept { return status_of({descriptor, nullptr, true}, status); }
int fstatat(int folder, const char* path, struct stat* status, int flags) noexcept {
  return status_of(at(folder, path, flags), status);
}

// On 64-bit Linux the two structures are one: stat(2).
static_assert(sizeof(struct stat) == sizeof(struct stat64));
int stat64(const char* path, struct stat64* status) noexcept {
  return stat(path, reinterpret_cast<struct stat*>(status));
}
int lstat64(const char* path, struct stat64* status) noexcept {
  return lstat(path, reinterpret_cast<struct stat*>(status));
}
int fstat64(int descriptor, struct stat64* status) noexcept {
  return fstat(descriptor, reinterpret_cast<struct stat*>(status));
}
int fstatat64(int folder, const char* path, struct stat64* status, int flags) noexcept {
  return fstatat(folder, path, reinterpret_cast<struct stat*>(status), flags);
}

int statx(int folder, const char* path, int flags, unsigned mask, struct statx* status) noexcept {
  const long result = ::syscall(SYS_statx, folder, path, flags, mask, status);
  if (result == 0) show_owner(at(folder, path, flags), status->stx_uid, status->stx_gid);
  return static_cast<int>(result);
}
}
