// For the tests of the writers: an Outcome with one run of each verdict, and mail content that wants to break out.
#pragma once

#include "harness/outcome.hpp"

#include <string>

namespace watershed::reports {

/// Ends an attribute, a CDATA section and an element, clears the screen, is no UTF-8, turns the reading direction round
/// and uses two characters that XML 1.0 forbids.
inline const std::string hostile_text = std::string("\"'>]]></failure><x>&amp; \x1b[2J\x1b]0;own\x07 ") +
                                        std::string("\0\r\n\t", 4) +
                                        "\xff\xc0\xaf \xed\xa0\x80 \xe2\x80\xae"
                                        "evil \xc2\x9b"
                                        "31m \xef\xbf\xbe\xef\xbf\xbf ü…";

inline harness::MessageResult sample_message(std::string label, std::string message_class) {
  harness::MessageResult message;
  message.label = std::move(label);
  message.message_class = std::move(message_class);
  message.reverse_path = "op@station.example";
  message.recipient = "autodrm@ctbto.int";
  message.fate = "delivered";
  message.path = {"station.example", "mx.ctbto.int", "store.ctbto.int"};
  message.trail = {"mx.ctbto.int: transport lmtp:store (worlds/phase2/postfix/transport:3)"};
  message.mailbox = "autodrm@ctbto.int";
  message.folder = "Requests";
  message.code = 250;
  message.text = "2.0.0 Ok";
  message.latency_ns = 1'500'000;
  return message;
}

/// A run in which everything held: mail of both classes on phase2, no host in common.
inline harness::ScenarioResult sample_passed() {
  harness::ScenarioResult run;
  run.file = "scenarios/request.yaml";
  run.title = "A request is answered";
  run.world = "phase2";
  run.requirements = {"SEG-1", "ROUTE-1"};
  run.messages = {sample_message("request", "verification"), sample_message("letter", "personal")};
  run.counts.offered = 2;
  run.counts.delivered = 2;
  run.hops = 4;
  run.stragglers = {{"old@ctbto.org from op@station.example", 1}};
  run.segregated_classes = {"personal", "verification"};
  run.figures = {2, 5, 1};
  run.seconds = 0.0125;
  run.virtual_seconds = 1.5;
  run.replay = "watershed run scenarios/request.yaml --world phase2 --seed 7";
  return run;
}

/// A run with a crossing, told with hostile text.
inline harness::ScenarioResult sample_failed() {
  harness::ScenarioResult run = sample_passed();
  run.file = "scenarios/leak.yaml";
  run.title = "A bounce stays home " + hostile_text;
  run.verdict = harness::Verdict::failed;
  run.crossings = 1;
  run.stragglers.clear();
  run.messages.resize(1);
  harness::Finding finding;
  finding.rule = "invariant segregation";
  finding.sentence = "message 'request' was handled in zone personal: " + hostile_text;
  finding.at = {"scenarios/leak.yaml", 7, 5};
  finding.decided_by = "worlds/phase2/postfix/transport:3";
  finding.label = "request";
  finding.path = {"station.example", "mx.ctbto.int", "eu.cloud"};
  finding.trail = {"mx.ctbto.int: transport smtp:[eu.cloud] (worlds/phase2/postfix/transport:3)"};
  run.findings = {finding};
  return run;
}

inline harness::ScenarioResult sample_inconclusive() {
  harness::ScenarioResult run = sample_passed();
  run.file = "scenarios/unsure.yaml";
  run.title = "Nobody can tell";
  run.world = "phase1";
  run.verdict = harness::Verdict::inconclusive;
  run.not_understood = {{"worlds/phase1/postfix/main.cf:12", "smtpd_frobnicate = yes"}};
  return run;
}

/// A known-bad world that was rightly found out.
inline harness::ScenarioResult sample_must_fail() {
  harness::ScenarioResult run = sample_failed();
  run.file = "scenarios/must-fail/leak.yaml";
  run.title = "Known bad: a forward leaks";
  run.verdict = harness::Verdict::passed;
  run.is_must_fail = true;
  run.expected_findings = std::move(run.findings);
  run.findings.clear();
  return run;
}

inline harness::Outcome sample_outcome(std::vector<harness::ScenarioResult> runs) {
  harness::Outcome outcome;
  outcome.seed = 7;
  outcome.scenarios = std::move(runs);
  outcome.requirements = {{"SEG-1", "Separate systems", "No host handles both.", harness::Verdict::skipped, {}},
                          {"OPS-1", "Load", "The platform carries it.", harness::Verdict::skipped, {}}};
  harness::summarize(outcome);
  outcome.seconds = 0.25;
  return outcome;
}

}  // namespace watershed::reports
