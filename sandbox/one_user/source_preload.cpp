// A host's programs speak from its address. On a loopback that all hosts share, a socket that was not bound would speak
// from the address that it speaks to. Where users are real a routing rule sees to it (see speak_from); here all
// programs are one user's, and the library binds the socket. Preloaded.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace {

constexpr std::size_t text_max = 1024;

bool is_any(const in_addr& address) { return address.s_addr == 0; }
bool is_local(const in_addr& address) { return ntohl(address.s_addr) >> 24 == 127; }

// This host's line in its hosts(5) file: `192.0.2.30 store.example`. The harness writes it.
bool own_address(in_addr& address) {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0) return false;
  const int file = ::open("/etc/hosts", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char text[text_max] = {};
  const ssize_t got = ::read(file, text, sizeof text - 1);
  ::close(file);
  if (got <= 0) return false;
  char* rest = nullptr;
  for (char* line = ::strtok_r(text, "\n", &rest); line != nullptr; line = ::strtok_r(nullptr, "\n", &rest)) {
    char* blank = std::strchr(line, ' ');
    if (blank == nullptr || std::strcmp(blank + 1, name) != 0) continue;
    *blank = '\0';
    return ::inet_pton(AF_INET, line, &address) == 1;
  }
  return false;
}

void bind_to_own(int socket, const sockaddr* to, socklen_t octets) {
  if (to == nullptr || octets < sizeof(sockaddr_in) || to->sa_family != AF_INET) return;
  const auto& peer = *reinterpret_cast<const sockaddr_in*>(to);
  if (is_any(peer.sin_addr) || is_local(peer.sin_addr)) return;
  sockaddr_in now{};
  socklen_t size = sizeof now;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&now), &size) != 0) return;
  if (now.sin_family != AF_INET || !is_any(now.sin_addr) || now.sin_port != 0) return;
  sockaddr_in own{};
  own.sin_family = AF_INET;
  if (own_address(own.sin_addr)) ::bind(socket, reinterpret_cast<const sockaddr*>(&own), sizeof own);
}

}  // namespace

extern "C" int connect(int socket, const sockaddr* to, socklen_t octets) {
  const int before = errno;
  bind_to_own(socket, to, octets);
  errno = before;
  return static_cast<int>(::syscall(SYS_connect, socket, to, octets));
}
