// The live lane's world: real Postfix and Dovecot as child processes in a sandbox, with the same fakes around them as
// in the simulated lane, on the real clock and real sockets.
#pragma once

#include "harness/lanes/live/dovecot_host.hpp"
#include "harness/lanes/live/live_witness.hpp"
#include "harness/lanes/live/postfix_host.hpp"
#include "harness/lanes/live/rspamd_host.hpp"
#include "harness/lanes/live/rule_processor_host.hpp"
#include "harness/lanes/staged_world.hpp"
#include "sandbox/sandbox.hpp"
#include "stage/tcp_network.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace watershed::harness {

/// What the live lane divides retry times by: Postfix's five minutes become a second.
inline constexpr double live_time_factor = 300;

/// The stage comes first and goes last.
struct OnRealStage {
  explicit OnRealStage(std::uint64_t seed) : random(seed) {}
  stage::RealExecutor real_executor;
  stage::Journal real_journal;
  stage::Random random;
  stage::ConnectionRegistry registry;
  stage::TcpNetwork network{real_executor, real_journal, registry};
  stage::Stage real_stage{real_executor, random, network, real_journal};
};

class LiveWorld final : private OnRealStage, public StagedWorld {
 public:
  /// To be made inside a sandbox that has world_addresses().
  LiveWorld(std::shared_ptr<const World> world, std::uint64_t seed, const sandbox::Inside& inside);
  ~LiveWorld() override;

  /// Every address that the sandbox's loopback needs.
  static std::vector<IpAddress> world_addresses(const WorldSpec& spec);

  /// Brings every host up; the error names what could not be started, with its last words.
  stage::Task<StepError> start();
  /// Ends every program. Nothing needs it where the sandbox ends anyway.
  stage::Task<void> stop();
  /// True once nothing is on its way any more; false when `limit` came first and what is on its way had stopped getting
  /// less, or a program died.
  stage::Task<bool> wait_until_quiet(stage::Time limit);
  /// Stops every program where it stands, and waits for what it has said by then: evidence must be of one moment, and a
  /// world that is at rest may yet look a name up. Nothing but looking is of use afterwards.
  stage::Task<void> freeze();

  /// Recipients that fake MTAs have offered and nobody has taken yet.
  std::size_t offers_under_way() const;
  stage::RealExecutor& loop() { return real_executor; }
  stage::ConnectionRegistry& connections() { return registry; }
  /// True when start() failed because the lane cannot express something: that says nothing about the world.
  bool is_beyond_lane() const { return is_beyond_lane_; }
  /// Programs that ended without being told to, also if they run again: how, with their last log lines.
  std::vector<std::string> deaths() const;
  const std::map<std::string, std::unique_ptr<PostfixHost>>& routers() const { return routers_; }
  const std::map<std::string, std::unique_ptr<DovecotHost>>& stores() const { return stores_; }
  std::vector<const LiveHost*> hosts_with_programs() const;

  /// The run's journal so far, from all witnesses: live_evidence.cpp.
  JournalReading attest();
  /// No packet is taken any more; the capture file is complete.
  void end_capture();
  /// What was said on the wire, after the last attest(), whose reading this is.
  DialogueRecorder take_dialogues(const JournalReading& reading);
  const LiveWitness* witness() const { return witness_.get(); }
  /// See LiveWitness::listen.
  Result<void, Error> listen(bool wanted) { return witness_->listen(wanted); }
  /// Copies in the mailboxes of fakes; those of real programs are in attest().
  std::vector<StoredCopy> fake_copies() const { return StagedWorld::copies(); }

  /// Waits no longer than a live run may take.
  stage::Task<std::optional<Arrived>> wait_for(std::string label, stage::Time deadline) override;
  stage::Task<StepError> set_spam_filter(std::string host, bool available) override;
  stage::Task<StepError> set_host(std::string host, bool up) override;
  StepError set_link(const std::string& a, const std::string& b, bool cut) override;
  StepError flush(const std::string& host) override;
  stage::Task<void> pass(stage::Duration time) override;
  stage::Duration on_clock(stage::Duration time) const override;
  stage::Task<StepError> configure_router(std::string host, FileReference folder,
                                          std::shared_ptr<const router::RouteDecider> decider) override;
  StepError configure_store(const std::string& host, const FileReference& scripts,
                            std::vector<store::MailboxSettings> mailboxes) override;
  stage::Task<StepError> befall(std::string host, MachineEvent event) override;
  stage::Task<StepError> await_queue(std::string host, std::size_t messages) override;
  StepError set_mailbox(const std::string& host, const std::string& address, MailboxState state) override;

 private:
  StepError prepare();
  StepError prepare_router(const HostSpec& spec, const RouterSpec& router, const HostConfig& config);
  StepError prepare_store(const HostSpec& spec, const MailStoreSpec& store, const HostConfig& config);
  StepError serve_names_at(const HostSpec& spec);
  stage::Task<void> shorten_locked_waits();
  stage::Task<void> bring_up_router(PostfixHost& router, stage::Time deadline);
  stage::Task<void> bring_up(Daemon& daemon, stage::Time deadline);
  StepError set_fake(const Host* host, bool up);
  /// `router`: whose master this is, if it is one.
  stage::Task<StepError> start_again(Daemon& daemon, const PostfixHost* router);
  stage::Task<StepError> wait_for_end(Daemon& daemon);
  void came_up(const Result<void, Error>& how);
  std::vector<Daemon*> daemons() const;
  std::size_t under_way() const;
  bool is_quiet() const;
  bool is_being_handled() const;
  StepError watch_wire();
  std::optional<Arrived> arrived_in(const JournalReading& reading, const std::string& label) const;

  sandbox::Inside inside_;
  stage::Signal stirred_;  // a packet or a log line
  std::unique_ptr<LiveWitness> witness_;
  std::map<std::string, std::unique_ptr<LiveHost>> live_hosts_;
  std::map<std::string, std::unique_ptr<PostfixHost>> routers_;
  std::map<std::string, std::unique_ptr<DovecotHost>> stores_;
  std::map<std::string, std::unique_ptr<RspamdHost>> filters_;
  std::map<std::string, std::unique_ptr<RuleProcessorHost>> rule_processors_;  ///< on hosts of routers_
  std::vector<std::unique_ptr<dns::DnsServer>> name_servers_;
  std::size_t coming_up_ = 0;
  StepError start_error_;
  bool is_beyond_lane_ = false;
  stage::Signal up_;
  uid_t next_user_ = 5000;
};

}  // namespace watershed::harness
