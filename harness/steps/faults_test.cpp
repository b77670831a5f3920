// A fault that ends by itself ends after as much of the lane's time as its own is there.
#include "harness/steps/step_table.hpp"
#include "harness/steps/theatre.hpp"
#include "harness/yaml/load.hpp"

#include <gtest/gtest.h>

namespace watershed::harness {
namespace {

using namespace std::chrono_literals;
using stage::Task;

// A world in which nothing can be done but to set a fault; its clock shortens 300 times.
class FaultsOnly final : public Theatre {
 public:
  stage::VirtualExecutor clock;
  std::optional<mta::ScriptRule> rule;

  stage::Executor& executor() override { return clock; }
  const World& world() const override { return world_; }
  Task<void> pass(stage::Duration time) override { co_await clock.sleep_for(time / 300); }
  stage::Duration on_clock(stage::Duration time) const override { return time / 300; }
  std::uint64_t next_number() override { return 1; }
  void fail(const Step&, std::string) override {}
  StepError submit(Submission) override { return no; }
  Task<std::optional<Arrived>> wait_for(std::string, stage::Time) override { co_return std::nullopt; }
  StepError set_fault(const std::string&, mta::ScriptRule given) override {
    rule = std::move(given);
    return std::nullopt;
  }
  StepError clear_fault(const std::string&) override { return no; }
  Task<StepError> set_spam_filter(std::string, bool) override { co_return no; }
  Task<StepError> set_host(std::string, bool) override { co_return no; }
  StepError set_link(const std::string&, const std::string&, bool) override { return no; }
  StepError set_outage(const std::string&, const std::string&, bool) override { return no; }
  StepError flush(const std::string&) override { return no; }
  StepError set_dns_record(dns::Record) override { return no; }
  StepError remove_dns_records(const std::string&, const std::string&) override { return no; }
  StepError set_dns_fault(const std::string&, dns::Fault) override { return no; }
  StepError replace_zones(dns::ZoneSet) override { return no; }
  Task<StepError> configure_router(std::string, FileReference, std::shared_ptr<const router::RouteDecider>) override {
    co_return no;
  }
  StepError configure_store(const std::string&, const FileReference&, std::vector<store::MailboxSettings>) override {
    return no;
  }
  StepError configure_cloud(const std::string&, cloud::Tenant) override { return no; }

 private:
  const StepError no = "not here";
  World world_;
};

TEST(FaultStep, EndsOnTheLanesClock) {
  const auto node =
      yaml::load_text("{ id: full, host: ndc.example, reply: 451 4.3.0 Later, for: 30m }\n", "s.yaml", fault_shape());
  ASSERT_TRUE(node) << render(node.error());
  Diagnostics diagnostics;
  BindContext context{{}, {}, diagnostics, {}};
  const std::shared_ptr<Step> step = bind_fault(*node, context);
  ASSERT_TRUE(diagnostics.empty()) << render(diagnostics);
  FaultsOnly theatre;
  theatre.clock.spawn(step->act(theatre));
  theatre.clock.run_until(1s);
  ASSERT_TRUE(theatre.rule);
  EXPECT_EQ(theatre.rule->until, stage::Time(6s));
}

}  // namespace
}  // namespace watershed::harness
