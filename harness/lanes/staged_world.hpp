// What both lanes have: the world's names, the fakes around what is rehearsed, the lineage of its messages, and what
// steps do to all of these. A lane adds the routers and the mail stores: models in the one, real programs in the other.
#pragma once

#include "fakes/cloud/provider.hpp"
#include "fakes/dns/server.hpp"
#include "fakes/mta/mta.hpp"
#include "fakes/spam/spam_filter.hpp"
#include "harness/lineage/lineage.hpp"
#include "harness/scenario/evidence.hpp"
#include "harness/steps/theatre.hpp"
#include "stage/signal.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace watershed::harness {

class StagedWorld : public Theatre {
 public:
  /// `retain_max`: how many messages each mailbox host keeps; 0 for load runs. The stage must outlive the world, and
  /// its executor must be shut down before the world goes.
  StagedWorld(stage::Stage& stage, std::shared_ptr<const World> world, std::size_t retain_max);
  ~StagedWorld() override;
  StagedWorld(const StagedWorld&) = delete;
  StagedWorld& operator=(const StagedWorld&) = delete;

  /// Asks every host for what is still in its queue: `queued` facts.
  virtual void note_queues();
  /// All copies in all mailboxes.
  virtual std::vector<StoredCopy> copies() const;

  stage::Journal& journal() { return stage_.journal; }
  Lineage& lineage() { return lineage_; }
  const std::map<stage::Custody, std::shared_ptr<const mail::Message>>& offered() const { return offered_; }
  const Findings& step_failures() const { return step_failures_; }
  void keep_offered(bool keep) { keep_offered_ = keep; }

  stage::Executor& executor() override { return stage_.executor; }
  const World& world() const override { return *world_; }
  std::uint64_t next_number() override { return ++last_number_; }
  void fail(const Step& step, std::string why) override;
  StepError submit(Submission submission) override;
  stage::Task<std::optional<Arrived>> wait_for(std::string label, stage::Time deadline) override;
  StepError set_fault(const std::string& host, mta::ScriptRule rule) override;
  StepError clear_fault(const std::string& name) override;
  stage::Task<StepError> set_spam_filter(std::string host, bool available) override;
  StepError set_outage(const std::string& host, const std::string& mode, bool on) override;
  StepError flush(const std::string& host) override;
  StepError set_dns_record(dns::Record record) override;
  StepError remove_dns_records(const std::string& name, const std::string& type) override;
  StepError set_dns_fault(const std::string& name, dns::Fault fault) override;
  StepError replace_zones(dns::ZoneSet zones) override;
  StepError configure_cloud(const std::string& host, cloud::Tenant tenant) override;

 protected:
  struct Host {
    const HostSpec* spec = nullptr;
    stage::HostId id = 0;
    std::unique_ptr<spam::SpamFilter> filter;
    std::unique_ptr<cloud::Provider> provider;
    std::unique_ptr<mta::FakeMta> mta;
  };

  /// The name server, then fake MTAs and providers. To be called once the hosts' addresses are part of the network.
  /// `time_factor`: by what retry delays are divided.
  void build_fakes(double time_factor);
  /// Starts what build_fakes has built.
  StepError start_fakes();
  Host* find(std::string_view name);
  /// The spam filter that a host's messages go through: its own, another's, or none.
  spam::SpamFilter* filter_of(const Host& host);
  void note_queued(const Host& host, stage::Custody custody, const std::string& recipient, std::string detail,
                   std::string text);

  std::shared_ptr<const World> world_;
  stage::Stage& stage_;
  Lineage lineage_;
  dns::DnsStub stub_;
  dns::DnsServer dns_server_;
  Endpoint dns_;
  std::vector<Host> hosts_;  ///< in the order of the world's
  std::size_t retain_max_;
  stage::Signal arrived_;

 private:
  void build_mta(Host& host, const MtaSpec& spec, double time_factor);
  void build_provider(Host& host, cloud::Tenant tenant, double time_factor);
  Host* origin_of(const Submission& submission, std::string& why_not);
  stage::Task<void> submit_by(mta::FakeMta& mta, Submission submission);
  void on_fact(const stage::Fact& fact);

  std::map<std::string, dns::FaultId> dns_faults_;
  std::shared_ptr<const mail::Message> offering_;
  std::map<stage::Custody, std::shared_ptr<const mail::Message>> offered_;
  bool keep_offered_ = true;
  Findings step_failures_;
  std::uint64_t last_number_ = 0;
};

}  // namespace watershed::harness
