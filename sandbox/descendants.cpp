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
#include <string>
#include <thread>

namespace watershed::sandbox {

namespace {

struct Status {
  char state = 'X';  // as of one that has ended
  pid_t parent = 0;
};

// `pid (name) state parent …`: the name may hold anything.
Status status_of(const std::filesystem::path& process) {
  std::ifstream in(process / "stat");
  std::string text;
  std::getline(in, text, '\0');
  const std::size_t end_of_name = text.rfind(')');
  Status status;
  if (end_of_name == std::string::npos || end_of_name + 4 >= text.size()) return status;
  status.state = text[end_of_name + 2];
  std::from_chars(text.data() + end_of_name + 4, text.data() + text.size(), status.parent);
  return status;
}

bool is_still(pid_t process) {
  const char state = status_of("/proc/" + std::to_string(process)).state;
  return state == 'T' || state == 'Z' || state == 'X';
}

}  // namespace

std::vector<pid_t> descendants_of(pid_t ancestor) {
  std::multimap<pid_t, pid_t> children;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename().string();
    pid_t process = 0;
    std::from_chars(name.data(), name.data() + name.size(), process);
    if (process != 0) children.emplace(status_of(entry.path()).parent, process);
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
  // A signal does not take effect at once, and who loses his parent while the list is made is missing from it: only two
  // lists of which nobody moves are the end. What hangs in the kernel is not waited for any longer than this.
  constexpr int rounds_max = 1000;
  int still_rounds = 0;
  for (int round = 0; round < rounds_max && still_rounds < 2; ++round) {
    ++still_rounds;
    for (const pid_t process : descendants_of(ancestor)) {
      if (process == ::getpid() || is_still(process)) continue;
      ::kill(process, SIGSTOP);
      still_rounds = 0;
    }
    if (still_rounds == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
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
