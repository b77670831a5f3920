// See user_map.hpp.
#include "sandbox/user_map.hpp"

#include <fmt/format.h>

#include <pwd.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace watershed::sandbox {

namespace {

constexpr unsigned ids_inside = 65'535;

// The first range that /etc/subuid or /etc/subgid gives to this user: `name:start:count`. subuid(5)
std::optional<unsigned> first_subordinate(const char* file, uid_t user) {
  const passwd* entry = ::getpwuid(user);
  const std::string by_name = entry == nullptr ? "" : std::string(entry->pw_name) + ":";
  const std::string by_number = std::to_string(user) + ":";
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    const std::string& start = !by_name.empty() && line.starts_with(by_name) ? by_name : by_number;
    if (!line.starts_with(start)) continue;
    unsigned first = 0;
    unsigned count = 0;
    const char* const end = line.data() + line.size();
    const auto read_first = std::from_chars(line.data() + start.size(), end, first);
    if (read_first.ec != std::errc{} || read_first.ptr == end) continue;
    if (std::from_chars(read_first.ptr + 1, end, count).ec == std::errc{} && count >= ids_inside) return first;
  }
  return std::nullopt;
}

bool run(const char* program, std::vector<std::string> words) {
  std::vector<char*> arguments;
  std::string name = program;
  arguments.push_back(name.data());
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  if (::posix_spawnp(&child, program, nullptr, nullptr, arguments.data(), environ) != 0) return false;
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path);
  out << text;
  return static_cast<bool>(out.flush());
}

Result<void, Error> map_all(pid_t child) {
  const auto first_user = first_subordinate("/etc/subuid", ::geteuid());
  const auto first_group = first_subordinate("/etc/subgid", ::geteuid());
  if (!first_user || !first_group) return Error{"/etc/subuid and /etc/subgid give this user no 65535 ids"};
  const auto words = [child](unsigned own, unsigned first) {
    return std::vector<std::string>{
        std::to_string(child), "0", std::to_string(own), "1", "1", std::to_string(first), std::to_string(ids_inside)};
  };
  if (!run("newuidmap", words(::geteuid(), *first_user))) return Error{"newuidmap refused or is not installed"};
  if (!run("newgidmap", words(::getegid(), *first_group))) return Error{"newgidmap refused or is not installed"};
  return {};
}

Result<void, Error> map_one(pid_t child) {
  const std::string folder = fmt::format("/proc/{}/", child);
  if (!write_file(folder + "uid_map", fmt::format("0 {} 1\n", ::geteuid()))) {
    return Error{"the system refused the map of users"};
  }
  // user_namespaces(7): without privileges groups may be mapped only once setgroups is denied.
  write_file(folder + "setgroups", "deny");
  if (!write_file(folder + "gid_map", fmt::format("0 {} 1\n", ::getegid()))) {
    return Error{"the system refused the map of groups"};
  }
  return {};
}

}  // namespace

Result<void, Error> map_users(Level level, pid_t child) {
  if (level == Level::mapped_user) return map_all(child);
  if (level == Level::single_user) return map_one(child);
  return {};
}

}  // namespace watershed::sandbox
