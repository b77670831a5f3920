// A child process as one of a host's programs: it sees the host's files in place of the machine's, and its end is an
// event. Boost.Process starts it; what surrounds it is ours.
#pragma once

#include "base/ip_address.hpp"
#include "base/result.hpp"
#include "stage/input_watch.hpp"

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace watershed::sandbox {

namespace libc_only {
struct Confinement;
}

/// A host of the world as its programs see it: a mount namespace and a name of its own. Where the kernel gives none
/// (Level::loopback_addresses), a view of the same (see libc_only/).
struct Place {
  std::string hostname;
  struct Mount {
    std::filesystem::path source;
    std::filesystem::path target;
  };
  std::vector<Mount> mounts;  ///< in order
  std::shared_ptr<const libc_only::Confinement> confinement = nullptr;
  IpAddress address = {};  ///< the host's first; asked for with a confinement alone
};

struct ProcessOptions {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;
  /// File that standard output and error are appended to; empty: the terminal of this process, input included.
  std::filesystem::path output;
};

class Process {
 public:
  /// Starts a program at a place, as leader of a session of its own.
  static Result<std::unique_ptr<Process>, Error> start(stage::RealExecutor& executor, const Place& place,
                                                       const ProcessOptions& options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// True when it has ended; false when the deadline came first.
  stage::Task<bool> wait(stage::Time deadline);
  bool is_running();
  /// Exit code, or 128 + the signal, of a process that has ended.
  int exit_code() const { return exit_code_; }
  pid_t pid() const { return pid_; }
  /// To the process and to everything of its session's process group.
  void signal(int number);

 private:
  struct Child;
  explicit Process(std::unique_ptr<Child> child);
  std::unique_ptr<Child> child_;
  std::unique_ptr<stage::InputWatch> end_;
  pid_t pid_ = 0;
  int exit_code_ = 0;
  bool reaped_ = false;
};

}  // namespace watershed::sandbox
