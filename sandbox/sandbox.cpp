// See sandbox.hpp.
#include "sandbox/sandbox.hpp"

#include "sandbox/loopback.hpp"
#include "sandbox/mounts.hpp"
#include "sandbox/one_user/preload.hpp"
#include "sandbox/pipe.hpp"
#include "sandbox/set_id_programs.hpp"
#include "sandbox/supervisor.hpp"
#include "sandbox/user_map.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <utility>

namespace watershed::sandbox {

namespace {

int exit_code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

// net.unix.max_dgram_qlen of a new network namespace is 10: a program that logs its eleventh line before anybody has
// read the first stands still (unix(7)). Kernels that do not let us set it only make programs wait.
void lengthen_datagram_queues() { std::ofstream("/proc/sys/net/unix/max_dgram_qlen") << 4096; }

Result<Inside, Error> set_up(const SandboxOptions& options) {
  if (const auto up = set_up_loopback(options.addresses); !up) return up.error();
  const auto work = set_up_mounts(options.writable, options.needed);
  if (!work) return work.error();
  lengthen_datagram_queues();
  if (options.level == Level::mapped_user) {
    if (const auto copied = copy_set_id_programs(*work); !copied) return copied.error();
  }
  if (options.level == Level::single_user) {
    if (const auto preloaded = one_user::preload_everywhere(*work); !preloaded) return preloaded.error();
  }
  return Inside{.level = options.level, .work = *work};
}

// The first process: starts the body's and reaps what is orphaned, until the body ends. With it ends everything.
int reap_until_end_of(pid_t body) {
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, 0);
    if (ended == body) return exit_code_of(status);
    if (ended < 0 && errno != EINTR) return 255;
  }
}

[[noreturn]] void live_inside(const SandboxOptions& options, const std::function<int(const Inside&)>& body, Pipe& go,
                              Pipe& trouble) {
  // Whoever starts a sandbox takes it along when he dies; who died before this line has closed the pipe.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  go.close_write();
  trouble.close_read();
  char word = 0;
  if (::read(go.read_end, &word, 1) != 1) ::_exit(255);
  const auto inside = set_up(options);
  if (!inside) {
    const std::string& text = inside.error().message;
    const ssize_t ignored = ::write(trouble.write_end, text.data(), text.size());
    static_cast<void>(ignored);
    ::_exit(255);
  }
  const pid_t child = ::fork();
  if (child == 0) {
    go.close_read();
    trouble.close_write();
    ::_exit(body(*inside));
  }
  trouble.close_write();
  ::_exit(reap_until_end_of(child));
}

}  // namespace

Result<Sandbox, Error> Sandbox::start(const SandboxOptions& options, const std::function<int(const Inside&)>& body) {
  if (options.level == Level::loopback_addresses) {
    const auto supervisor = start_supervised(options, body);
    if (!supervisor) return supervisor.error();
    Sandbox started;
    started.pid_ = *supervisor;
    started.end_signal_ = SIGTERM;
    return started;
  }
  Pipe go;
  Pipe trouble;
  if (!go.open() || !trouble.open()) return Error{fmt::format("pipe: {}", std::strerror(errno))};
  unsigned long flags = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD;
  if (options.level != Level::root_namespaces) flags |= CLONE_NEWUSER;
  const long child = ::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, 0);
  if (child < 0) return Error{fmt::format("new namespaces: {}", std::strerror(errno))};
  if (child == 0) live_inside(options, body, go, trouble);
  Sandbox started;
  started.pid_ = static_cast<pid_t>(child);
  if (const auto mapped = map_users(options.level, started.pid_); !mapped) return mapped.error();
  go.close_read();
  trouble.close_write();
  if (::write(go.write_end, "g", 1) != 1) return Error{"the sandbox ended before it began"};
  const std::string text = trouble.read_all();
  if (!text.empty()) return Error{text};
  return started;
}

Sandbox::Sandbox(Sandbox&& other) noexcept : pid_(std::exchange(other.pid_, 0)), end_signal_(other.end_signal_) {}

Sandbox& Sandbox::operator=(Sandbox&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(end_signal_, other.end_signal_);
  return *this;
}

Sandbox::~Sandbox() {
  if (pid_ == 0) return;
  kill();
  wait();
}

void Sandbox::kill() {
  if (pid_ != 0) ::kill(pid_, end_signal_);
}

int Sandbox::wait() {
  int status = 0;
  while (pid_ != 0 && ::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return exit_code_of(status);
}

}  // namespace watershed::sandbox
