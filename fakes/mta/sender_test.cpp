// Where the fake MTA's sender goes: by MX with fallback, over a smart host, and what it makes of names that do not lead
// anywhere. RFC 5321 §5.1, RFC 7505.
#include "fakes/mta/mta.hpp"

#include "stage/simulated_stage.hpp"
#include "talk/dns_test_answers.hpp"

#include <gtest/gtest.h>

namespace watershed::mta {
namespace {

using stage::FactKind;
using std::chrono::minutes;
using std::chrono::seconds;
using talk::RecordType;

IpAddress address(std::string_view text) { return *parse_ip_address(text); }

struct World : stage::SimulatedStage {
  World() {
    const Endpoint dns{address("192.0.2.53"), 53};
    add_host("ns.example", dns.address);
    const auto served = network.serve_datagrams(
        dns, [this](std::string query, Endpoint) { return names.answer(std::move(query), executor.now()); });
    EXPECT_TRUE(served);
    options.hostname = "mail.sender.example";
    options.addresses = {address("198.51.100.7")};
    options.host = add_host(options.hostname, options.addresses[0]);
    options.sender.resolver.servers = {dns};
  }
  ~World() { executor.shut_down(); }

  FakeMta& add_receiver(std::string name, std::string_view at, std::vector<ScriptRule> script = {}) {
    FakeMtaOptions receiver;
    receiver.hostname = std::move(name);
    receiver.addresses = {address(at)};
    receiver.host = add_host(receiver.hostname, receiver.addresses[0]);
    receiver.script = std::move(script);
    receivers.push_back(std::make_unique<FakeMta>(stage, std::move(receiver)));
    EXPECT_TRUE(receivers.back()->start());
    return *receivers.back();
  }
  void set(const std::string& name, RecordType type, std::vector<std::string> records) {
    names.answers[{name, type}] = {.answer = std::move(records)};
  }
  void send(std::vector<std::string> recipients) {
    if (!sender) sender = std::make_unique<FakeMta>(stage, options);
    mail::Envelope envelope;
    for (const std::string& each : recipients)
      envelope.recipients.push_back({*mail::parse_forward_path("<" + each + ">"), {}, {}});
    executor.spawn(submit(std::move(envelope)));
    executor.run_until(executor.now() + minutes(4));
    EXPECT_EQ(executor.failure(), "");
  }
  stage::Task<void> submit(mail::Envelope envelope) {
    mail::Message message = mail::Message::parse("Subject: x\r\n\r\nhello\r\n");
    results.push_back(co_await sender->submit(std::move(envelope), std::move(message), "label", "personal"));
  }
  std::vector<std::string> ends() const {
    std::vector<std::string> found;
    for (const stage::Fact& fact : journal.facts()) {
      const bool is_end =
          fact.kind == FactKind::stored || fact.kind == FactKind::failed || fact.kind == FactKind::deferred;
      if (!is_end) continue;
      const bool is_stored = fact.kind == FactKind::stored;
      found.push_back(fmt::format("{} {} {}", to_string(fact.kind), fact.recipient,
                                  is_stored ? journal.host_name(fact.host) : fact.text));
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  talk::ScriptedNameServer names;
  FakeMtaOptions options;
  std::vector<std::unique_ptr<FakeMta>> receivers;
  std::unique_ptr<FakeMta> sender;
  std::vector<SubmissionResult> results;
};

using Lines = std::vector<std::string>;

void set_two_hosts(World& world) {
  world.set("b.example", RecordType::mx,
            {"b.example. 60 IN MX 20 mx2.b.example.", "b.example. 60 IN MX 10 mx1.b.example."});
  world.set("mx1.b.example", RecordType::a, {"mx1.b.example. 60 IN A 192.0.2.11"});
  world.set("mx2.b.example", RecordType::a, {"mx2.b.example. 60 IN A 192.0.2.12"});
}

TEST(Sender, GoesToTheBestExchangerAndFallsBack) {
  for (const std::string_view first : {"well", "refuses", "down", "greets with 554", "says later"}) {
    SCOPED_TRACE(first);
    World world;
    set_two_hosts(world);
    std::vector<ScriptRule> script;
    if (first.starts_with("greets") || first == "says later") {
      ScriptRule rule;
      rule.at = first == "says later" ? ScriptStage::rcpt : ScriptStage::connect;
      rule.action.reply =
          first == "says later" ? mail::make_reply(451, "4.3.0", "later") : mail::make_reply(554, "", "none");
      script.push_back(rule);
    }
    FakeMta& best = world.add_receiver("mx1.b.example", "192.0.2.11", script);
    world.add_receiver("mx2.b.example", "192.0.2.12");
    if (first == "refuses") best.stop();
    if (first == "down") world.network.set_host_up(best.options().host, false);
    world.send({"a@B.example"});
    EXPECT_EQ(world.ends(),
              Lines{fmt::format("stored a@B.example {}", first == "well" ? "mx1.b.example" : "mx2.b.example")});
  }
}

TEST(Sender, APermanentAnswerIsNotTakenElsewhere) {
  World world;
  set_two_hosts(world);
  ScriptRule rule;
  rule.at = ScriptStage::rcpt;
  rule.action.reply = mail::make_reply(550, "5.1.1", "who");
  world.add_receiver("mx1.b.example", "192.0.2.11", {rule});
  FakeMta& second = world.add_receiver("mx2.b.example", "192.0.2.12");
  world.send({"a@b.example"});
  EXPECT_EQ(world.ends(), Lines{"failed a@b.example 550 5.1.1 who"});
  EXPECT_EQ(second.received_count(), 0U);
}

TEST(Sender, EachDomainGoesItsOwnWay) {
  World world;
  set_two_hosts(world);
  world.add_receiver("mx1.b.example", "192.0.2.11");
  world.set("null.example", RecordType::mx, {"null.example. 60 IN MX 0 ."});
  world.set("bare.example", RecordType::mx, {"bare.example. 60 IN MX 5 nowhere.example."});
  world.names.answers[{"broken.example", RecordType::mx}] = {.rcode = 2};
  world.send(
      {"a@b.example", "b@null.example", "c@unknown.example", "d@broken.example", "e@bare.example", "f@b.example"});
  EXPECT_EQ(world.ends(), (Lines{"deferred d@broken.example 4.4.3 lookup of broken.example MX failed: servfail",
                                 "failed b@null.example 5.1.10 domain null.example takes no mail (null MX)",
                                 "failed c@unknown.example 5.1.2 domain unknown.example not found",
                                 "failed e@bare.example 5.4.4 mail host nowhere.example has no address",
                                 "stored a@b.example mx1.b.example", "stored f@b.example mx1.b.example"}));
  EXPECT_EQ(world.receivers[0]->received_count(), 1U);  // two recipients, one transaction
  EXPECT_TRUE(world.results.empty());                   // one recipient still waits
  EXPECT_EQ(world.sender->sender().queued(), 1U);
  world.set("broken.example", RecordType::mx, {"broken.example. 60 IN MX 5 mx1.b.example."});
  world.executor.run_until(minutes(10));
  ASSERT_EQ(world.results.size(), 1U);
  EXPECT_TRUE(world.results[0].recipients[3].is_accepted);
  EXPECT_FALSE(world.results[0].recipients[2].is_accepted);
}

TEST(Sender, UsesTheFamiliesThatItHas) {
  for (const bool has_v6 : {false, true}) {
    World world;
    if (has_v6) {
      world.options.addresses.push_back(address("2001:db8::7"));
      world.network.add_address(address("2001:db8::7"), world.options.host);
    }
    world.set("c.example", RecordType::mx, {"c.example. 60 IN MX 1 six.c.example."});
    world.set("six.c.example", RecordType::aaaa, {"six.c.example. 60 IN AAAA 2001:db8::11"});
    world.names.answers[{"six.c.example", RecordType::a}] = {};
    world.add_receiver("six.c.example", "2001:db8::11");
    world.send({"a@c.example"});
    if (has_v6) {
      EXPECT_EQ(world.ends(), Lines{"stored a@c.example six.c.example"});
      EXPECT_EQ(world.receivers[0]->received().at(0).client, address("2001:db8::7"));
    } else {
      EXPECT_EQ(world.ends(), Lines{"failed a@c.example 5.4.4 mail host six.c.example has no address"});
    }
  }
}

TEST(Sender, ASmartHostTakesEverythingInOneTransaction) {
  World world;
  world.options.sender.smart_host = "hub.example";
  world.set("hub.example", RecordType::a, {"hub.example. 60 IN A 192.0.2.11"});
  world.add_receiver("hub.example", "192.0.2.11");
  world.send({"a@b.example", "b@c.example"});
  EXPECT_EQ(world.ends(), (Lines{"stored a@b.example hub.example", "stored b@c.example hub.example"}));
  EXPECT_EQ(world.receivers[0]->received_count(), 1U);
}

TEST(Sender, WaitsForASmartHostThatIsUnknown) {
  World world;
  world.options.sender.smart_host = "hub.example";
  world.send({"a@b.example"});
  EXPECT_EQ(world.ends(), Lines{"deferred a@b.example 4.4.3 smart host hub.example: nxdomain"});
}

}  // namespace
}  // namespace watershed::mta
