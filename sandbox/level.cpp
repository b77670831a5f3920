// See level.hpp.
#include "sandbox/level.hpp"

#include "sandbox/sandbox.hpp"

#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

namespace watershed::sandbox {

namespace {

constexpr std::array levels = {Level::root_namespaces, Level::mapped_user, Level::single_user};

// A program that gives a file away must believe that it did; the kernel alone refuses, there being nobody to give it
// to.
int try_preloading(const std::filesystem::path& work) {
  const std::filesystem::path file = work / "file";
  std::ofstream(file).close();
  ::execl("/usr/bin/chown", "chown", "1:1", file.c_str(), nullptr);
  return 127;
}

Probe probe(Level level) {
  SandboxOptions options;
  options.level = level;
  options.addresses = {IpAddress{.bytes = {192, 0, 2, 25}}};
  options.needed = {std::filesystem::current_path()};
  auto sandbox = Sandbox::start(
      options, [level](const Inside& inside) { return level == Level::single_user ? try_preloading(inside.work) : 0; });
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
      break;
  }
  return "single-user-namespace";
}

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
