// See level.hpp.
#include "sandbox/level.hpp"

#include "sandbox/libc_only/confinement.hpp"
#include "sandbox/sandbox.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace watershed::sandbox {

namespace {

constexpr std::array levels = {Level::root_namespaces, Level::mapped_user, Level::single_user,
                               Level::loopback_addresses};

// A program that gives a file away must believe that it did; the kernel alone refuses, there being nobody to give it
// to.
int try_preloading(const std::filesystem::path& work) {
  const std::filesystem::path file = work / "file";
  std::ofstream(file).close();
  ::execl("/usr/bin/chown", "chown", "1:1", file.c_str(), nullptr);
  return 127;
}

// What the level needs of root's rights, and whether programs see what they are shown.
int try_showing(const Inside& inside) {
  const auto refused = [](const char* what) {
    std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
    return 1;
  };
  if (::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) < 0) return refused("capturing packets (CAP_NET_RAW)");
  const std::filesystem::path folder = inside.work / "probe";
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "file").close();
  if (::chown(folder.c_str(), 1, 1) != 0) return refused("giving files away (CAP_CHOWN)");
  const auto settings = libc_only::write_view(
      *inside.confinement, {"probe.example", IpAddress{.bytes = {192, 0, 2, 25}}, {{folder, "/run"}}});
  if (!settings) return 1;
  for (const auto& [name, value] : *settings) ::setenv(name.c_str(), value.c_str(), 1);
  if (::chroot("/") != 0) return refused("chroot (CAP_SYS_CHROOT)");
  if (::setgid(1) != 0 || ::setuid(1) != 0) return refused("becoming somebody else (CAP_SETUID, CAP_SETGID)");
  ::execl("/bin/sh", "sh", "-c", "test -f /run/file", nullptr);
  return refused("/bin/sh");
}

int try_level(const Inside& inside) {
  if (inside.level == Level::single_user) return try_preloading(inside.work);
  return inside.level == Level::loopback_addresses ? try_showing(inside) : 0;
}

Probe probe(Level level) {
  SandboxOptions options;
  options.level = level;
  options.addresses = {IpAddress{.bytes = {192, 0, 2, 25}}};
  options.needed = {std::filesystem::current_path()};
  auto sandbox = Sandbox::start(options, try_level);
  if (!sandbox) return {level, false, sandbox.error().message};
  const int code = sandbox->wait();
  return {level, code == 0, code == 0 ? "" : "the sandbox ended with " + std::to_string(code)};
}

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::root_namespaces:
      return "root-namespaces";
    case Level::mapped_user:
      return "mapped-user-namespace";
    case Level::single_user:
      return "single-user-namespace";
    case Level::loopback_addresses:
      break;
  }
  return "loopback-addresses";
}

bool is_kept_by_kernel(Level level) { return level != Level::loopback_addresses; }

std::optional<Level> find_level(std::string_view name) {
  for (const Level level : levels) {
    if (to_string(level) == name) return level;
  }
  return std::nullopt;
}

std::vector<Probe> probe_levels() {
  std::vector<Probe> probes;
  for (const Level level : levels) probes.push_back(probe(level));
  return probes;
}

bool works(Level level) { return probe(level).works; }

std::optional<Level> best_level() {
  for (const Level level : levels) {
    if (probe(level).works) return level;
  }
  return std::nullopt;
}

}  // namespace watershed::sandbox
