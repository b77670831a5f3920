// A sandbox: one function of this program, run as a process of its own in fresh namespaces, with an own loopback, an
// own /dev, and a root file system that cannot be written. There is no way out, and nothing of it outlives it.
//
// The first process of the PID namespace only reaps; when the function's process ends, or whoever started the sandbox
// dies, the kernel kills everything inside, and mounts, addresses and queues go with the last process.
// At Level::loopback_addresses there are none of these: see supervisor.hpp and libc_only/.
// namespaces(7), pid_namespaces(7), user_namespaces(7), mount_namespaces(7)
#pragma once

#include "base/ip_address.hpp"
#include "base/result.hpp"
#include "sandbox/level.hpp"

#include <sys/types.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace watershed::sandbox {

namespace libc_only {
struct Confinement;
}

/// What the function inside finds.
struct Inside {
  Level level = Level::root_namespaces;
  std::filesystem::path work;  ///< an empty folder in memory, gone with the sandbox
  /// At Level::loopback_addresses alone: the folder is on disk, and what programs see is for write_view to say.
  std::shared_ptr<const libc_only::Confinement> confinement = nullptr;
};

struct SandboxOptions {
  Level level = Level::root_namespaces;
  std::vector<IpAddress> addresses;             ///< brought up on the private loopback
  std::vector<std::filesystem::path> writable;  ///< existing folders that stay writable and keep what is written
  std::vector<std::filesystem::path> needed;    ///< paths that the sandbox's own mounts must not hide
};

class Sandbox {
 public:
  /// Runs `body` inside. Call it in a process with one thread. The error says which step the system refused.
  static Result<Sandbox, Error> start(const SandboxOptions& options, const std::function<int(const Inside&)>& body);

  Sandbox(Sandbox&& other) noexcept;
  Sandbox& operator=(Sandbox&& other) noexcept;
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  /// Kills what is still there, and waits for the end.
  ~Sandbox();

  /// Waits for the end: the body's return value, or 128 + the signal that ended it.
  int wait();
  void kill();
  pid_t pid() const { return pid_; }

 private:
  Sandbox() = default;
  pid_t pid_ = 0;
  int end_signal_ = SIGKILL;
};

}  // namespace watershed::sandbox
