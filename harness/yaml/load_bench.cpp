// How long it takes to read scenario files strictly. `watershed check` on 1,000 files has to stay under a second.
#include "harness/yaml/load.hpp"
#include "harness/yaml/sample_shape.hpp"

#include <benchmark/benchmark.h>

namespace {

// About 30 lines, as dense as scenario files get.
std::string scenario() {
  std::string text =
      "version: 1\nscenario: A station's request is answered without touching the personal part\nsteps:\n";
  for (int step = 0; step < 13; ++step) {
    text +=
        "  - send: {id: request, class: verification, from: op@station.example, to: autodrm@ctbto.int, size: 10KB}\n";
    text += "  - advance: 5s\n";
  }
  return text + "expect:\n  - request: {delivered: {to: autodrm@ctbto.int}}\n  - request: {never: {zone: personal}}\n";
}

void load_1000_scenarios(benchmark::State& state) {
  const watershed::yaml::Shape shape = watershed::yaml::sample_shape();
  const std::string text = scenario();
  for (auto _ : state) {
    for (int file = 0; file < 1000; ++file) {
      auto loaded = watershed::yaml::load_text(text, "scenario.yaml", shape);
      if (!loaded) state.SkipWithError("the scenario is refused");
      benchmark::DoNotOptimize(loaded);
    }
  }
}
BENCHMARK(load_1000_scenarios)->Unit(benchmark::kMillisecond);

void build_the_table(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(watershed::yaml::sample_shape());
}
BENCHMARK(build_the_table)->Unit(benchmark::kMicrosecond);

}  // namespace
