// The simulated lane's world: every host in one process, on a virtual clock and an in-memory network, seeded.
#pragma once

#include "components/router/engine/router.hpp"
#include "components/store/mail_store.hpp"
#include "fakes/link/link_model.hpp"
#include "harness/lanes/staged_world.hpp"
#include "stage/simulated_stage.hpp"

#include <memory>
#include <string>
#include <vector>

namespace watershed::harness {

class ProcmailCommands;

/// The stage comes first and goes last.
struct OnSimulatedStage {
  explicit OnSimulatedStage(std::uint64_t seed) : simulated_(seed) {}
  stage::SimulatedStage simulated_;
};

class SimulatedWorld final : private OnSimulatedStage, public StagedWorld {
 public:
  /// `retain_max`: how many messages each mailbox host keeps; 0 for load runs.
  SimulatedWorld(std::shared_ptr<const World> world, std::uint64_t seed, std::size_t retain_max = 100'000);
  ~SimulatedWorld() override;

  /// Brings every host up. The error names what could not be started.
  StepError start();
  /// Runs until nothing is left to happen, at most to `limit`.
  void run_until(stage::Time limit) { simulated_.executor.run_until(limit); }
  void spawn(stage::Task<void> task) { simulated_.executor.spawn(std::move(task)); }

  void note_queues() override;
  std::vector<StoredCopy> copies() const override;

  stage::MemoryNetwork& network() { return simulated_.network; }
  /// What routers met at run time and do not model, waived or not.
  NotUnderstoodLines not_understood() const;
  const std::string& task_failure() const { return simulated_.executor.failure(); }

  stage::Task<StepError> set_host(std::string host, bool up) override;
  StepError set_link(const std::string& a, const std::string& b, bool cut) override;
  StepError flush(const std::string& host) override;
  stage::Task<void> pass(stage::Duration time) override;
  stage::Task<StepError> configure_router(std::string host, FileReference folder,
                                          std::shared_ptr<const router::RouteDecider> decider) override;
  StepError configure_store(const std::string& host, const FileReference& scripts,
                            std::vector<store::MailboxSettings> mailboxes) override;

 private:
  struct LocalMail;
  /// The models of what is rehearsed at one host.
  struct Parts {
    std::unique_ptr<LocalMail> local_mail;
    std::unique_ptr<ProcmailCommands> commands;
    std::unique_ptr<router::Router> router;
    std::unique_ptr<store::MailStore> store;
  };

  void build(std::size_t index);
  void add_links();
  StepError start_parts(Parts& parts);
  Parts& parts_of(const Host& host) { return parts_[static_cast<std::size_t>(&host - hosts_.data())]; }
  link::GroupId group_of_zone(std::string_view zone) const;

  std::vector<Parts> parts_;  ///< in the order of the hosts
  std::unique_ptr<link::LinkModel> links_;
};

}  // namespace watershed::harness
