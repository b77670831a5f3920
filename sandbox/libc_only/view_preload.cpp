// Reads the view of the host that this program belongs to. Preloaded; see view.hpp.
#include "sandbox/libc_only/view.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace watershed::sandbox::libc_only {

namespace {

View the_view;
char preload_text[PATH_MAX + 16];
char view_text[PATH_MAX + 32];
char working_folder[PATH_MAX];
bool is_taken_up = false;

in_addr_t address_in(const char* text) {
  in_addr address{};
  return ::inet_pton(AF_INET, text, &address) == 1 ? ntohl(address.s_addr) : 0;
}

// The next word of a line, cut off with a zero; the last one takes what is left.
char* next_word(char*& rest) {
  char* word = rest;
  char* blank = std::strchr(rest, ' ');
  if (blank == nullptr) {
    rest += std::strlen(rest);
    return word;
  }
  *blank = '\0';
  rest = blank + 1;
  return word;
}

void take_line(View& into, char* line) {
  char* rest = line;
  const char* key = next_word(rest);
  if (std::strcmp(key, "host") == 0) {
    into.hostname = rest;
  } else if (std::strcmp(key, "log") == 0) {
    into.log = rest;
  } else if (std::strcmp(key, "work") == 0) {
    into.work = rest;
    into.work_octets = std::strlen(rest);
  } else if (std::strcmp(key, "own") == 0) {
    into.own = address_in(rest);
  } else if (std::strcmp(key, "network") == 0) {
    into.network = address_in(rest);
  } else if (std::strcmp(key, "address") == 0) {
    const in_addr_t world = address_in(next_word(rest));
    into.world[address_in(rest) & 0xff] = world;
  } else if (std::strcmp(key, "path") == 0 && into.path_count < View::paths_max) {
    const char* shown = next_word(rest);
    into.paths[into.path_count++] = {shown, rest, std::strlen(shown), std::strlen(rest)};
  }
}

void read_view(const char* file) {
  const auto descriptor = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC));
  if (descriptor < 0) return;
  std::size_t used = 0;
  for (;;) {
    const ssize_t got = ::read(descriptor, the_view.text + used, View::text_max - 1 - used);
    if (got <= 0) break;
    used += static_cast<std::size_t>(got);
  }
  ::close(descriptor);
  the_view.text[used] = '\0';
  char* rest = nullptr;
  for (char* line = ::strtok_r(the_view.text, "\n", &rest); line != nullptr; line = ::strtok_r(nullptr, "\n", &rest)) {
    take_line(the_view, line);
  }
}

// A program without its view would see the machine, and could get out: it must not run.
void take_up() {
  is_taken_up = true;
  const int before = errno;
  const char* file = std::getenv(view_variable);
  const char* library = std::getenv("LD_PRELOAD");
  if (file != nullptr && library != nullptr) {
    std::snprintf(view_text, sizeof view_text, "%s=%s", view_variable, file);
    std::snprintf(preload_text, sizeof preload_text, "LD_PRELOAD=%s", library);
    read_view(file);
    the_view.file = view_text + std::strlen(view_variable) + 1;
  }
  if (the_view.network == 0 || the_view.own == 0) ::_exit(126);
  note_working_folder();
  errno = before;
}

// Other libraries may be set up before this one, and use files or sockets at once: whoever asks first reads the view.
View& taken_up() {
  if (!is_taken_up) take_up();
  return the_view;
}
[[gnu::constructor]] void take_up_at_the_latest() { taken_up(); }

bool is_below(const char* path, const char* folder, std::size_t octets) {
  return std::strncmp(path, folder, octets) == 0 && (path[octets] == '/' || path[octets] == '\0');
}

// Appends a path's components, without `.`, `..` and slashes that say nothing. False where there is no room.
bool append_plain(const char* path, char* into, std::size_t& used) {
  while (*path != '\0') {
    path += std::strspn(path, "/");
    const std::size_t octets = std::strcspn(path, "/");
    if (octets == 2 && path[0] == '.' && path[1] == '.') {
      while (used > 0 && into[used - 1] != '/') --used;
      if (used > 0) --used;
    } else if (octets > 0 && !(octets == 1 && path[0] == '.')) {
      if (used + octets + 2 > PATH_MAX) return false;
      into[used++] = '/';
      std::memcpy(into + used, path, octets);
      used += octets;
    }
    path += octets;
  }
  into[used] = '\0';
  return true;
}

}  // namespace

View& view() { return taken_up(); }
const char* preload_setting() {
  taken_up();
  return preload_text;
}
const char* view_setting() {
  taken_up();
  return view_text;
}

void note_working_folder() {
  const int before = errno;
  // The system call, for libc's function may be asked for a path that is too long, or unreachable after a chroot(2).
  if (::syscall(SYS_getcwd, working_folder, sizeof working_folder) <= 0) working_folder[0] = '\0';
  errno = before;
}

const char* real_path(const char* shown, char* buffer) {
  if (shown == nullptr || shown[0] == '\0' || view().is_chrooted) return shown;
  const bool is_relative = shown[0] != '/';
  if (is_relative && (working_folder[0] != '/' || is_below(working_folder, the_view.work, the_view.work_octets))) {
    return shown;  // in a folder of the host's own already
  }
  if (is_below(shown, the_view.work, the_view.work_octets)) return shown;
  char plain[PATH_MAX];
  std::size_t used = 0;
  if ((is_relative && !append_plain(working_folder, plain, used)) || !append_plain(shown, plain, used)) return shown;
  const View::Path* best = nullptr;
  for (std::size_t index = 0; index < the_view.path_count; ++index) {
    const View::Path& each = the_view.paths[index];
    if (!is_below(plain, each.shown, each.shown_octets)) continue;
    // As with mounts: what was laid over last is what shows.
    if (best == nullptr || each.shown_octets >= best->shown_octets) best = &each;
  }
  if (best == nullptr) return shown;
  const char* rest = plain + best->shown_octets;
  std::size_t rest_octets = used - best->shown_octets;
  if (best->real_octets + rest_octets + 2 > PATH_MAX) return shown;
  std::memcpy(buffer, best->real, best->real_octets);
  std::memcpy(buffer + best->real_octets, rest, rest_octets + 1);
  // A slash at the end says that a folder is meant.
  if (shown[std::strlen(shown) - 1] == '/') std::strcpy(buffer + best->real_octets + rest_octets, "/");
  return buffer;
}

in_addr_t wire_address(in_addr_t world) {
  if (world == INADDR_LOOPBACK) return view().network | own_loopback_octet;
  for (unsigned octet = first_address_octet; octet <= last_address_octet; ++octet) {
    if (world != 0 && view().world[octet] == world) return the_view.network | octet;
  }
  return 0;
}

in_addr_t world_address(in_addr_t wire) {
  if ((wire & ~in_addr_t{0xff}) != view().network) return wire;
  const unsigned octet = wire & 0xff;
  if (octet == own_loopback_octet) return INADDR_LOOPBACK;
  return the_view.world[octet] == 0 ? wire : the_view.world[octet];
}

}  // namespace watershed::sandbox::libc_only
