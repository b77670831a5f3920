// See process.hpp.
#define BOOST_PROCESS_USE_STD_FS
#include "sandbox/process.hpp"

#include "sandbox/libc_only/confinement.hpp"
#include "sandbox/mounts.hpp"

#include <fmt/format.h>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/error.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace watershed::sandbox {

namespace bp = boost::process;

struct Process::Child {
  bp::child child;
};

namespace {

// Runs in the new process, before the program. What it says goes to the program's output file.
void enter(const Place& place) {
  const auto give_up = [](const std::string& why) {
    std::fprintf(stderr, "cannot set up the process: %s\n", why.c_str());
    std::fflush(stderr);
    ::_exit(126);
  };
  ::setsid();
  if (place.confinement == nullptr) {
    if (::unshare(CLONE_NEWNS | CLONE_NEWUTS) != 0) give_up("no new namespace");
    if (::sethostname(place.hostname.c_str(), place.hostname.size()) != 0) give_up("sethostname");
    for (const Place::Mount& mount : place.mounts) {
      if (const auto bound = bind_mount(mount.source, mount.target); !bound) give_up(bound.error().message);
    }
  }
  if (::chdir("/") != 0) give_up("chdir");
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
}

Result<libc_only::Settings, Error> settings_of(const Place& place) {
  if (place.confinement == nullptr) return libc_only::Settings{};
  libc_only::HostView view{place.hostname, place.address, {}};
  for (const Place::Mount& mount : place.mounts) view.paths.push_back({mount.source, mount.target});
  return libc_only::write_view(*place.confinement, view);
}

}  // namespace

Result<std::unique_ptr<Process>, Error> Process::start(stage::RealExecutor& executor, const Place& place,
                                                       const ProcessOptions& options) {
  bp::environment environment;
  environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
  for (const auto& [name, value] : options.environment) environment[name] = value;
  const auto settings = settings_of(place);
  if (!settings) return settings.error();
  for (const auto& [name, value] : *settings) environment[name] = value;
  std::error_code error;
  auto child = std::make_unique<Child>();
  const auto in_the_child = bp::extend::on_exec_setup = [&place](auto&) { enter(place); };
  if (options.output.empty()) {
    child->child =
        bp::child(bp::exe = options.program.string(), bp::args = options.arguments, environment, error, in_the_child);
  } else {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output(std::fopen(options.output.c_str(), "ae"), std::fclose);
    if (!output) return Error{"cannot write " + options.output.string()};
    child->child = bp::child(bp::exe = options.program.string(), bp::args = options.arguments, environment,
                             bp::std_in<bp::null, (bp::std_out & bp::std_err)> output.get(), error, in_the_child);
  }
  if (error) return Error{fmt::format("cannot start {}: {}", options.program.string(), error.message())};
  std::unique_ptr<Process> process(new Process(std::move(child)));
  // pidfd_open(2): readable once the process has ended.
  const auto end = static_cast<int>(::syscall(SYS_pidfd_open, process->pid_, 0));
  if (end < 0) return Error{"pidfd_open is not there: expected Linux 5.3 or later"};
  process->end_ = std::make_unique<stage::InputWatch>(executor, end);
  ::close(end);
  return process;
}

Process::Process(std::unique_ptr<Child> child) : child_(std::move(child)), pid_(child_->child.id()) {}

Process::~Process() {
  if (is_running()) {
    signal(SIGKILL);
    std::error_code ignored;
    child_->child.wait(ignored);
  }
}

bool Process::is_running() {
  if (reaped_) return false;
  std::error_code error;
  if (child_->child.running(error)) return true;
  reaped_ = true;
  const int status = child_->child.native_exit_code();
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

stage::Task<bool> Process::wait(stage::Time deadline) {
  if (!is_running()) co_return true;
  co_await end_->wait(deadline);
  co_return !is_running();
}

void Process::signal(int number) {
  if (reaped_) return;  // the number may be somebody else's by now
  if (::kill(-pid_, number) != 0) ::kill(pid_, number);
}

}  // namespace watershed::sandbox
