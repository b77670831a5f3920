// See descendants.hpp.
#include "sandbox/descendants.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <thread>

namespace watershed::sandbox {

namespace {

// `pid (name) state parent …`: the name may hold anything.
pid_t parent_of(const std::filesystem::path& process) {
  std::ifstream in(process / "stat");
  std::string text;
  std::getline(in, text, '\0');
  const std::size_t end_of_name = text.rfind(')');
  pid_t parent = 0;
  if (end_of_name == std::string::npos || end_of_name + 4 >= text.size()) return 0;
  std::from_chars(text.data() + end_of_name + 4, text.data() + text.size(), parent);
  return parent;
}

}  // namespace

std::vector<pid_t> descendants_of(pid_t ancestor) {
  std::multimap<pid_t, pid_t> children;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename().string();
    pid_t process = 0;
    std::from_chars(name.data(), name.data() + name.size(), process);
    if (process != 0) children.emplace(parent_of(entry.path()), process);
  }
  std::vector<pid_t> found;
  std::vector<pid_t> open{ancestor};
  while (!open.empty()) {
    const auto [first, last] = children.equal_range(open.back());
    open.pop_back();
    for (auto each = first; each != last; ++each) {
      found.push_back(each->second);
      open.push_back(each->second);
    }
  }
  return found;
}

void stop_descendants(pid_t ancestor) {
  std::set<pid_t> stopped{::getpid()};
  // What is stopped starts nobody, so at last nobody new turns up.
  for (bool anybody_new = true; anybody_new;) {
    anybody_new = false;
    for (const pid_t process : descendants_of(ancestor)) {
      if (!stopped.insert(process).second) continue;
      ::kill(process, SIGSTOP);
      anybody_new = true;
    }
  }
}

void kill_descendants() {
  for (;;) {
    for (const pid_t process : descendants_of(::getpid())) ::kill(process, SIGKILL);
    for (;;) {
      const pid_t ended = ::waitpid(-1, nullptr, WNOHANG);
      if (ended < 0 && errno == ECHILD) return;  // nobody is left
      if (ended <= 0) break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace watershed::sandbox
