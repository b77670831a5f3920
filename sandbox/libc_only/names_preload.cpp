// The host's name, its interfaces, and its name server. Preloaded; see view.hpp.
//
// libc's own resolver makes its sockets where no library can stand in front of it, and reads the machine's resolv.conf:
// it is told of the world's name server before every question. resolver(3)
#include "sandbox/libc_only/real_call.hpp"
#include "sandbox/libc_only/view.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <resolv.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using namespace watershed::sandbox::libc_only;

// As the harness's resolv.conf says it: one server, the host's own address; `timeout:1 attempts:2`, and the search list
// that follows from the host's name.
void point(res_state state) {
  sockaddr_in& server = state->nsaddr_list[0];
  std::memset(&server, 0, sizeof server);
  server.sin_family = AF_INET;
  server.sin_addr.s_addr = htonl(view().own);
  server.sin_port = htons(NAMESERVER_PORT);
  state->nscount = 1;
  state->retrans = 1;
  state->retry = 2;
  const char* dot = std::strchr(view().hostname, '.');
  std::snprintf(state->defdname, sizeof state->defdname, "%s", dot == nullptr ? "" : dot + 1);
  state->dnsrch[0] = state->defdname[0] == '\0' ? nullptr : state->defdname;
  state->dnsrch[1] = nullptr;
}

// Each thread has a state of its own.
void point_own() {
  res_state state = &_res;
  const bool is_ready = (state->options & RES_INIT) != 0 && state->nscount == 1 &&
                        state->nsaddr_list[0].sin_addr.s_addr == htonl(view().own);
  if (is_ready) return;
  static const auto real = real_call<int (*)(res_state)>("__res_ninit");
  if (real(state) == 0) point(state);
}

template <class Call>
auto ask(Call call) {
  point_own();
  return call();
}

struct Interfaces {
  ifaddrs entries[256];
  sockaddr_in addresses[256];
  sockaddr_in masks[256];
  char name[4];
};

void add_interface(Interfaces& all, std::size_t& used, in_addr_t address, in_addr_t mask) {
  all.addresses[used].sin_family = all.masks[used].sin_family = AF_INET;
  all.addresses[used].sin_addr.s_addr = htonl(address);
  all.masks[used].sin_addr.s_addr = htonl(mask);
  ifaddrs& entry = all.entries[used];
  entry.ifa_name = all.name;
  entry.ifa_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING;
  entry.ifa_addr = reinterpret_cast<sockaddr*>(&all.addresses[used]);
  entry.ifa_netmask = reinterpret_cast<sockaddr*>(&all.masks[used]);
  if (used > 0) all.entries[used - 1].ifa_next = &entry;
  ++used;
}

}  // namespace

extern "C" {

int gethostname(char* name, size_t octets) noexcept {
  const std::size_t wanted = std::strlen(view().hostname) + 1;
  if (wanted > octets) {
    errno = ENAMETOOLONG;
    return -1;
  }
  std::memcpy(name, view().hostname, wanted);
  return 0;
}
int __gethostname_chk(char* name, size_t octets, size_t) noexcept { return ::gethostname(name, octets); }
int uname(utsname* names) noexcept {
  static const auto real = real_call<decltype(&::uname)>("uname");
  const int result = real(names);
  if (result == 0) std::snprintf(names->nodename, sizeof names->nodename, "%s", view().hostname);
  return result;
}

// As in a namespace of its own: lo alone, which has all addresses of the world.
int getifaddrs(ifaddrs** list) noexcept {
  auto* all = static_cast<Interfaces*>(std::calloc(1, sizeof(Interfaces)));
  if (all == nullptr) return -1;
  std::memcpy(all->name, "lo", sizeof "lo");
  std::size_t used = 0;
  add_interface(*all, used, INADDR_LOOPBACK, 0xff000000);
  for (unsigned octet = first_address_octet; octet <= last_address_octet; ++octet) {
    if (view().world[octet] != 0) add_interface(*all, used, view().world[octet], 0xffffffff);
  }
  *list = all->entries;
  return 0;
}
void freeifaddrs(ifaddrs* list) noexcept { std::free(list); }

int __res_ninit(res_state state) noexcept {
  static const auto real = real_call<int (*)(res_state)>("__res_ninit");
  const int result = real(state);
  if (result == 0) point(state);
  return result;
}
int __res_init() noexcept { return __res_ninit(&_res); }

int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** result) {
  static const auto real = real_call<decltype(&::getaddrinfo)>("getaddrinfo");
  return ask([&] { return real(name, service, hints, result); });
}
int getnameinfo(const sockaddr* address, socklen_t octets, char* host, socklen_t host_octets, char* service,
                socklen_t service_octets, int flags) {
  static const auto real = real_call<decltype(&::getnameinfo)>("getnameinfo");
  return ask([&] { return real(address, octets, host, host_octets, service, service_octets, flags); });
}
hostent* gethostbyname(const char* name) {
  static const auto real = real_call<decltype(&::gethostbyname)>("gethostbyname");
  return ask([&] { return real(name); });
}
hostent* gethostbyname2(const char* name, int family) {
  static const auto real = real_call<decltype(&::gethostbyname2)>("gethostbyname2");
  return ask([&] { return real(name, family); });
}
hostent* gethostbyaddr(const void* address, socklen_t octets, int family) {
  static const auto real = real_call<decltype(&::gethostbyaddr)>("gethostbyaddr");
  return ask([&] { return real(address, octets, family); });
}
int gethostbyname_r(const char* name, hostent* entry, char* buffer, size_t octets, hostent** result, int* error) {
  static const auto real = real_call<decltype(&::gethostbyname_r)>("gethostbyname_r");
  return ask([&] { return real(name, entry, buffer, octets, result, error); });
}
int gethostbyname2_r(const char* name, int family, hostent* entry, char* buffer, size_t octets, hostent** result,
                     int* error) {
  static const auto real = real_call<decltype(&::gethostbyname2_r)>("gethostbyname2_r");
  return ask([&] { return real(name, family, entry, buffer, octets, result, error); });
}
int gethostbyaddr_r(const void* address, socklen_t length, int family, hostent* entry, char* buffer, size_t octets,
                    hostent** result, int* error) {
  static const auto real = real_call<decltype(&::gethostbyaddr_r)>("gethostbyaddr_r");
  return ask([&] { return real(address, length, family, entry, buffer, octets, result, error); });
}
int res_query(const char* name, int of_class, int type, unsigned char* answer, int octets) noexcept {
  static const auto real = real_call<decltype(&::res_query)>("res_query");
  return ask([&] { return real(name, of_class, type, answer, octets); });
}
int res_search(const char* name, int of_class, int type, unsigned char* answer, int octets) noexcept {
  static const auto real = real_call<decltype(&::res_search)>("res_search");
  return ask([&] { return real(name, of_class, type, answer, octets); });
}
int res_querydomain(const char* name, const char* domain, int of_class, int type, unsigned char* answer,
                    int octets) noexcept {
  static const auto real = real_call<decltype(&::res_querydomain)>("res_querydomain");
  return ask([&] { return real(name, domain, of_class, type, answer, octets); });
}
int res_send(const unsigned char* query, int query_octets, unsigned char* answer, int octets) noexcept {
  static const auto real = real_call<decltype(&::res_send)>("res_send");
  return ask([&] { return real(query, query_octets, answer, octets); });
}
}
