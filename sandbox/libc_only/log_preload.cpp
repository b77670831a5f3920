// syslog(3) to the host's own log: libc's writes to /dev/log where no library can stand in front of it. RFC 3164 §4.1.
// Preloaded; see view.hpp.
#include "sandbox/libc_only/view.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace {

using namespace watershed::sandbox::libc_only;

constexpr std::size_t line_octets = 16 * 1024;
constexpr int out_of_the_way = 900;  // programs give low descriptors a meaning

const char* tag = nullptr;
int log_options = 0;
int default_facility = LOG_USER;
int mask = 0xff;
int log_socket = -1;

// Opened early, for after a chroot(2) it can be no more.
void open_socket() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (view().is_chrooted || std::strlen(view().log) >= sizeof address.sun_path) return;
  std::strcpy(address.sun_path, view().log);
  const int low = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (low < 0) return;
  const int high = ::fcntl(low, F_DUPFD_CLOEXEC, out_of_the_way);
  log_socket = high >= 0 ? high : low;
  if (high >= 0) ::close(low);
  if (::connect(log_socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
  ::close(log_socket);
  log_socket = -1;
}

void write_line(int priority, const char* format, va_list list) {
  const int before = errno;
  if ((priority & LOG_FACMASK) == 0) priority |= default_facility;
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  char line[line_octets];
  const char* name = tag == nullptr ? program_invocation_short_name : tag;
  int used = std::snprintf(line, sizeof line, "<%d>%.3s %2d %02d:%02d:%02d %.200s", priority, months + 3 * parts.tm_mon,
                           parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, name);
  if ((log_options & LOG_PID) != 0) {
    used += std::snprintf(line + used, sizeof line - static_cast<std::size_t>(used), "[%d]", ::getpid());
  }
  used += std::snprintf(line + used, sizeof line - static_cast<std::size_t>(used), ": ");
  errno = before;  // for %m
  const int text = std::vsnprintf(line + used, sizeof line - static_cast<std::size_t>(used), format, list);
  std::size_t octets = static_cast<std::size_t>(used) + static_cast<std::size_t>(text < 0 ? 0 : text);
  if (octets >= sizeof line) octets = sizeof line - 1;
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (log_socket < 0) open_socket();
    if (log_socket >= 0 && ::send(log_socket, line, octets, MSG_NOSIGNAL) >= 0) break;
    // Somebody closed it, or the log was opened anew.
    if (log_socket >= 0 && errno != EBADF && !view().is_chrooted) ::close(log_socket);
    if (!view().is_chrooted) log_socket = -1;
  }
  errno = before;
}

bool is_wanted(int priority) { return (LOG_MASK(LOG_PRI(priority)) & mask) != 0; }

}  // namespace

extern "C" {

void openlog(const char* name, int options, int facility) {
  tag = name;
  log_options = options;
  if (facility != 0 && (facility & ~LOG_FACMASK) == 0) default_facility = facility;
  if (log_socket < 0) open_socket();
}
void closelog() { tag = nullptr; }
int setlogmask(int wanted) noexcept {
  const int before = mask;
  if (wanted != 0) mask = wanted;
  return before;
}
void vsyslog(int priority, const char* format, va_list list) {
  if (is_wanted(priority)) write_line(priority, format, list);
}
void __vsyslog_chk(int priority, int, const char* format, va_list list) { ::vsyslog(priority, format, list); }
void syslog(int priority, const char* format, ...) {
  va_list list;
  va_start(list, format);
  ::vsyslog(priority, format, list);
  va_end(list);
}
void __syslog_chk(int priority, int, const char* format, ...) {
  va_list list;
  va_start(list, format);
  ::vsyslog(priority, format, list);
  va_end(list);
}
}
