// The world's spam rules as Lua for rspamd: what is said, and what cannot be said.
#include "harness/lanes/live/rspamd_rules.hpp"

#include <gmock/gmock.h>

namespace watershed::harness {
namespace {

using testing::HasSubstr;

spam::Rule rule(talk::FilterAction action) {
  spam::Rule made;
  made.name = "made";
  made.match.header = "Subject";
  made.match.header_contains = "[BULK]";
  made.action = action;
  return made;
}

std::string lua(const spam::Rule& made) {
  const auto text = rspamd_lua(std::vector{made}, "filter.example");
  EXPECT_TRUE(text);
  return text ? *text : "";
}

TEST(LuaLiteral, HasNoByteThatEndsIt) { EXPECT_EQ(lua_literal("a\"b\\c\n\xff"), R"("a\034b\092c\010\255")"); }

TEST(RspamdLua, RejectsGtubeBeforeAnyRule) {
  const std::string text = lua(rule(talk::FilterAction::accept));
  EXPECT_LT(text.find("has_gtube(task) then"), text.find("[BULK]"));
}

TEST(RspamdLua, SaysConditionsAndActions) {
  EXPECT_THAT(lua(rule(talk::FilterAction::tag)), HasSubstr("X-Spam-Flag"));
  EXPECT_THAT(lua(rule(talk::FilterAction::quarantine)), HasSubstr("task:set_pre_result(\"quarantine\""));
  EXPECT_THAT(lua(rule(talk::FilterAction::tempfail)), HasSubstr("task:set_pre_result(\"soft reject\""));
  EXPECT_THAT(lua(rule(talk::FilterAction::discard)), HasSubstr("task:set_pre_result(\"discard\""));
  spam::Rule by_client = rule(talk::FilterAction::reject);
  by_client.match = {};
  by_client.match.client = "198.51.100.66/24";
  EXPECT_THAT(lua(by_client), HasSubstr("from_network(task, \"198.51.100.0\", 24)"));
  spam::Rule by_path = rule(talk::FilterAction::reject);
  by_path.match = {};
  by_path.match.reverse_path = "*@bulk-mail.example";
  EXPECT_THAT(lua(by_path), HasSubstr("reverse_path(task, \"^.*%@bulk%-mail%.example$\")"));
}

TEST(RspamdLua, RefusesWhatTheMilterCannotAnswer) {
  spam::Rule made = rule(talk::FilterAction::reject);
  made.reply = mail::make_reply(550, "5.7.1", "no");
  EXPECT_FALSE(rspamd_lua(std::vector{made}, "filter.example"));
  made.reply = mail::make_reply(554, "5.7.1", "no, thank you");
  EXPECT_THAT(lua(made), HasSubstr("\"no, thank you\""));
}

TEST(RspamdLua, RefusesExpressionsThatMeanOtherThings) {
  spam::Rule made = rule(talk::FilterAction::tag);
  made.match.header_contains.clear();
  made.match.header_regex = R"(a\.b)";
  EXPECT_FALSE(rspamd_lua(std::vector{made}, "filter.example"));
}

}  // namespace
}  // namespace watershed::harness
