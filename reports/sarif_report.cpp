// See sarif_report.hpp. Section numbers are those of SARIF 2.1.0.
#include "reports/sarif_report.hpp"

#include "base/json_writer.hpp"
#include "reports/escape.hpp"
#include "reports/place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace watershed::reports {

namespace {

using harness::Finding;
using harness::Outcome;
using harness::ScenarioResult;

constexpr std::size_t text_octets_max = 4096;

struct Result {
  std::string rule;
  bool is_error = false;
  std::string message;
  SourcePosition place;
  SourcePosition asked_at;  ///< empty: nobody asked
  std::string fingerprint;
};

std::vector<Result> results_of(const Outcome& outcome) {
  std::vector<Result> results;
  for (const ScenarioResult& run : outcome.scenarios) {
    for (const Finding& finding : run.findings) {
      results.push_back({.rule = finding.rule,
                         .is_error = !finding.is_inconclusive,
                         .message = fmt::format("{} on {}: {}", run.file, run.world, finding.sentence),
                         .place = place_of(finding, run),
                         .asked_at = finding.at,
                         .fingerprint = fmt::format("{}|{}|{}|{}|{}", finding.rule, run.file, run.world, finding.label,
                                                    finding.decided_by)});
    }
    for (const harness::NotUnderstoodLine& line : run.not_understood) {
      Result result{.rule = "not understood",
                    .is_error = false,
                    .message = fmt::format("no verdict on {} can rest on this line: {}", run.world, line.text),
                    .place = parse_place(line.place).value_or(SourcePosition{run.file, 1, 0}),
                    .asked_at = {},
                    .fingerprint = fmt::format("not understood|{}|{}", line.place, run.world)};
      const bool is_known = std::any_of(results.begin(), results.end(), [&](const Result& each) {
        return each.fingerprint == result.fingerprint && each.message == result.message;
      });
      if (!is_known) results.push_back(std::move(result));
    }
  }
  return results;
}

// §3.28.4 and §3.4.3: a URI reference below the root of the repository, or a file URI.
std::string uri_of(const std::string& file) { return (file.starts_with('/') ? "file://" : "") + uri_path(file); }

void write_location(JsonWriter& json, const SourcePosition& place) {
  json.begin_object().key("physicalLocation").begin_object();
  json.key("artifactLocation").begin_object().member("uri", uri_of(place.file)).end_object();
  json.key("region").begin_object().member("startLine", std::max(place.line, 1));  // §3.30.5: counts from 1
  if (place.column > 0) json.member("startColumn", place.column);
  json.end_object().end_object().end_object();
}

void write_result(JsonWriter& json, const Result& result, std::size_t rule_index) {
  json.begin_object();
  json.member("ruleId", visible(result.rule, text_octets_max)).member("ruleIndex", rule_index);
  json.member("level", result.is_error ? "error" : "warning");
  json.key("message").begin_object().member("text", visible(result.message, text_octets_max)).end_object();
  json.key("locations").begin_array();
  write_location(json, result.place);
  json.end_array();
  if (!result.asked_at.file.empty() && result.asked_at != result.place) {
    json.key("relatedLocations").begin_array();
    write_location(json, result.asked_at);
    json.end_array();
  }
  // §3.27.17: what makes it the same finding in the next run, though lines may have moved.
  json.key("partialFingerprints").begin_object();
  json.member("watershed/v1", visible(result.fingerprint, text_octets_max)).end_object();
  json.end_object();
}

void write_tool(JsonWriter& json, const std::vector<std::string>& rules) {
  json.key("tool").begin_object().key("driver").begin_object();
  json.member("name", "Watershed").member("semanticVersion", "0.1.0");
  json.key("rules").begin_array();
  for (const std::string& rule : rules) {
    json.begin_object().member("id", visible(rule, text_octets_max));
    json.key("shortDescription").begin_object();
    json.member("text", rule == "not understood" ? "A configuration line that the program does not understand"
                                                 : fmt::format("The {} does not hold", visible(rule, text_octets_max)));
    json.end_object().end_object();
  }
  json.end_array().end_object().end_object();
}

}  // namespace

std::string sarif_report(const Outcome& outcome) {
  const std::vector<Result> results = results_of(outcome);
  std::vector<std::string> rules;
  for (const Result& result : results) {
    if (std::find(rules.begin(), rules.end(), result.rule) == rules.end()) rules.push_back(result.rule);
  }
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::pretty);
  json.begin_object();
  json.member("$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
  json.member("version", "2.1.0");
  json.key("runs").begin_array().begin_object();
  write_tool(json, rules);
  json.key("invocations").begin_array().begin_object();
  json.member("executionSuccessful", outcome.summary.errors == 0).end_object().end_array();
  json.member("columnKind", "utf16CodeUnits");
  json.key("results").begin_array();
  for (const Result& result : results) {
    const auto rule = std::find(rules.begin(), rules.end(), result.rule);
    write_result(json, result, static_cast<std::size_t>(rule - rules.begin()));
  }
  json.end_array().end_object().end_array().end_object();
  return out + "\n";
}

}  // namespace watershed::reports
