// The keys of a result file: for every struct of an Outcome, each member with its key, once for both directions.
//
// A new member gets its line here; writer and reader follow, and the test of the result file fails until it has one. A
// member of another struct needs that struct's own each_field. `derived` is what readers of the file like to have and
// what can be computed from the rest; it is written and never read.
#pragma once

#include "harness/outcome.hpp"
#include "harness/result_file/part_fields.hpp"

#include <concepts>
#include <limits>

namespace watershed::harness {

template <Like<MessageCounts> T>
void each_field(T& counts, auto&& field) {
  field("offered", counts.offered);
  field("delivered", counts.delivered);
  field("rejected", counts.rejected);
  field("bounced", counts.bounced);
  field("discarded", counts.discarded);
  field("queued", counts.queued);
  field("lost", counts.lost);
  field("duplicated", counts.duplicated);
}

template <Like<SourcePosition> T>
void each_field(T& at, auto&& field) {
  field("file", at.file);
  field("line", at.line);
  field("column", at.column);
}

template <Like<Finding> T>
void each_field(T& finding, auto&& field) {
  field("rule", finding.rule);
  field("sentence", finding.sentence);
  field.derived("at", [&] { return to_file_line(finding.at); });
  field("position", finding.at);
  field("decided_by", finding.decided_by);
  field("message", finding.label);
  field("inconclusive", finding.is_inconclusive);
  field("path", finding.path);
  field("trail", finding.trail);
}

template <Like<NotUnderstoodLine> T>
void each_field(T& line, auto&& field) {
  field("place", line.place);
  field("text", line.text);
}

template <Like<FlowFigures> T>
void each_field(T& figures, auto&& field) {
  field("hops", figures.hops);
  field("rules", figures.rules);
  field("distinct_paths", figures.distinct_paths);
}

template <Like<MessageResult> T>
void each_field(T& message, auto&& field) {
  field("id", message.label);
  field("class", message.message_class);
  field("reverse_path", message.reverse_path);
  field("recipient", message.recipient);
  field("fate", message.fate);
  field("path", message.path);
  field("trail", message.trail);
  field("mailbox", message.mailbox);
  field("folder", message.folder);
  field("code", message.code);
  field("text", message.text);
  field.derived("latency_ms", [&] { return static_cast<double>(message.latency_ns) / 1e6; });
  field("latency_ns", message.latency_ns);
  field("journal", message.journal);
  field("body_hash", message.body_hash);
  field("header", message.header);
}

template <Like<ComparedAspect> T>
void each_field(T& aspect, auto&& field) {
  field("name", aspect.name);
  field("value", aspect.value);
}

template <Like<ComparedMessage> T>
void each_field(T& message, auto&& field) {
  field("id", message.label);
  field("recipient", message.recipient);
  field("aspects", message.aspects);
  field("journal", message.journal);
}

template <Like<LaneDifference> T>
void each_field(T& difference, auto&& field) {
  field("file", difference.scenario);
  field("world", difference.world);
  field("id", difference.label);
  field("recipient", difference.recipient);
  field("aspect", difference.aspect);
  field("simulated", difference.simulated);
  field("live", difference.live);
  field("simulated_journal", difference.simulated_journal);
  field("live_journal", difference.live_journal);
  field("declared_because", difference.declared_because);
}

template <Like<Parity> T>
void each_field(T& parity, auto&& field) {
  field("compared", parity.compared);
  field("agree", parity.agree);
  field("differences", parity.differences);
  field("unused_declarations", parity.unused_declarations);
}

template <Like<ScenarioResult> T>
void each_field(T& run, auto&& field) {
  field("file", run.file);
  field("title", run.title);
  field("world", run.world);
  field("verdict", run.verdict);
  field("must_fail", run.is_must_fail);
  field("requirements", run.requirements);
  field("findings", run.findings);
  field("expected_findings", run.expected_findings);
  field("not_understood", run.not_understood);
  field("counts", run.counts);
  field("crossings", run.crossings);
  field("hops", run.hops);
  field("stragglers", run.stragglers);
  field("shared_hosts", run.shared_hosts);
  field("segregated_classes", run.segregated_classes);
  field("figures", run.figures);
  field("seconds", run.seconds);
  field("virtual_seconds", run.virtual_seconds);
  field("replay", run.replay);
  field("skipped_because", run.skipped_because);
  field("compared", run.compared);
  field("messages", run.messages);
  field("messages_left_out", run.messages_left_out);
  field("flow", run.flow);
  field("lines", run.lines);
  field("changed_files", run.has_changed_files);
  field("stories", run.stories);
  field("stories_left_out", run.stories_left_out);
  field("series", run.series);
}

template <Like<RequirementResult> T>
void each_field(T& requirement, auto&& field) {
  field("id", requirement.id);
  field("title", requirement.title);
  field("statement", requirement.statement);
  field("verdict", requirement.verdict);
  field("scenarios", requirement.scenarios);
}

template <Like<Summary> T>
void each_field(T& summary, auto&& field) {
  field("scenarios", summary.scenarios);
  field("passed", summary.passed);
  field("failed", summary.failed);
  field("errors", summary.errors);
  field("skipped", summary.skipped);
  field("inconclusive", summary.inconclusive);
  field("crossings", summary.crossings);
  field("hops", summary.hops);
  field("messages", summary.messages);
}

template <Like<Shard> T>
void each_field(T& shard, auto&& field) {
  field("index", shard.index);
  field("count", shard.count);
}

template <Like<Outcome> T>
void each_field(T& outcome, auto&& field) {
  field("lane", outcome.lane);
  field("sandbox_level", outcome.sandbox_level);
  field("components", outcome.components);
  field("time_factor", outcome.time_factor);
  // Nothing compared: null, no figure.
  field.derived("parity", [&] {
    return outcome.parity.compared == 0 ? std::numeric_limits<double>::quiet_NaN() : outcome.parity.ratio();
  });
  field("lane_comparison", outcome.parity);
  field("seed", outcome.seed);
  field("shard", outcome.shard);
  field("summary", outcome.summary);
  field("shared_hosts", outcome.shared_hosts);
  field("requirements", outcome.requirements);
  field("scenarios", outcome.scenarios);
  field("seconds", outcome.seconds);
  field("worlds", outcome.worlds);
  field("inputs", outcome.inputs);
  field("record", outcome.record);
  field("world_comparison", outcome.world_comparison);
}

}  // namespace watershed::harness
