// Sockets speak of the world's addresses, the kernel of the run's own in 127.0.0.0/8. What goes to any other address
// goes nowhere: the call fails, and a notice on the wire tells the witness of it. Preloaded; see view.hpp.
#include "sandbox/libc_only/real_call.hpp"
#include "sandbox/libc_only/view.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using namespace watershed::sandbox::libc_only;

int real_bind(int socket, const sockaddr* at, socklen_t octets) {
  static const auto real = real_call<decltype(&::bind)>("bind");
  return real(socket, at, octets);
}
int real_name(int socket, sockaddr* name, socklen_t* octets) {
  static const auto real = real_call<decltype(&::getsockname)>("getsockname");
  return real(socket, name, octets);
}

int type_of(int socket) {
  int type = 0;
  socklen_t octets = sizeof type;
  ::getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &octets);
  return type;
}

int refuse(int error) {
  errno = error;
  return -1;
}

// On a loopback that all share, a socket that was not bound would speak from 127.0.0.1.
void bind_to_own(int socket, in_addr_t to) {
  sockaddr_in now{};
  socklen_t octets = sizeof now;
  if (real_name(socket, reinterpret_cast<sockaddr*>(&now), &octets) != 0) return;
  if (now.sin_family != AF_INET || now.sin_addr.s_addr != 0 || now.sin_port != 0) return;
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  const in_addr_t loopback = view().network | own_loopback_octet;
  now.sin_addr.s_addr = htonl(to == loopback ? loopback : view().own);
  real_bind(socket, reinterpret_cast<const sockaddr*>(&now), sizeof now);
}

void tell_of(int socket, const sockaddr* to) {
  Notice notice;
  notice.family = static_cast<unsigned char>(to->sa_family);
  notice.protocol = type_of(socket) == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
  if (to->sa_family == AF_INET) {
    const auto& peer = *reinterpret_cast<const sockaddr_in*>(to);
    std::memcpy(notice.port, &peer.sin_port, sizeof notice.port);
    std::memcpy(notice.address, &peer.sin_addr, sizeof peer.sin_addr);
  } else {
    const auto& peer = *reinterpret_cast<const sockaddr_in6*>(to);
    std::memcpy(notice.port, &peer.sin6_port, sizeof notice.port);
    std::memcpy(notice.address, &peer.sin6_addr, sizeof peer.sin6_addr);
  }
  static const auto real_sendto = real_call<decltype(&::sendto)>("sendto");
  const int messenger = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(view().network | notice_octet);
  at.sin_port = htons(notice_port);
  if (messenger >= 0) bind_to_own(messenger, 0);
  const bool told = messenger >= 0 && real_sendto(messenger, &notice, sizeof notice, 0,
                                                  reinterpret_cast<const sockaddr*>(&at), sizeof at) >= 0;
  // What cannot be told of must not happen either: a program that dies is seen.
  if (!told) std::abort();
  ::close(messenger);
}

/// Another address in place of a program's, in a place of its own.
struct Translated {
  Translated() = default;
  Translated(const Translated&) = delete;
  Translated& operator=(const Translated&) = delete;
  ~Translated() {
    if (folder < 0) return;
    const int before = errno;
    ::close(folder);
    errno = before;
  }

  sockaddr_storage storage{};
  const sockaddr* address = nullptr;
  socklen_t octets = 0;
  int error = 0;
  int folder = -1;  // of a unix socket whose path has not room enough
};

