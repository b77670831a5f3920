// See json_report.hpp.
#include "reports/json_report.hpp"

#include "harness/result_file/result_file.hpp"
#include "reports/segregation.hpp"

namespace watershed::reports {

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
  harness::append_members(json, outcome);
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace watershed::reports
