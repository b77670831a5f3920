// After a reload the line that is named is one of the new configuration, for what was tried after it and for no other.
#include "components/router/engine/test_world.hpp"
#include "harness/lanes/wire/content_marks.hpp"
#include "harness/lanes/wire/wire_test_world.hpp"

#include <gmock/gmock.h>

namespace watershed::harness {
namespace {

using ::testing::ElementsAre;

std::shared_ptr<const router::RouteDecider> decider(const std::string& main_cf) {
  return router::testing::decider("mx.example", {*parse_ip_address("192.0.2.2")}, {{"main.cf", main_cf}});
}

class Reconfigured : public ::testing::Test {
 protected:
  Reconfigured() { world_.hosts[1].decider = decider("relayhost = [outside.example]\n"); }

  void take(const std::string& id) {
    const std::string content = content_with({});
    world_.send(WireTestWorld::station, WireTestWorld::mx, "op@station.example",
                {{"op@b.example", "250 2.0.0 Ok: queued as " + id}}, content);
    world_.offer("op@b.example", content_marks(content).body_hash);
  }
  void pass_on(const std::string& id) {
    world_.send(WireTestWorld::mx, WireTestWorld::outside, "op@station.example", {{"op@b.example"}},
                content_with({"by mx.example (Postfix) id " + id}));
    world_.log(WireTestWorld::mx, id + ": to=<op@b.example>, relay=outside.example[192.0.2.4]:25, dsn=2.0.0, "
                                       "status=sent (250 2.0.0 Ok)");
    world_.log(WireTestWorld::mx, id + ": removed");
  }
  void reload() {
    world_.hosts[1].decider.replace(stage::Time(++world_.now),
                                    decider("# the same way out\n\nrelayhost = [outside.example]\n"));
  }
  std::vector<std::string> lines() {
    std::vector<std::string> found;
    for (const stage::Fact& fact : world_.read().facts) {
      if (fact.kind == stage::FactKind::routed) found.push_back(fact.decided_by);
    }
    return found;
  }

  WireTestWorld world_;
};

TEST_F(Reconfigured, EachMessageHasTheLineOfItsTime) {
  take("4AAAAA");
  pass_on("4AAAAA");
  reload();
  take("4BBBBB");
  pass_on("4BBBBB");
  EXPECT_THAT(lines(), ElementsAre("postfix/main.cf:7", "postfix/main.cf:9"));
}

TEST_F(Reconfigured, WhatWaitedGoesByTheNewOne) {
  take("4AAAAA");
  world_.log(WireTestWorld::mx,
             "4AAAAA: to=<op@b.example>, relay=none, dsn=4.4.1, status=deferred (connect to outside.example: refused)");
  reload();
  pass_on("4AAAAA");
  EXPECT_THAT(lines(), ElementsAre("postfix/main.cf:9"));
}

}  // namespace
}  // namespace watershed::harness
