// For tests: two fake MTAs on a Stage, one that sends and one that receives.
#pragma once

#include "fakes/mta/mta.hpp"
#include "stage/simulated_stage.hpp"

#include <gtest/gtest.h>

namespace watershed::mta::mta_test {

using stage::FactKind;
using stage::Task;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

inline IpAddress address(std::string_view text) { return *parse_ip_address(text); }

struct World : stage::SimulatedStage {
  World() {
    receiver.hostname = "mx.receiver.example";
    receiver.addresses = {address("192.0.2.25")};
    receiver.host = add_host(receiver.hostname, receiver.addresses[0]);
    sender.hostname = "mail.sender.example";
    sender.addresses = {address("198.51.100.7")};
    sender.host = add_host(sender.hostname, sender.addresses[0]);
    sender.sender.smart_host = "192.0.2.25";
  }
  ~World() { executor.shut_down(); }

  void start() {
    to = std::make_unique<FakeMta>(stage, receiver);
    from = std::make_unique<FakeMta>(stage, sender);
    ASSERT_TRUE(to->start());
  }

  /// Sends one message now; its result comes into `results`.
  void send(std::vector<std::string> recipients, std::string message =
                                                     "Received: from a by b; Fri, 20 Nov 2026 06:00:00 +0000\r\n"
                                                     "Subject: x\r\n\r\nhello\r\n") {
    mail::Envelope envelope;
    envelope.reverse_path = *mail::parse_reverse_path("<op@sender.example>");
    for (const std::string& each : recipients)
      envelope.recipients.push_back({*mail::parse_forward_path("<" + each + ">"), {}, {}});
    executor.spawn(submit(std::move(envelope), mail::Message::parse(std::move(message))));
  }
  Task<void> submit(mail::Envelope envelope, mail::Message message) {
    results.push_back(co_await from->submit(std::move(envelope), std::move(message), "label", "verification"));
  }
  void run() {
    executor.run_until(stage::forever);
    EXPECT_EQ(executor.failure(), "");
  }

  /// `kind@seconds recipient code text` of the facts of one kind.
  std::vector<std::string> facts(FactKind kind) const {
    std::vector<std::string> found;
    for (const stage::Fact& fact : journal.facts()) {
      if (fact.kind != kind) continue;
      found.push_back(
          fmt::format("{}s {} {} {} {}", fact.at / seconds(1), fact.recipient, fact.code, fact.detail, fact.text));
    }
    return found;
  }
  std::size_t count(FactKind kind) const { return facts(kind).size(); }

  FakeMtaOptions receiver;
  FakeMtaOptions sender;
  std::unique_ptr<FakeMta> to;
  std::unique_ptr<FakeMta> from;
  std::vector<SubmissionResult> results;
};

using Lines = std::vector<std::string>;

inline ScriptRule answers(ScriptStage at, int code, std::string_view status, std::string_view text) {
  ScriptRule rule;
  rule.name = "test";
  rule.at = at;
  rule.action = {.verb = ScriptVerb::reply, .reply = mail::make_reply(code, status, text)};
  return rule;
}

}  // namespace watershed::mta::mta_test
