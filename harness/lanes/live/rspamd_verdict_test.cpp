// rspamd's words as verdicts of the world's rules: never milder than what rspamd did.
#include "harness/lanes/live/rspamd_verdict.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace watershed::harness {
namespace {

spam::Rule rule(std::string name, talk::FilterAction action) {
  spam::Rule made;
  made.decided_by = "spam.yaml:" + name;
  made.name = std::move(name);
  made.action = action;
  return made;
}

FilterEntry named(const std::string& log, const std::vector<spam::Rule>& rules) {
  FilterEntry entry{};
  const auto line = parse_rspamd_log(log);
  if (line) name_verdict(*line, rules, entry);
  return entry;
}

std::string log(const std::string& verdict, const std::string& rest = "") {
  return "<564e64>; proxy; rspamd_task_write_log: id: <a@b>, qid: <B421034>, ip: 192.0.2.1, from: <h@public.example>, "
         "(default: " +
         verdict + "), len: 221, time: 255.505ms, rcpts: <a@b.example>" + rest;
}

TEST(RspamdVerdict, WhatItHoldsIsHeldAlthoughNoRuleIsNamed) {
  const std::vector<spam::Rule> rules = {rule("lottery", talk::FilterAction::quarantine),
                                         rule("bulk", talk::FilterAction::tag)};
  const FilterEntry held = named(log("T (quarantine): [0.00/1000.00] []"), rules);
  EXPECT_EQ(held.action, "quarantine");
  EXPECT_EQ(held.rule, "lottery");
  EXPECT_EQ(held.decided_by, "spam.yaml:lottery");
}

TEST(RspamdVerdict, OfSeveralRulesThatHoldNoneIsGuessed) {
  const std::vector<spam::Rule> rules = {rule("one", talk::FilterAction::quarantine),
                                         rule("other", talk::FilterAction::quarantine)};
  const FilterEntry held = named(log("T (quarantine): [0.00/1000.00] []"), rules);
  EXPECT_EQ(held.action, "quarantine");
  EXPECT_EQ(held.rule, "");
}

TEST(RspamdVerdict, ATagIsNoActionWithARulesName) {
  const std::vector<spam::Rule> rules = {rule("bulk", talk::FilterAction::tag), rule("ok", talk::FilterAction::accept)};
  const std::string forced = ", forced: no action \"bulk\"; score=nan (set by watershed)";
  EXPECT_EQ(named(log("F (no action): [0.00/1000.00] []", forced), rules).action, "tag");
  EXPECT_EQ(named(log("F (no action): [0.00/1000.00] []"), rules).action, "accept");
}

TEST(RspamdVerdict, WhatItRefusesIsRefusedWhateverTheNamedRuleAsksFor) {
  const std::vector<spam::Rule> rules = {rule("bulk", talk::FilterAction::tag)};
  const std::string forced = ", forced: reject \"bulk\"; score=nan (set by watershed)";
  EXPECT_EQ(named(log("T (reject): [1000.00/1000.00] []", forced), rules).action, "reject");
}

}  // namespace
}  // namespace watershed::harness
