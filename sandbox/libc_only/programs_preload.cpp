// Every program that a program starts belongs to the same host: the library and the view go with it, however clean its
// environment is kept. Preloaded; see view.hpp.
//
// A program that the library would not go along with is not started. The harness lays copies without the set-user-ID
// and set-group-ID bits over the few that mail needs.
#include "sandbox/libc_only/keeping.hpp"
#include "sandbox/libc_only/real_call.hpp"
#include "sandbox/libc_only/real_path.hpp"

#include <spawn.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using namespace watershed::sandbox::libc_only;

bool names(const char* setting, const char* name) {
  const std::size_t octets = std::strlen(name);
  return std::strncmp(setting, name, octets) == 0 && setting[octets] == '=';
}

std::size_t count(char* const* list) {
  std::size_t entries = 0;
  while (list != nullptr && list[entries] != nullptr) ++entries;
  return entries;
}

// `into` has room for two more than the given environment and its end.
char** with_view(char* const* given, char** into) {
  std::size_t used = 0;
  for (std::size_t index = 0; given != nullptr && given[index] != nullptr; ++index) {
    if (!names(given[index], "LD_PRELOAD") && !names(given[index], view_variable)) into[used++] = given[index];
  }
  into[used++] = const_cast<char*>(preload_setting());
  into[used++] = const_cast<char*>(view_setting());
  into[used] = nullptr;
  return into;
}

int refused(const char* program) {
  std::fprintf(stderr, "%s is set-user-ID, set-group-ID or statically linked: no library keeps it in\n", program);
  errno = EPERM;
  return EPERM;
}

int execute(const char* program, char* const arguments[], char* const environment[], bool may_be_script) {
  static const auto real_execve = real_call<decltype(&::execve)>("execve");
  static const auto real_execvpe = real_call<decltype(&::execvpe)>("execvpe");
  if (!goes_along(program)) {
    refused(program);
    return -1;
  }
  char** room = static_cast<char**>(__builtin_alloca((count(environment) + 3) * sizeof(char*)));
  char** settings = with_view(environment, room);
  // execvpe(3) runs what has no magic number with the shell; with a slash in it a name is not searched for.
  return may_be_script ? real_execvpe(RealPath(program), arguments, settings)
                       : real_execve(RealPath(program), arguments, settings);
}

// exec(3): the first in PATH that may be executed. The name itself where it has a slash, or there is none.
const char* found(const char* name, char* buffer) {
  const char* places = std::getenv("PATH");
  if (std::strchr(name, '/') != nullptr) return name;
  if (places == nullptr) places = "/bin:/usr/bin";
  while (*places != '\0') {
    const std::size_t octets = std::strcspn(places, ":");
    std::snprintf(buffer, PATH_MAX, "%.*s/%s", static_cast<int>(octets), places, name);
    if (::access(buffer, X_OK) == 0) return buffer;
    places += octets + (places[octets] == ':' ? 1 : 0);
  }
  return name;
}

// The arguments of execl(3) as a list on the stack of whoever calls.
std::size_t count_listed(va_list list) {
  std::size_t entries = 1;
  while (va_arg(list, char*) != nullptr) ++entries;
  return entries;
}
char* const* take_listed(const char* first, va_list list, char** into) {
  into[0] = const_cast<char*>(first);
  for (std::size_t index = 1;; ++index) {
    into[index] = va_arg(list, char*);
    if (into[index] == nullptr) return into;
  }
}

}  // namespace

extern "C" {

int execve(const char* program, char* const arguments[], char* const environment[]) noexcept {
  return execute(program, arguments, environment, false);
}
int execv(const char* program, char* const arguments[]) noexcept { return execute(program, arguments, environ, false); }
int execvpe(const char* name, char* const arguments[], char* const environment[]) noexcept {
  char buffer[PATH_MAX];
  return execute(found(name, buffer), arguments, environment, true);
}
int execvp(const char* name, char* const arguments[]) noexcept { return ::execvpe(name, arguments, environ); }

int execl(const char* program, const char* first, ...) noexcept {
  va_list list;
  va_start(list, first);
  char** room = static_cast<char**>(__builtin_alloca((count_listed(list) + 1) * sizeof(char*)));
  va_end(list);
  va_start(list, first);
  char* const* arguments = take_listed(first, list, room);
  va_end(list);
  return execute(program, arguments, environ, false);
}
int execlp(const char* name, const char* first, ...) noexcept {
  va_list list;
  va_start(list, first);
  char** room = static_cast<char**>(__builtin_alloca((count_listed(list) + 1) * sizeof(char*)));
  va_end(list);
  va_start(list, first);
  char* const* arguments = take_listed(first, list, room);
  va_end(list);
  return ::execvp(name, arguments);
}
int execle(const char* program, const char* first, ...) noexcept {
  va_list list;
  va_start(list, first);
  char** room = static_cast<char**>(__builtin_alloca((count_listed(list) + 1) * sizeof(char*)));
  va_end(list);
  va_start(list, first);
  char* const* arguments = take_listed(first, list, room);
  char* const* environment = va_arg(list, char* const*);
  va_end(list);
  return execute(program, arguments, environment, false);
}
int fexecve(int program, char* const arguments[], char* const environment[]) noexcept {
  char path[32];
  std::snprintf(path, sizeof path, "/proc/self/fd/%d", program);
  return execute(path, arguments, environment, false);
}

int posix_spawn(pid_t* child, const char* program, const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* attributes, char* const arguments[], char* const environment[]) {
  static const auto real = real_call<decltype(&::posix_spawn)>("posix_spawn");
  if (!goes_along(program)) return refused(program);
  char** room = static_cast<char**>(__builtin_alloca((count(environment) + 3) * sizeof(char*)));
  return real(child, RealPath(program), actions, attributes, arguments, with_view(environment, room));
}
int posix_spawnp(pid_t* child, const char* name, const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* attributes, char* const arguments[], char* const environment[]) {
  char buffer[PATH_MAX];
  return ::posix_spawn(child, found(name, buffer), actions, attributes, arguments, environment);
}

// These start a shell from within libc, with the environment as it stands.
FILE* popen(const char* command, const char* mode) {
  static const auto real = real_call<decltype(&::popen)>("popen");
  ::putenv(const_cast<char*>(preload_setting()));
  ::putenv(const_cast<char*>(view_setting()));
  return real(command, mode);
}
int system(const char* command) {
  static const auto real = real_call<decltype(&::system)>("system");
  ::putenv(const_cast<char*>(preload_setting()));
  ::putenv(const_cast<char*>(view_setting()));
  return real(command);
}
}
