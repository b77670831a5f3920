// See json_report.hpp.
#include "reports/json_report.hpp"

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "reports/segregation.hpp"

namespace watershed::reports {

namespace {

using harness::FlowFigures;
using harness::MessageCounts;
using harness::MessageResult;
using harness::Outcome;
using harness::ScenarioResult;

template <class Texts>
void write_texts(JsonWriter& json, std::string_view key, const Texts& texts) {
  json.key(key).begin_array();
  for (const std::string& text : texts) json.value(text);
  json.end_array();
}

void write_counts(JsonWriter& json, std::string_view key, const MessageCounts& counts) {
  json.key(key).begin_object();
  json.member("offered", counts.offered);
  json.member("delivered", counts.delivered);
  json.member("rejected", counts.rejected);
  json.member("bounced", counts.bounced);
  json.member("discarded", counts.discarded);
  json.member("queued", counts.queued);
  json.member("lost", counts.lost);
  json.member("duplicated", counts.duplicated);
  json.end_object();
}

void write_summary(JsonWriter& json, const harness::Summary& summary) {
  json.key("summary").begin_object();
  json.member("scenarios", summary.scenarios);
  json.member("passed", summary.passed);
  json.member("failed", summary.failed);
  json.member("errors", summary.errors);
  json.member("skipped", summary.skipped);
  json.member("inconclusive", summary.inconclusive);
  json.member("crossings", summary.crossings);
  json.member("hops", summary.hops);
  write_counts(json, "messages", summary.messages);
  json.end_object();
}

void write_requirements(JsonWriter& json, const Outcome& outcome) {
  json.key("requirements").begin_object();
  for (const harness::RequirementResult& requirement : outcome.requirements) {
    json.key(requirement.id).begin_object();
    json.member("title", requirement.title);
    json.member("statement", requirement.statement);
    json.member("verdict", to_string(requirement.verdict));
    write_texts(json, "scenarios", requirement.scenarios);
    json.end_object();
  }
  json.end_object();
}

void write_findings(JsonWriter& json, std::string_view key, const harness::Findings& findings) {
  json.key(key).begin_array();
  for (const harness::Finding& finding : findings) {
    json.begin_object();
    json.member("rule", finding.rule);
    json.member("sentence", finding.sentence);
    json.member("at", to_file_line(finding.at));
    json.member("decided_by", finding.decided_by);
    json.member("message", finding.label);
    json.member("inconclusive", finding.is_inconclusive);
    write_texts(json, "path", finding.path);
    write_texts(json, "trail", finding.trail);
    json.end_object();
  }
  json.end_array();
}

void write_messages(JsonWriter& json, const ScenarioResult& scenario) {
  json.key("messages").begin_array();
  for (const MessageResult& message : scenario.messages) {
    json.begin_object();
    json.member("id", message.label);
    json.member("class", message.message_class);
    json.member("reverse_path", message.reverse_path);
    json.member("recipient", message.recipient);
    json.member("fate", message.fate);
    write_texts(json, "path", message.path);
    write_texts(json, "trail", message.trail);
    json.member("mailbox", message.mailbox);
    json.member("folder", message.folder);
    json.member("code", message.code);
    json.member("text", message.text);
    json.member("latency_ms", static_cast<double>(message.latency_ns) / 1e6);
    json.end_object();
  }
  json.end_array();
  json.member("messages_left_out", scenario.messages_left_out);
}

void write_what_happened(JsonWriter& json, const ScenarioResult& scenario) {
  write_counts(json, "counts", scenario.counts);
  json.member("crossings", scenario.crossings);
  json.member("hops", scenario.hops);
  json.key("stragglers").begin_object();
  // As keys: two that differ only in bytes that are not UTF-8 must not become one key.
  for (const auto& [who, count] : scenario.stragglers) json.member(printable(who), count);
  json.end_object();
  write_texts(json, "shared_hosts", scenario.shared_hosts);
  json.key("figures").begin_object();
  json.member("hops", scenario.figures.hops);
  json.member("rules", scenario.figures.rules);
  json.member("distinct_paths", scenario.figures.distinct_paths);
  json.end_object();
}

void write_scenario(JsonWriter& json, const ScenarioResult& scenario) {
  json.begin_object();
  json.member("file", scenario.file);
  json.member("title", scenario.title);
  json.member("world", scenario.world);
  json.member("verdict", to_string(scenario.verdict));
  json.member("must_fail", scenario.is_must_fail);
  write_texts(json, "requirements", scenario.requirements);
  write_findings(json, "findings", scenario.findings);
  write_findings(json, "expected_findings", scenario.expected_findings);
  json.key("not_understood").begin_array();
  for (const harness::NotUnderstoodLine& line : scenario.not_understood) {
    json.begin_object().member("place", line.place).member("text", line.text).end_object();
  }
  json.end_array();
  write_what_happened(json, scenario);
  json.member("seconds", scenario.seconds);
  json.member("virtual_seconds", scenario.virtual_seconds);
  json.member("replay", scenario.replay);
  write_messages(json, scenario);
  json.end_object();
}

}  // namespace

std::string json_report(const Outcome& outcome) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::pretty);
  json.begin_object();
  json.member("schema_version", json_schema_version);
  json.member("lane", outcome.lane);
  json.member("seed", outcome.seed);
  write_summary(json, outcome.summary);
  json.key("shared_hosts").begin_object();
  for (const auto& [world, hosts] : outcome.shared_hosts) write_texts(json, world, hosts);
  json.end_object();
  json.key("segregated").begin_object();
  for (const auto& [world, answer] : segregation_by_world(outcome)) {
    json.key(world).begin_object();
    json.member("answer", to_string(answer.kind)).member("reason", answer.reason).member("runs", answer.runs);
    json.end_object();
  }
  json.end_object();
  write_requirements(json, outcome);
  json.key("scenarios").begin_array();
  for (const ScenarioResult& scenario : outcome.scenarios) write_scenario(json, scenario);
  json.end_array();
  json.member("seconds", outcome.seconds);
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace watershed::reports
