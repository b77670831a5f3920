// See json_report.hpp.
#include "reports/json_report.hpp"

#include "harness/result_file/result_file.hpp"
#include "reports/coverage_totals.hpp"
#include "reports/segregation.hpp"

namespace watershed::reports {

namespace {

// By world: totals for each host, and for each file what was never exercised. Counts of lines stand with the runs.
void append_coverage(JsonWriter& json, const harness::Outcome& outcome) {
  json.key("coverage").begin_object();
  for (const harness::WorldMap& world : outcome.worlds) {
    const std::vector<FileCoverage> files = coverage_of_world(outcome, world.name);
    json.key(harness::to_utf8(world.name)).begin_object().key("hosts").begin_object();
    for (const auto& [host, total] : coverage_by_host(files)) {
      json.key(harness::to_utf8(host)).begin_object();
      json.member("rules", total.rules).member("exercised", total.exercised).member("decisions", total.decisions);
      json.end_object();
    }
    json.end_object().key("files").begin_array();
    for (const FileCoverage& file : files) {
      json.begin_object().member("path", harness::to_utf8(file.file->path)).member("kind", file.file->kind);
      json.member("rules", file.file->rule_lines.size()).member("exercised", file.exercised);
      json.member("decisions", file.decisions).key("never").begin_array();
      for (const int line : file.never()) json.value(line);
      json.end_array().end_object();
    }
    json.end_array().end_object();
  }
  json.end_object();
}

}  // namespace

std::string json_report(const harness::Outcome& outcome) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::pretty);
  json.begin_object();
  json.member("schema_version", harness::result_schema_version);
  json.key("segregated").begin_object();
  for (const auto& [world, answer] : segregation_by_world(outcome)) {
    json.key(harness::to_utf8(world)).begin_object();
    json.member("answer", to_string(answer.kind)).member("reason", answer.reason).member("runs", answer.runs);
    json.end_object();
  }
  json.end_object();
  append_coverage(json, outcome);
  harness::append_members(json, outcome);
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace watershed::reports
