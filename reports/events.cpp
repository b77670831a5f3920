// See events.hpp.
#include "reports/events.hpp"

#include "base/json_writer.hpp"
#include "harness/result_file/result_file.hpp"
#include "reports/segregation.hpp"

#include <fmt/format.h>

namespace watershed::reports {

std::string start_event(std::uint64_t seed, std::string_view lane, std::size_t runs) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("event", "start").member("schema_version", harness::result_schema_version);
  json.member("seed", seed).member("lane", lane).member("runs", runs).end_object();
  return out + "\n";
}

// The result is the one of the JSON report, key by key.
std::string result_event(const harness::ScenarioResult& result, std::size_t done, std::size_t total) {
  return fmt::format("{{\"event\":\"result\",\"done\":{},\"total\":{},\"result\":{}}}\n", done, total,
                     harness::to_json(result));
}

std::string end_event(const harness::Outcome& outcome) {
  const harness::Summary& summary = outcome.summary;
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("event", "end").member("exit_code", harness::exit_code(outcome));
  json.member("segregated", to_string(segregation_line(outcome).kind));
  json.member("scenarios", summary.scenarios).member("passed", summary.passed).member("failed", summary.failed);
  json.member("errors", summary.errors).member("skipped", summary.skipped);
  json.member("inconclusive", summary.inconclusive).member("crossings", summary.crossings);
  json.member("seconds", outcome.seconds).end_object();
  return out + "\n";
}

}  // namespace watershed::reports
