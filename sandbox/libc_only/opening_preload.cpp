// Files that a program opens by name are its host's own where the harness has laid something over the machine's.
// Preloaded; see view.hpp.
#include "sandbox/libc_only/real_call.hpp"
#include "sandbox/libc_only/real_path.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using namespace watershed::sandbox::libc_only;

bool makes(int flags) { return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE; }

// On 64-bit Linux there is one open only: the names with 64 mean the same.
int open_real(int folder, const char* path, int flags, mode_t mode) {
  static const auto real = real_call<int (*)(int, const char*, int, ...)>("openat");
  return real(folder, RealPath(path), flags, mode);
}

// The caller's template ends like the name that was made of it.
template <class Make>
auto make_temporary(char* name, Make make) {
  char buffer[PATH_MAX];
  char made[PATH_MAX];
  std::snprintf(made, sizeof made, "%s", real_path(name, buffer));
  const auto result = make(made);
  const std::size_t wanted = std::strlen(name);
  const std::size_t got = std::strlen(made);
  constexpr std::size_t shortest = sizeof "XXXXXX" - 1;
  for (std::size_t back = 1; back <= wanted && back <= got && wanted >= shortest; ++back) {
    if (made[got - back] == '/') break;
    name[wanted - back] = made[got - back];
  }
  return result;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = makes(flags) ? va_arg(list, mode_t) : 0;
  va_end(list);
  return open_real(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = makes(flags) ? va_arg(list, mode_t) : 0;
  va_end(list);
  return open_real(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = makes(flags) ? va_arg(list, mode_t) : 0;
  va_end(list);
  return open_real(folder, path, flags, mode);
}
int openat64(int folder, const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = makes(flags) ? va_arg(list, mode_t) : 0;
  va_end(list);
  return open_real(folder, path, flags, mode);
}
int __open_2(const char* path, int flags) { return open_real(AT_FDCWD, path, flags, 0); }
int __open64_2(const char* path, int flags) { return open_real(AT_FDCWD, path, flags, 0); }
int __openat_2(int folder, const char* path, int flags) { return open_real(folder, path, flags, 0); }
int __openat64_2(int folder, const char* path, int flags) { return open_real(folder, path, flags, 0); }
int creat(const char* path, mode_t mode) { return open_real(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char* path, mode_t mode) { return open_real(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

FILE* fopen(const char* path, const char* mode) {
  static const auto real = real_call<decltype(&::fopen)>("fopen");
  return real(RealPath(path), mode);
}
FILE* fopen64(const char* path, const char* mode) { return ::fopen(path, mode); }
FILE* freopen(const char* path, const char* mode, FILE* file) {
  static const auto real = real_call<decltype(&::freopen)>("freopen");
  return real(RealPath(path), mode, file);
}
FILE* freopen64(const char* path, const char* mode, FILE* file) { return ::freopen(path, mode, file); }

DIR* opendir(const char* path) {
  static const auto real = real_call<decltype(&::opendir)>("opendir");
  return real(RealPath(path));
}
int truncate(const char* path, off_t octets) noexcept {
  static const auto real = real_call<decltype(&::truncate)>("truncate");
  return real(RealPath(path), octets);
}
int inotify_add_watch(int watcher, const char* path, uint32_t mask) noexcept {
  static const auto real = real_call<decltype(&::inotify_add_watch)>("inotify_add_watch");
  return real(watcher, RealPath(path), mask);
}

int mkstemp(char* name) {
  static const auto real = real_call<decltype(&::mkstemp)>("mkstemp");
  return make_temporary(name, real);
}
int mkstemp64(char* name) { return ::mkstemp(name); }
int mkostemp(char* name, int flags) {
  static const auto real = real_call<decltype(&::mkostemp)>("mkostemp");
  return make_temporary(name, [flags](char* made) { return real(made, flags); });
}
int mkostemp64(char* name, int flags) { return ::mkostemp(name, flags); }
char* mkdtemp(char* name) noexcept {
  static const auto real = real_call<decltype(&::mkdtemp)>("mkdtemp");
  return make_temporary(name, real) == nullptr ? nullptr : name;
}
}