void translate_unix(const sockaddr* given, socklen_t octets, Translated& into) {
  const auto& path = *reinterpret_cast<const sockaddr_un*>(given);
  if (octets <= offsetof(sockaddr_un, sun_path) || path.sun_path[0] != '/') return;
  char shown[sizeof path.sun_path + 1] = {};
  std::memcpy(shown, path.sun_path, octets - offsetof(sockaddr_un, sun_path));
  char buffer[PATH_MAX];
  const char* real = real_path(shown, buffer);
  auto& wanted = reinterpret_cast<sockaddr_un&>(into.storage);
  std::size_t real_octets = std::strlen(real);
  wanted.sun_family = AF_UNIX;
  if (real_octets < sizeof wanted.sun_path) {
    std::memcpy(wanted.sun_path, real, real_octets + 1);
  } else {
    // unix(7): 108 octets. A program's short path may be a long one below the run's folder.
    char* slash = std::strrchr(buffer, '/');
    *slash = '\0';
    into.folder = ::open(buffer, O_PATH | O_DIRECTORY | O_CLOEXEC);
    const int printed =
        std::snprintf(wanted.sun_path, sizeof wanted.sun_path, "/proc/self/fd/%d/%s", into.folder, slash + 1);
    if (into.folder < 0) into.error = errno;
    real_octets = static_cast<std::size_t>(printed);
    if (real_octets >= sizeof wanted.sun_path) into.error = ENAMETOOLONG;
  }
  into.address = reinterpret_cast<const sockaddr*>(&wanted);
  into.octets = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + real_octets + 1);
}

// `any`: what 0.0.0.0 means, in host order; a sender's target or a place to bind to.
void translate(const sockaddr* given, socklen_t octets, in_addr_t any, int not_of_the_world, Translated& result) {
  result.address = given;
  result.octets = octets;
  if (given == nullptr || octets < sizeof(sa_family_t)) return;
  if (given->sa_family == AF_UNIX && octets <= sizeof(sockaddr_un)) {
    translate_unix(given, octets, result);
  } else if (given->sa_family == AF_INET && octets >= sizeof(sockaddr_in)) {
    auto& wanted = reinterpret_cast<sockaddr_in&>(result.storage);
    wanted = *reinterpret_cast<const sockaddr_in*>(given);
    const in_addr_t world = ntohl(wanted.sin_addr.s_addr);
    const in_addr_t wire = world == 0 ? any : wire_address(world);
    if (wire == 0) result.error = not_of_the_world;
    wanted.sin_addr.s_addr = htonl(wire);
    result.address = reinterpret_cast<const sockaddr*>(&wanted);
    result.octets = sizeof wanted;
  } else if (given->sa_family == AF_INET6) {
    // There is no IPv6 here but ::1, where nobody listens.
    const auto& peer = *reinterpret_cast<const sockaddr_in6*>(given);
    result.error = not_of_the_world;
    if (not_of_the_world == ENETUNREACH && IN6_IS_ADDR_LOOPBACK(&peer.sin6_addr)) result.error = ECONNREFUSED;
  }
}

void find_target(int socket, const sockaddr* to, socklen_t octets, Translated& target) {
  translate(to, octets, view().network | own_loopback_octet, ENETUNREACH, target);
  if (target.error == ENETUNREACH) tell_of(socket, to);
  if (target.error == 0 && target.address != nullptr && target.address->sa_family == AF_INET) {
    bind_to_own(socket, ntohl(reinterpret_cast<const sockaddr_in*>(target.address)->sin_addr.s_addr));
  }
}

// `octets` is what the caller has room for.
void show(sockaddr* address, std::size_t octets) {
  if (address == nullptr || octets < sizeof(sockaddr_in) || address->sa_family != AF_INET) return;
  auto& internet = *reinterpret_cast<sockaddr_in*>(address);
  internet.sin_addr.s_addr = htonl(world_address(ntohl(internet.sin_addr.s_addr)));
}

// The four calls that tell an address alike.
template <class Call>
int tell(Call call, sockaddr* address, socklen_t* octets) {
  const socklen_t room = octets == nullptr ? 0 : *octets;
  const int result = call();
  if (result >= 0) show(address, room);
  return result;
}

}  // namespace

