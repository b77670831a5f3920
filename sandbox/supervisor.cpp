// See supervisor.hpp.
#include "sandbox/supervisor.hpp"

#include "sandbox/descendants.hpp"
#include "sandbox/libc_only/confinement.hpp"
#include "sandbox/pipe.hpp"

#include <fmt/format.h>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

namespace watershed::sandbox {

namespace {

constexpr int broken = 255;

Result<Inside, Error> set_up(const SandboxOptions& options, libc_only::Claim& claim) {
  if (::geteuid() != 0) return Error{"mail programs start as root, and nobody else can be made to look like it here"};
  auto claimed = libc_only::claim_addresses(options.addresses);
  if (!claimed) return claimed.error();
  claim = std::move(*claimed);
  auto confinement = libc_only::make_confinement(claim);
  if (!confinement) return confinement.error();
  Inside inside;
  inside.level = options.level;
  inside.work = confinement->work;
  inside.confinement = std::make_shared<const libc_only::Confinement>(std::move(*confinement));
  return inside;
}

// Until the body ends, or somebody wants the end: its exit code, or nothing.
int wait_for_end(pid_t body, const sigset_t& signals) {
  for (;;) {
    const int signal = ::sigwaitinfo(&signals, nullptr);
    if (signal == SIGTERM || signal == SIGINT || signal == SIGHUP) return 128 + SIGKILL;
    int status = 0;
    for (;;) {
      const pid_t ended = ::waitpid(-1, &status, WNOHANG);
      if (ended <= 0) break;
      if (ended == body) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
  }
}

[[noreturn]] void supervise(const SandboxOptions& options, const std::function<int(const Inside&)>& body, pid_t starter,
                            Pipe& trouble) {
  sigset_t signals;
  sigset_t before;
  ::sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) ::sigaddset(&signals, number);
  ::sigprocmask(SIG_BLOCK, &signals, &before);
  ::setsid();  // what ends the starter's whole group must leave somebody to clean up
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != starter) ::_exit(broken);
  trouble.close_read();
  libc_only::Claim claim;
  const auto inside = set_up(options, claim);
  if (!inside) {
    const std::string& text = inside.error().message;
    const ssize_t ignored = ::write(trouble.write_end, text.data(), text.size());
    static_cast<void>(ignored);
    ::_exit(broken);
  }
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    trouble.close_write();
    ::_exit(body(*inside));
  }
  trouble.close_write();
  const int code = child < 0 ? broken : wait_for_end(child, signals);
  kill_descendants();
  std::error_code ignored;
  std::filesystem::remove_all(inside->work, ignored);
  ::_exit(code);
}

}  // namespace

Result<pid_t, Error> start_supervised(const SandboxOptions& options, const std::function<int(const Inside&)>& body) {
  Pipe trouble;
  if (!trouble.open()) return Error{fmt::format("pipe: {}", std::strerror(errno))};
  const pid_t starter = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return Error{fmt::format("fork: {}", std::strerror(errno))};
  if (child == 0) supervise(options, body, starter, trouble);
  trouble.close_write();
  const std::string text = trouble.read_all();
  if (text.empty()) return child;
  ::waitpid(child, nullptr, 0);
  return Error{text};
}

}  // namespace watershed::sandbox
