// Which programs the library goes along with: neither one that changes the user by its own bits (ld.so(8),
// secure-execution mode) nor one that no loader loads, for it is statically linked. elf(5), execve(2). Preloaded.
#include "sandbox/libc_only/keeping.hpp"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace watershed::sandbox::libc_only {

namespace {

bool is_set_id(const struct stat& status) {
  // S_ISGID without the right to execute means something else: stat(2).
  return (status.st_mode & S_ISUID) != 0 || (status.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
}

bool is_static(int file, const Elf64_Ehdr& header) {
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN) return false;
  for (unsigned index = 0; index < header.e_phnum; ++index) {
    Elf64_Phdr part{};
    const auto at = static_cast<off_t>(header.e_phoff + std::size_t{index} * header.e_phentsize);
    if (::pread(file, &part, sizeof part, at) != static_cast<ssize_t>(sizeof part)) return true;
    if (part.p_type == PT_INTERP) return false;
  }
  return true;
}

// `#!/path/to/interpreter argument`: the path.
bool takes_interpreter(char* text) {
  if (text[0] != '#' || text[1] != '!') return false;
  char* path = text + 2 + std::strspn(text + 2, " \t");
  path[std::strcspn(path, " \t\n")] = '\0';
  std::memmove(text, path, std::strlen(path) + 1);
  return text[0] != '\0';
}

}  // namespace

bool goes_along(const char* program) {
  const int before = errno;
  char path[PATH_MAX];
  std::strncpy(path, program, sizeof path - 1);
  path[sizeof path - 1] = '\0';
  bool result = true;
  constexpr int interpreters_max = 4;  // as the kernel: execve(2)
  for (int depth = 0; depth <= interpreters_max && result; ++depth) {
    struct stat status {};
    if (::stat(path, &status) != 0 || !S_ISREG(status.st_mode)) break;  // execve(2) will say what is wrong
    result = !is_set_id(status);
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    // What may be executed but not read cannot be judged.
    if (file < 0) result = result && ::access(path, X_OK) != 0;
    if (file < 0) break;
    Elf64_Ehdr header{};
    const ssize_t got = ::pread(file, &header, sizeof header, 0);
    const bool is_elf = got == static_cast<ssize_t>(sizeof header) && std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0;
    if (is_elf) result = result && !is_static(file, header);
    const ssize_t octets = is_elf ? 0 : ::pread(file, path, 256, 0);
    ::close(file);
    if (octets <= 0) break;
    path[octets] = '\0';
    if (!takes_interpreter(path)) break;
  }
  errno = before;
  return result;
}

}  // namespace watershed::sandbox::libc_only