extern "C" {

int bind(int socket, const sockaddr* at, socklen_t octets) noexcept {
  Translated wanted;
  translate(at, octets, view().own, EADDRNOTAVAIL, wanted);
  if (wanted.error != 0) return refuse(wanted.error);
  return real_bind(socket, wanted.address, wanted.octets);
}

int connect(int socket, const sockaddr* to, socklen_t octets) {
  static const auto real = real_call<decltype(&::connect)>("connect");
  Translated target;
  find_target(socket, to, octets, target);
  if (target.error != 0) return refuse(target.error);
  return real(socket, target.address, target.octets);
}

ssize_t sendto(int socket, const void* data, size_t size, int flags, const sockaddr* to, socklen_t octets) {
  static const auto real = real_call<decltype(&::sendto)>("sendto");
  Translated target;
  find_target(socket, to, octets, target);
  if (target.error != 0) return refuse(target.error);
  return real(socket, data, size, flags, target.address, target.octets);
}

ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  static const auto real = real_call<decltype(&::sendmsg)>("sendmsg");
  if (message->msg_name == nullptr) return real(socket, message, flags);
  Translated target;
  find_target(socket, static_cast<const sockaddr*>(message->msg_name), message->msg_namelen, target);
  if (target.error != 0) return refuse(target.error);
  msghdr translated = *message;
  translated.msg_name = const_cast<sockaddr*>(target.address);
  translated.msg_namelen = target.octets;
  return real(socket, &translated, flags);
}

int sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags) {
  for (unsigned index = 0; index < count; ++index) {
    const ssize_t sent = ::sendmsg(socket, &messages[index].msg_hdr, flags);
    if (sent < 0) return index == 0 ? -1 : static_cast<int>(index);
    messages[index].msg_len = static_cast<unsigned>(sent);
  }
  return static_cast<int>(count);
}

ssize_t recvfrom(int socket, void* data, size_t size, int flags, sockaddr* from, socklen_t* octets) {
  static const auto real = real_call<decltype(&::recvfrom)>("recvfrom");
  const socklen_t room = octets == nullptr ? 0 : *octets;
  const ssize_t got = real(socket, data, size, flags, from, octets);
  if (got >= 0) show(from, room);
  return got;
}
ssize_t __recvfrom_chk(int socket, void* data, size_t size, size_t, int flags, sockaddr* from, socklen_t* octets) {
  return ::recvfrom(socket, data, size, flags, from, octets);
}

ssize_t recvmsg(int socket, msghdr* message, int flags) {
  static const auto real = real_call<decltype(&::recvmsg)>("recvmsg");
  const socklen_t room = message->msg_namelen;
  const ssize_t got = real(socket, message, flags);
  if (got >= 0) show(static_cast<sockaddr*>(message->msg_name), room);
  return got;
}

int recvmmsg(int socket, mmsghdr* messages, unsigned count, int flags, timespec* timeout) {
  static const auto real = real_call<decltype(&::recvmmsg)>("recvmmsg");
  const int got = real(socket, messages, count, flags, timeout);
  for (int index = 0; index < got; ++index) {
    show(static_cast<sockaddr*>(messages[index].msg_hdr.msg_name), messages[index].msg_hdr.msg_namelen);
  }
  return got;
}

int accept(int socket, sockaddr* peer, socklen_t* octets) {
  static const auto real = real_call<decltype(&::accept)>("accept");
  return tell([&] { return real(socket, peer, octets); }, peer, octets);
}
int accept4(int socket, sockaddr* peer, socklen_t* octets, int flags) {
  static const auto real = real_call<decltype(&::accept4)>("accept4");
  return tell([&] { return real(socket, peer, octets, flags); }, peer, octets);
}
int getsockname(int socket, sockaddr* name, socklen_t* octets) noexcept {
  return tell([&] { return real_name(socket, name, octets); }, name, octets);
}
int getpeername(int socket, sockaddr* name, socklen_t* octets) noexcept {
  static const auto real = real_call<decltype(&::getpeername)>("getpeername");
  return tell([&] { return real(socket, name, octets); }, name, octets);
}
}
