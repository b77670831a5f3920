// Calls that name a file without opening it: what it is, what it is called, who may use it. Preloaded; see view.hpp and
// opening_preload.cpp.
#include "sandbox/libc_only/real_call.hpp"
#include "sandbox/libc_only/real_path.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace watershed::sandbox::libc_only;

// On 64-bit Linux the two structures are one: stat(2).
static_assert(sizeof(struct stat) == sizeof(struct stat64));

int status_at(int folder, const char* path, struct stat* status, int flags) {
  static const auto real = real_call<int (*)(int, const char*, struct stat*, int)>("fstatat");
  return real(folder, RealPath(path), status, flags);
}

}  // namespace

extern "C" {

int stat(const char* path, struct stat* status) noexcept { return status_at(AT_FDCWD, path, status, 0); }
int lstat(const char* path, struct stat* status) noexcept {
  return status_at(AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}
int fstatat(int folder, const char* path, struct stat* status, int flags) noexcept {
  return status_at(folder, path, status, flags);
}
int stat64(const char* path, struct stat64* status) noexcept {
  return status_at(AT_FDCWD, path, reinterpret_cast<struct stat*>(status), 0);
}
int lstat64(const char* path, struct stat64* status) noexcept {
  return status_at(AT_FDCWD, path, reinterpret_cast<struct stat*>(status), AT_SYMLINK_NOFOLLOW);
}
int fstatat64(int folder, const char* path, struct stat64* status, int flags) noexcept {
  return status_at(folder, path, reinterpret_cast<struct stat*>(status), flags);
}
// What programs call that were built before glibc 2.33.
int __xstat(int, const char* path, struct stat* status) { return status_at(AT_FDCWD, path, status, 0); }
int __lxstat(int, const char* path, struct stat* status) {
  return status_at(AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}
int statx(int folder, const char* path, int flags, unsigned mask, struct statx* status) noexcept {
  static const auto real = real_call<decltype(&::statx)>("statx");
  return real(folder, RealPath(path), flags, mask, status);
}
int statfs(const char* path, struct statfs* status) noexcept {
  static const auto real = real_call<decltype(&::statfs)>("statfs");
  return real(RealPath(path), status);
}
int statvfs(const char* path, struct statvfs* status) noexcept {
  static const auto real = real_call<decltype(&::statvfs)>("statvfs");
  return real(RealPath(path), status);
}

int access(const char* path, int mode) noexcept {
  static const auto real = real_call<decltype(&::access)>("access");
  return real(RealPath(path), mode);
}
int euidaccess(const char* path, int mode) noexcept {
  static const auto real = real_call<decltype(&::euidaccess)>("euidaccess");
  return real(RealPath(path), mode);
}
int eaccess(const char* path, int mode) noexcept { return ::euidaccess(path, mode); }
int faccessat(int folder, const char* path, int mode, int flags) noexcept {
  static const auto real = real_call<decltype(&::faccessat)>("faccessat");
  return real(folder, RealPath(path), mode, flags);
}

int unlink(const char* path) noexcept {
  static const auto real = real_call<decltype(&::unlink)>("unlink");
  return real(RealPath(path));
}
int unlinkat(int folder, const char* path, int flags) noexcept {
  static const auto real = real_call<decltype(&::unlinkat)>("unlinkat");
  return real(folder, RealPath(path), flags);
}
int remove(const char* path) noexcept {
  static const auto real = real_call<decltype(&::remove)>("remove");
  return real(RealPath(path));
}
int rmdir(const char* path) noexcept {
  static const auto real = real_call<decltype(&::rmdir)>("rmdir");
  return real(RealPath(path));
}
int mkdir(const char* path, mode_t mode) noexcept {
  static const auto real = real_call<decltype(&::mkdir)>("mkdir");
  return real(RealPath(path), mode);
}
int mkdirat(int folder, const char* path, mode_t mode) noexcept {
  static const auto real = real_call<decltype(&::mkdirat)>("mkdirat");
  return real(folder, RealPath(path), mode);
}
int mkfifo(const char* path, mode_t mode) noexcept {
  static const auto real = real_call<decltype(&::mkfifo)>("mkfifo");
  return real(RealPath(path), mode);
}
int mkfifoat(int folder, const char* path, mode_t mode) noexcept {
  static const auto real = real_call<decltype(&::mkfifoat)>("mkfifoat");
  return real(folder, RealPath(path), mode);
}
int mknod(const char* path, mode_t mode, dev_t device) noexcept {
  static const auto real = real_call<decltype(&::mknod)>("mknod");
  return real(RealPath(path), mode, device);
}
int rename(const char* from, const char* to) noexcept {
  static const auto real = real_call<decltype(&::rename)>("rename");
  return real(RealPath(from), RealPath(to));
}
int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  static const auto real = real_call<decltype(&::renameat)>("renameat");
  return real(from_folder, RealPath(from), to_folder, RealPath(to));
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  static const auto real = real_call<decltype(&::renameat2)>("renameat2");
  return real(from_folder, RealPath(from), to_folder, RealPath(to), flags);
}
int link(const char* from, const char* to) noexcept {
  static const auto real = real_call<decltype(&::link)>("link");
  return real(RealPath(from), RealPath(to));
}
int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
  static const auto real = real_call<decltype(&::linkat)>("linkat");
  return real(from_folder, RealPath(from), to_folder, RealPath(to), flags);
}
// The kernel will follow it, and knows real paths only. A relative target is not from here.
int symlink(const char* target, const char* path) noexcept {
  static const auto real = real_call<decltype(&::symlink)>("symlink");
  return real(target[0] == '/' ? RealPath(target) : target, RealPath(path));
}
int symlinkat(const char* target, int folder, const char* path) noexcept {
  static const auto real = real_call<decltype(&::symlinkat)>("symlinkat");
  return real(target[0] == '/' ? RealPath(target) : target, folder, RealPath(path));
}
ssize_t readlink(const char* path, char* text, size_t octets) noexcept {
  static const auto real = real_call<decltype(&::readlink)>("readlink");
  return real(RealPath(path), text, octets);
}
ssize_t __readlink_chk(const char* path, char* text, size_t octets, size_t) noexcept {
  return ::readlink(path, text, octets);
}
ssize_t readlinkat(int folder, const char* path, char* text, size_t octets) noexcept {
  static const auto real = real_call<decltype(&::readlinkat)>("readlinkat");
  return real(folder, RealPath(path), text, octets);
}
char* realpath(const char* path, char* resolved) noexcept {
  static const auto real = real_call<decltype(&::realpath)>("realpath");
  return real(RealPath(path), resolved);
}
char* __realpath_chk(const char* path, char* resolved, size_t) noexcept { return ::realpath(path, resolved); }

int chmod(const char* path, mode_t mode) noexcept {
  static const auto real = real_call<decltype(&::chmod)>("chmod");
  return real(RealPath(path), mode);
}
int fchmodat(int folder, const char* path, mode_t mode, int flags) noexcept {
  static const auto real = real_call<decltype(&::fchmodat)>("fchmodat");
  return real(folder, RealPath(path), mode, flags);
}
int chown(const char* path, uid_t user, gid_t group) noexcept {
  static const auto real = real_call<decltype(&::chown)>("chown");
  return real(RealPath(path), user, group);
}
int lchown(const char* path, uid_t user, gid_t group) noexcept {
  static const auto real = real_call<decltype(&::lchown)>("lchown");
  return real(RealPath(path), user, group);
}
int fchownat(int folder, const char* path, uid_t user, gid_t group, int flags) noexcept {
  static const auto real = real_call<decltype(&::fchownat)>("fchownat");
  return real(folder, RealPath(path), user, group, flags);
}
int utime(const char* path, const utimbuf* times) noexcept {
  static const auto real = real_call<decltype(&::utime)>("utime");
  return real(RealPath(path), times);
}
int utimes(const char* path, const timeval times[2]) noexcept {
  static const auto real = real_call<decltype(&::utimes)>("utimes");
  return real(RealPath(path), times);
}
int utimensat(int folder, const char* path, const timespec times[2], int flags) noexcept {
  static const auto real = real_call<decltype(&::utimensat)>("utimensat");
  return real(folder, RealPath(path), times, flags);
}

int chdir(const char* path) noexcept {
  static const auto real = real_call<decltype(&::chdir)>("chdir");
  const int result = real(RealPath(path));
  note_working_folder();
  return result;
}
int fchdir(int folder) noexcept {
  static const auto real = real_call<decltype(&::fchdir)>("fchdir");
  const int result = real(folder);
  note_working_folder();
  return result;
}
// From here on there is another root, and in it nothing is laid over.
int chroot(const char* path) noexcept {
  static const auto real = real_call<decltype(&::chroot)>("chroot");
  const int result = real(RealPath(path));
  if (result == 0) view().is_chrooted = true;
  return result;
}
}
