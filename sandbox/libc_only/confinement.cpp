// See confinement.hpp.
#include "sandbox/libc_only/confinement.hpp"

#include "sandbox/libc_only/view.hpp"
#include "sandbox/set_id_programs.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

// The library's bytes, between two names. CMake builds it before this file and says where it is.
asm(".section .rodata\n"
    "watershed_libc_only_begin: .incbin \"" WATERSHED_PRELOAD_FILE
    "\"\n"
    "watershed_libc_only_end: .byte 0\n"
    ".previous\n");
extern "C" {
extern const char watershed_libc_only_begin[];
extern const char watershed_libc_only_end[];
}

namespace watershed::sandbox::libc_only {

namespace fs = std::filesystem;

namespace {

constexpr std::uint16_t lock_port = 61'999;

IpAddress in_network(const IpAddress& network, unsigned last_octet) {
  IpAddress address = network;
  address.bytes[3] = static_cast<std::uint8_t>(last_octet);
  return address;
}

// A socket that nobody else can bind while it is open; -1 with errno.
int bound(int type, const IpAddress& address, std::uint16_t port) {
  const int socket = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  if (socket < 0) return -1;
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  std::memcpy(&at.sin_addr, address.bytes.data(), sizeof at.sin_addr);
  // The address family decides what is behind the pointer. NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) return socket;
  const int why = errno;
  ::close(socket);
  errno = why;
  return -1;
}

Result<void, Error> check_ports(const IpAddress& address) {
  constexpr std::pair<int, std::uint16_t> needed[] = {
      {SOCK_STREAM, 25}, {SOCK_STREAM, 24}, {SOCK_STREAM, 53}, {SOCK_DGRAM, 53}};
  for (const auto& [type, port] : needed) {
    const int socket = bound(type, address, port);
    if (socket < 0) {
      return Error{fmt::format("port {} of {} cannot be had: {}{}", port, to_string(address), std::strerror(errno),
                               errno == EADDRINUSE ? " (something listens on all addresses of this machine)" : "")};
    }
    ::close(socket);
  }
  return {};
}

Result<void, Error> write_library(const fs::path& file) {
  std::ofstream out(file, std::ios::binary);
  out.write(watershed_libc_only_begin, watershed_libc_only_end - watershed_libc_only_begin);
  if (!out.flush()) return Error{"cannot write " + file.string()};
  return {};
}

// ld.so(8) preloads nothing into programs that change the user by their own bits; these do without them here.
Result<void, Error> copy_programs(Confinement& confinement) {
  const fs::path folder = confinement.work / "programs";
  std::error_code error;
  fs::create_directory(folder, error);
  for (const SetIdProgram& each : set_id_programs) {
    const fs::path program = each.path;
    if (!fs::exists(program, error)) continue;
    const fs::path copy = folder / program.filename();
    fs::copy_file(program, copy, error);
    if (!error) fs::permissions(copy, fs::perms(0755), error);
    if (error) return Error{fmt::format("cannot copy {}: {}", program.string(), error.message())};
    confinement.programs.push_back({copy, program});
  }
  return {};
}

}  // namespace

Result<Claim, Error> claim_addresses(std::span<const IpAddress> world) {
  if (world.size() > last_address_octet - first_address_octet + 1)
    return Error{fmt::format("{} addresses are more than 127.x.y.0/24 holds", world.size())};
  Claim claim;
  // 127.0 and 127.1 are what people use by hand.
  constexpr unsigned first = 0x0200;
  constexpr unsigned count = 0xfe00 - first;
  for (unsigned attempt = 0; attempt < count && claim.lock < 0; ++attempt) {
    const unsigned place = first + (static_cast<unsigned>(::getpid()) * 7 + attempt) % count;
    claim.network.bytes = {127, static_cast<std::uint8_t>(place >> 8), static_cast<std::uint8_t>(place)};
    claim.lock = bound(SOCK_STREAM, in_network(claim.network, lock_octet), lock_port);
    if (claim.lock < 0 && errno != EADDRINUSE)
      return Error{fmt::format("no address in 127.0.0.0/8: {}", std::strerror(errno))};
  }
  if (claim.lock < 0) return Error{"all of 127.0.0.0/8 is taken"};
  claim.addresses.add(*parse_ip_address("127.0.0.1"), in_network(claim.network, own_loopback_octet));
  unsigned octet = first_address_octet;
  for (const IpAddress& address : world) {
    if (address.is_v6) continue;  // nothing of IPv6 is there; the lane skips such worlds
    if (claim.addresses.by_world().count(address) == 0)
      claim.addresses.add(address, in_network(claim.network, octet++));
  }
  if (const auto free = check_ports(in_network(claim.network, first_address_octet)); !free) {
    ::close(claim.lock);
    return free.error();
  }
  return Result<Claim, Error>(boost::system::in_place_value, std::move(claim));
}

Result<Confinement, Error> make_confinement(const Claim& claim) {
  std::error_code error;
  if (fs::exists("/run/nscd/socket", error) || fs::exists("/var/run/nscd/socket", error))
    return Error{"nscd answers names on this machine, past any library"};
  // Short: a unix socket's path has 108 octets, and /tmp is what everybody may enter.
  std::string name = fs::temp_directory_path(error) / "watershed.XXXXXX";
  if (error || ::mkdtemp(name.data()) == nullptr)
    return Error{fmt::format("no folder below {}: {}", name, std::strerror(errno))};
  Confinement confinement;
  confinement.work = name;
  confinement.addresses = claim.addresses;
  confinement.network = claim.network;
  confinement.library = confinement.work / "libc-only.so";
  fs::permissions(confinement.work, fs::perms(0755), error);
  fs::create_directory(confinement.work / "views", error);
  auto made = write_library(confinement.library);
  if (made) made = copy_programs(confinement);
  if (made) return Result<Confinement, Error>(boost::system::in_place_value, std::move(confinement));
  fs::remove_all(confinement.work, error);
  return made.error();
}

Result<Settings, Error> write_view(const Confinement& confinement, const HostView& view) {
  std::string text =
      fmt::format("host {}\nwork {}\nnetwork {}\nown {}\n", view.hostname, confinement.work.string(),
                  to_string(confinement.network), to_string(confinement.addresses.to_wire(view.address)));
  for (const auto& [world, wire] : confinement.addresses.by_world()) {
    if (world.bytes[0] != 127) text += fmt::format("address {} {}\n", to_string(world), to_string(wire));
  }
  const auto show = [&text](const fs::path& shown, const fs::path& real) {
    text += fmt::format("path {} {}\n", shown.string(), real.string());
  };
  for (const Shown& program : confinement.programs) show(program.shown, program.real);
  for (const Shown& path : view.paths) {
    show(path.shown, path.real);
    // Debian's symbolic links, which the kernel would follow past the library.
    if (path.shown == "/var/mail") show("/var/spool/mail", path.real);
    if (path.shown != "/run") continue;
    show("/var/run", path.real);
    show("/dev/log", path.real / "log");
    text += fmt::format("log {}\n", (path.real / "log").string());
  }
  const fs::path file = confinement.work / "views" / view.hostname;
  const fs::path next = file.string() + ".next";
  std::ofstream out(next);
  out << text;
  // Replaced in one go: programs of the host may be starting just now.
  std::error_code error;
  if (out.flush()) fs::rename(next, file, error);
  if (!out || error || text.size() >= View::text_max || view.paths.size() + 16 > View::paths_max)
    return Error{"cannot write " + file.string()};
  return Settings{{"LD_PRELOAD", confinement.library.string()}, {view_variable, file.string()}};
}

}  // namespace watershed::sandbox::libc_only
