// The simulated lane's world: every host in one process, on a virtual clock and an in-memory network, seeded.
#pragma once

#include "components/router/engine/router.hpp"
#include "components/store/mail_store.hpp"
#include "fakes/cloud/provider.hpp"
#include "fakes/dns/server.hpp"
#include "fakes/link/link_model.hpp"
#include "fakes/mta/mta.hpp"
#include "fakes/spam/spam_filter.hpp"
#include "harness/lineage/lineage.hpp"
#include "harness/scenario/evidence.hpp"
#include "harness/steps/theatre.hpp"
#include "stage/memory_network.hpp"
#include "stage/signal.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace watershed::harness {

class SimulatedWorld final : public Theatre {
 public:
  /// `retain_max`: how many messages each mailbox host keeps; 0 for load runs.
  SimulatedWorld(std::shared_ptr<const World> world, std::uint64_t seed, std::size_t retain_max = 100'000);
  ~SimulatedWorld() override;

  /// Brings every host up. The error names what could not be started.
  StepError start();
  /// Runs until nothing is left to happen, at most to `limit`.
  void run_until(stage::Time limit) { executor_.run_until(limit); }
  void spawn(stage::Task<void> task) { executor_.spawn(std::move(task)); }

  /// Asks every host for what is still in its queue: `queued` facts.
  void note_queues();
  /// All copies in all mailboxes.
  std::vector<StoredCopy> copies() const;

  stage::Journal& journal() { return journal_; }
  Lineage& lineage() { return lineage_; }
  const std::map<stage::Custody, std::shared_ptr<const mail::Message>>& offered() const { return offered_; }
  const Findings& step_failures() const { return step_failures_; }
  /// What routers met at run time and do not model.
  std::vector<NotUnderstoodLine> not_understood() const;
  const std::string& task_failure() const { return executor_.failure(); }
  void keep_offered(bool keep) { keep_offered_ = keep; }

  stage::Executor& executor() override { return executor_; }
  const World& world() const override { return *world_; }
  std::uint64_t next_number() override { return ++last_number_; }
  void fail(const Step& step, std::string why) override;
  StepError submit(Submission submission) override;
  stage::Task<std::optional<Arrived>> wait_for(std::string label, stage::Time deadline) override;
  StepError set_fault(const std::string& host, mta::ScriptRule rule) override;
  StepError clear_fault(const std::string& name) override;
  StepError set_spam_filter(const std::string& host, bool available) override;
  StepError set_host(const std::string& host, bool up) override;
  StepError set_link(const std::string& a, const std::string& b, bool cut) override;
  StepError set_outage(const std::string& host, const std::string& mode, bool on) override;
  StepError flush(const std::string& host) override;
  StepError set_dns_record(dns::Record record) override;
  StepError remove_dns_records(const std::string& name, const std::string& type) override;
  StepError set_dns_fault(const std::string& name, dns::Fault fault) override;
  StepError replace_zones(dns::ZoneSet zones) override;
  StepError configure_router(const std::string& host, std::shared_ptr<const router::RouteDecider> decider) override;
  StepError configure_store(const std::string& host, std::vector<store::MailboxSettings> mailboxes) override;
  StepError configure_cloud(const std::string& host, cloud::Tenant tenant) override;

 private:
  struct LocalMail;
  struct Host {
    const HostSpec* spec = nullptr;
    stage::HostId id = 0;
    std::unique_ptr<spam::SpamFilter> filter;
    std::unique_ptr<LocalMail> local_mail;
    std::unique_ptr<router::Router> router;
    std::unique_ptr<store::MailStore> store;
    std::unique_ptr<cloud::Provider> provider;
    std::unique_ptr<mta::FakeMta> mta;
  };

  void add_hosts();
  void add_links();
  void build(Host& host, const HostConfig& config);
  void build_mta(Host& host, const MtaSpec& spec);
  StepError start_host(Host& host);
  void stop_host(Host& host);
  Host* find(std::string_view name);
  Host* origin_of(const Submission& submission, std::string& why_not);
  link::GroupId group_of_zone(std::string_view zone) const;
  stage::Task<void> submit_by(mta::FakeMta& mta, Submission submission);
  void on_fact(const stage::Fact& fact);

  std::shared_ptr<const World> world_;
  stage::VirtualExecutor executor_;
  stage::Random random_;
  stage::Journal journal_;
  Lineage lineage_;
  stage::MemoryNetwork network_;
  stage::Stage stage_;
  std::unique_ptr<link::LinkModel> links_;
  dns::DnsStub stub_;
  dns::DnsServer dns_server_;
  Endpoint dns_;
  std::vector<Host> hosts_;
  std::size_t retain_max_;
  stage::Signal arrived_;
  std::map<std::string, dns::FaultId> dns_faults_;
  std::shared_ptr<const mail::Message> offering_;
  std::map<stage::Custody, std::shared_ptr<const mail::Message>> offered_;
  bool keep_offered_ = true;
  Findings step_failures_;
  std::uint64_t last_number_ = 0;
};

}  // namespace watershed::harness
