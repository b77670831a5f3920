// A router host with real Postfix: the world's folder as /etc/postfix, a queue of its own, and the master process.
#pragma once

#include "components/router/postfix/config.hpp"
#include "harness/lanes/live/live_host.hpp"
#include "harness/lanes/live/postfix_settings.hpp"

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace watershed::harness {

/// A message that lies in a queue.
struct QueuedFile {
  std::string queue;  ///< incoming, active, deferred, hold, corrupt, maildrop
  std::string id;
};

class PostfixHost {
 public:
  /// `given`: the world's folder for this host.
  PostfixHost(LiveHost& host, std::filesystem::path given, double time_factor);

  /// Lays out queue and data folders and the configuration with the sandbox's layer.
  Result<void, Error> prepare(const postfix::PostfixConfig& config);
  /// Replaces the configuration; a running Postfix is told to read it again, and has done so afterwards but for what
  /// it was in the middle of.
  stage::Task<Result<void, Error>> configure(std::filesystem::path given, const postfix::PostfixConfig& config);
  Daemon& master() { return master_; }
  /// After `prepare`: builds the indexed tables (hash:, lmdb: …) that the configuration names, and starts master.
  stage::Task<Result<void, Error>> start();
  /// postqueue -f: tries everything now.
  stage::Task<Result<void, Error>> flush();

  /// Whether somebody still has the lock of a killed master: a child between fork(2) and exec(2), or master itself
  /// while it dies. A new master would give up at once.
  bool is_locked() const;

  /// Leaves no room below the queue directory, or gives it back.
  Result<void, Error> set_disk_full(bool full);
  /// Cuts every queued file in half; master must not run. The error: there was none.
  Result<void, Error> damage_queue();

  /// qmgr(8) puts a file that it finds locked back into incoming, for a minute that no parameter sets. Takes the minute
  /// away where it would last longer than a second, as the lane's time factor would.
  void shorten_locked_wait() const;

  /// What lies in these queues.
  std::vector<QueuedFile> queue(std::initializer_list<const char*> queues = {"maildrop", "incoming", "active",
                                                                             "deferred", "hold", "corrupt"}) const;
  /// How many messages are on their way through, and how many of them are being handled, not waiting to be tried again.
  std::size_t under_way() const { return queue({"maildrop", "incoming", "active", "deferred"}).size(); }
  std::size_t being_handled() const { return queue({"maildrop", "incoming", "active"}).size(); }
  std::filesystem::path queue_path(const QueuedFile& file) const;
  std::filesystem::path queue_folder() const { return host_.folder / "queue"; }
  std::filesystem::path config_folder() const { return host_.folder / "postfix"; }
  const std::filesystem::path& given() const { return given_; }
  /// smtpd_milters as it was started with: their sockets stay where they are.
  const std::vector<std::string>& milters() const { return milters_; }
  LiveHost& host() const { return host_; }

 private:
  Result<void, Error> lay_out_queue();
  /// Into `folder`, with what the sandbox needs; notes the tables that have to be built.
  Result<void, Error> write_config(const postfix::PostfixConfig& config, const std::filesystem::path& folder);
  stage::Task<Result<void, Error>> build_tables(std::string folder);
  stage::Task<Result<void, Error>> run_tool(std::string program, std::vector<std::string> arguments);
  stage::Task<void> wait_for_ends(std::vector<pid_t> processes, stage::Time deadline);

  LiveHost& host_;
  std::filesystem::path given_;
  double time_factor_;
  std::vector<std::string> milters_;
  std::vector<std::string> postmap_;    // `hash:/etc/postfix/transport`
  std::vector<std::string> postalias_;  // the same for alias files
  Daemon master_;
};

}  // namespace watershed::harness
