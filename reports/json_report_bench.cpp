// A load's report must not cost more than the load: 10,000 messages with paths and decisions.
#include "reports/json_report.hpp"

#include "reports/junit_report.hpp"
#include "reports/sample_outcome.hpp"

#include <benchmark/benchmark.h>

namespace watershed::reports {
namespace {

harness::Outcome large_outcome() {
  harness::ScenarioResult run = sample_failed();
  for (int index = 0; index < 10'000; ++index) run.messages.push_back(sample_message("load", "personal"));
  return sample_outcome({run});
}

void json_of_10000_messages(benchmark::State& state) {
  const harness::Outcome outcome = large_outcome();
  for (auto _ : state) benchmark::DoNotOptimize(json_report(outcome));
}
BENCHMARK(json_of_10000_messages)->Unit(benchmark::kMillisecond);

void junit_of_1000_failures(benchmark::State& state) {
  const harness::Outcome outcome = sample_outcome(std::vector<harness::ScenarioResult>(1000, sample_failed()));
  for (auto _ : state) benchmark::DoNotOptimize(junit_report(outcome));
}
BENCHMARK(junit_of_1000_failures)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace watershed::reports
