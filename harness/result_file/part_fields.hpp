// The keys of a result file for the parts of an Outcome that pages need; see fields.hpp.
#pragma once

#include "harness/outcome_parts.hpp"

#include <concepts>
#include <type_traits>

namespace watershed::harness {

/// T, or const T when it is only written.
template <class Given, class T>
concept Like = std::same_as<std::remove_const_t<Given>, T>;

template <Like<StoryEvent> T>
void each_field(T& event, auto&& field) {
  field("at_ns", event.at_ns);
  field("host", event.host);
  field("fact", event.fact);
  field("custody", event.custody);
  field("cause", event.cause);
  field("connection", event.connection);
  field("transaction", event.transaction);
  field("code", event.code);
  field("reverse_path", event.reverse_path);
  field("recipient", event.recipient);
  field("detail", event.detail);
  field("text", event.text);
  field("decided_by", event.decided_by);
  field("crossing", event.is_crossing);
  field("body_differs", event.body_differs);
}

template <Like<DialogueLine> T>
void each_field(T& line, auto&& field) {
  field("at_ns", line.at_ns);
  field("from_client", line.from_client);
  field("text", line.text);
}

template <Like<Dialogue> T>
void each_field(T& dialogue, auto&& field) {
  field("connection", dialogue.connection);
  field("client", dialogue.client);
  field("server", dialogue.server);
  field("lines", dialogue.lines);
  field("cut", dialogue.is_cut);
}

template <Like<HeaderChange> T>
void each_field(T& change, auto&& field) {
  field("added", change.is_added);
  field("field", change.field);
}

template <Like<CopyDifference> T>
void each_field(T& copy, auto&& field) {
  field("host", copy.host);
  field("mailbox", copy.mailbox);
  field("folder", copy.folder);
  field("body_unchanged", copy.body_unchanged);
  field("header", copy.header);
  field("authentication", copy.authentication);
}

template <Like<BrokenExpectation> T>
void each_field(T& broken, auto&& field) {
  field("rule", broken.rule);
  field("sentence", broken.sentence);
  field("at", broken.at);
  field("source_line", broken.source_line);
  field("decided_by", broken.decided_by);
  field("inconclusive", broken.is_inconclusive);
}

template <Like<MessageStory> T>
void each_field(T& story, auto&& field) {
  field("label", story.label);
  field("class", story.message_class);
  field("subject", story.subject);
  field("reverse_path", story.reverse_path);
  field("recipients", story.recipients);
  field("fates", story.fates);
  field("broken", story.broken);
  field("events", story.events);
  field("events_left_out", story.events_left_out);
  field("copies", story.copies);
  field("dialogues", story.dialogues);
  field("dialogues_incomplete", story.dialogues_incomplete);
}

template <Like<FlowHop> T>
void each_field(T& hop, auto&& field) {
  field("from", hop.from);
  field("to", hop.to);
  field("class", hop.message_class);
  field("way", hop.way);
  field("count", hop.count);
  field("crossing", hop.is_crossing);
}

template <Like<TimeBucket> T>
void each_field(T& bucket, auto&& field) {
  field("offered", bucket.offered);
  field("delivered", bucket.delivered);
  field("transient_replies", bucket.transient_replies);
  field("permanent_replies", bucket.permanent_replies);
  field("connect_errors", bucket.connect_errors);
  field("dns_errors", bucket.dns_errors);
  field("held_max", bucket.held_max);
  field("latency_p50_ns", bucket.latency_p50_ns);
  field("latency_p95_ns", bucket.latency_p95_ns);
  field("latency_p99_ns", bucket.latency_p99_ns);
  field("latency_max_ns", bucket.latency_max_ns);
}

template <Like<TimeMark> T>
void each_field(T& mark, auto&& field) {
  field("at_ns", mark.at_ns);
  field("text", mark.text);
}

template <Like<TimeSeries> T>
void each_field(T& series, auto&& field) {
  field("bucket_ns", series.bucket_ns);
  field("buckets", series.buckets);
  field("marks", series.marks);
}

template <Like<LineUse> T>
void each_field(T& use, auto&& field) {
  field("line", use.line);
  field("path", use.path);
}

template <Like<InputFile> T>
void each_field(T& input, auto&& field) {
  field("path", input.path);
  field("sha256", input.sha256);
  field("octets", input.octets);
  field("world", input.world);
  field("hosts", input.hosts);
  field("kind", input.kind);
  field("text", input.text);
  field("rule_lines", input.rule_lines);
  field("uses", input.uses);
}

template <Like<WorldZone> T>
void each_field(T& zone, auto&& field) {
  field("name", zone.name);
  field("external", zone.is_external);
  field("carries", zone.carries);
}

template <Like<WorldHost> T>
void each_field(T& host, auto&& field) {
  field("name", host.name);
  field("zone", host.zone);
  field("role", host.role);
}

template <Like<WorldMap> T>
void each_field(T& world, auto&& field) {
  field("name", world.name);
  field("description", world.description);
  field("zones", world.zones);
  field("hosts", world.hosts);
  field("bridges", world.bridges);
}

template <Like<Waiver> T>
void each_field(T& waiver, auto&& field) {
  field("world", waiver.world);
  field("place", waiver.place);
  field("because", waiver.because);
}

template <Like<RunRecord> T>
void each_field(T& record, auto&& field) {
  field("started_at", record.started_at);
  field("command", record.command);
  field("machine", record.machine);
  field("sandbox", record.sandbox);
  field("versions", record.versions);
  field("waivers", record.waivers);
}

template <Like<FlowDifference> T>
void each_field(T& difference, auto&& field) {
  field("file", difference.scenario);
  field("world", difference.world);
  field("id", difference.message);
  field("recipient", difference.recipient);
  field("aspects", difference.aspects);
  field("cause", difference.cause);
  field("expected", difference.is_expected);
  field("requirements", difference.requirements);
  field("journal_a", difference.journal_a);
  field("journal_b", difference.journal_b);
}

template <Like<FlowComparison> T>
void each_field(T& comparison, auto&& field) {
  field("a", comparison.a);
  field("b", comparison.b);
  field("flows", comparison.flows);
  field("differences", comparison.differences);
  field("not_compared", comparison.not_compared);
}

}  // namespace watershed::harness
