// One host of a live world: its folder in the sandbox's memory, what its programs see of the file system, and its log.
#pragma once

#include "harness/world/world_spec.hpp"
#include "sandbox/log_socket.hpp"
#include "sandbox/process.hpp"
#include "sandbox/sandbox.hpp"
#include "stage/signal.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace watershed::harness {

/// Where a host's parts are: the same as on a Debian machine, bound over the machine's own.
struct LiveHost {
  LiveHost(stage::RealExecutor& on, const HostSpec& host, const sandbox::Inside& inside);

  /// Makes the folder with what every host has: name server, hosts file, /run, /tmp, log. The error names the file.
  Result<void, Error> prepare();
  /// Shows `folder`/`name` at `target` to programs started from now on; makes the folder.
  std::filesystem::path mount(const std::string& name, const std::filesystem::path& target);

  stage::RealExecutor& executor;
  const HostSpec& spec;
  std::filesystem::path folder;
  sandbox::Place place;
  stage::Signal log_grew;
  stage::Signal* stirs = nullptr;  ///< told as well: whoever waits for anything to happen in the world
  sandbox::LogSocket log;
};

/// A program of a host that is to run until it is stopped.
class Daemon {
 public:
  struct Options {
    std::string name;  ///< `postfix`, `dovecot`, `rspamd`
    sandbox::ProcessOptions process;
    std::string ready_text;  ///< it is ready once its log has a line with this
  };

  Daemon(LiveHost& host, Options options) : host_(host), options_(std::move(options)) {}

  Result<void, Error> start();
  /// Until it says that it is ready. The error: it ended, with its last words, or the deadline came.
  stage::Task<Result<void, Error>> wait_ready(stage::Time deadline);
  /// Until its log has a line with `text` that came at `since` or later.
  stage::Task<Result<void, Error>> wait_says(std::string text, stage::Time since, stage::Time deadline);
  /// True once it has ended; false when the deadline came first.
  stage::Task<bool> wait_ended(stage::Time deadline);
  /// Asks it to end and waits; kills it after a second.
  stage::Task<void> stop(int signal);
  /// kill -9 of its first process alone: what it started is left to notice.
  void kill_leader();
  /// Ends it on the spot, with all that it started.
  void kill(int signal);
  bool is_running() const { return process_ && process_->is_running(); }
  /// Each time that it ended without having been told to: how, with its last log lines then.
  std::vector<std::string> deaths() const;
  /// How it ended, and its last log lines.
  std::string last_words() const;
  LiveHost& host() const { return host_; }
  const std::string& name() const { return options_.name; }
  pid_t pid() const { return process_ ? process_->pid() : 0; }

 private:
  stage::Task<void> watch(sandbox::Process& process);
  bool has_died() const { return process_ && !told_to_end_ && !process_->is_running(); }
  /// Before what it died of is forgotten: it is started again, or told to end as well.
  void note_own_death();

  LiveHost& host_;
  Options options_;
  std::unique_ptr<sandbox::Process> process_;
  std::vector<std::unique_ptr<sandbox::Process>> former_;  // watchers refer to them
  stage::Time started_at_{};
  bool told_to_end_ = false;
  std::vector<std::string> own_deaths_;  // earlier ones
};

}  // namespace watershed::harness
