// Tests that ask the site: spamtest and virustest (RFC 5235), lists (RFC 6134), annotations (RFC 5490), special uses
// (RFC 8579). The scores are those of Pigeonhole's sieve-test(1) with the same settings, but where a comment says so.
#include "components/filter/sieve/test_support.hpp"

#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

namespace watershed::sieve {
namespace {

using test::Setting;

CompileOptions with_settings(const std::vector<std::pair<std::string, std::string>>& settings) {
  CompileOptions options;
  for (const auto& [name, value] : settings) {
    const auto done = apply_setting(options, name, value);
    EXPECT_TRUE(done && done->has_value()) << name;
  }
  return options;
}

/// What spamtest, spamtest :percent and virustest see: `s5 p50 v0`, with ` count` where spamtest :count is 1.
std::string scores(const std::string& field, const CompileOptions& options) {
  Setting setting;
  setting.options = options;
  setting.message = field + "\r\nSubject: x\r\n\r\ny\r\n";
  const std::string answer = test::decide(
      "require [\"spamtestplus\", \"virustest\", \"relational\", \"comparator-i;ascii-numeric\", \"fileinto\",\n"
      "\"variables\"]; set \"c\" \"\"; if spamtest :count \"eq\" :comparator \"i;ascii-numeric\" \"1\" { set \"c\" \" "
      "count\"; }\n"
      "if spamtest :matches \"*\" { set \"s\" \"${1}\"; } if spamtest :percent :matches \"*\" { set \"p\" \"${1}\"; }\n"
      "if virustest :matches \"*\" { set \"v\" \"${1}\"; } fileinto \"s${s} p${p} v${v}${c}\";",
      setting);
  return answer.starts_with("fileinto \"") ? answer.substr(10, answer.size() - 11) : answer;
}

struct Case {
  std::string_view given;
  std::string_view expected;
};

TEST(SieveScores, OfANumber) {
  const CompileOptions options = with_settings({{"sieve_spamtest_status_type", "score"},
                                                {"sieve_spamtest_status_header", "X-Spam-Score"},
                                                {"sieve_spamtest_max_value", "5"}});
  const std::vector<Case> cases = {
      {"0", "s1 p0 v0 count"},    {"0.1", "s1 p2 v0 count"},   {"1", "s2 p20 v0 count"},     {"2.5", "s5 p50 v0 count"},
      {"3.9", "s8 p78 v0 count"}, {"5", "s10 p100 v0 count"},  {"5.1", "s10 p100 v0 count"}, {"-3", "s1 p0 v0 count"},
      {"+2", "s4 p40 v0 count"},  {"   3", "s6 p60 v0 count"}, {"2.5/5", "s0 p0 v0"},        {"abc", "s0 p0 v0"},
      {"", "s0 p0 v0"},           {"1e1", "s0 p0 v0"},         {"3 required=5", "s0 p0 v0"}, {"nan", "s0 p0 v0"},
      {"inf", "s0 p0 v0"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(scores("X-Spam-Score: " + std::string(c.given), options), c.expected) << c.given;
  EXPECT_EQ(scores("X-Other: 3", options), "s0 p0 v0");
  EXPECT_EQ(scores("X-Spam-Score: 3", CompileOptions()), "s0 p0 v0");  // not configured
}

TEST(SieveScores, OfAnExpression) {
  const CompileOptions options = with_settings(
      {{"sieve_spamtest_status_type", "score"},
       {"sieve_spamtest_status_header", "X-Spam-Status: [[:alnum:]]+, score=(-?[[:digit:]]+\\.[[:digit:]])"},
       {"sieve_spamtest_max_header", "X-Spam-Status: .*required=([[:digit:]]+\\.[[:digit:]])"}});
  EXPECT_EQ(scores("X-Spam-Status: Yes, score=4.2 required=8.4", options), "s5 p50 v0 count");
  EXPECT_EQ(scores("X-Spam-Status: Yes, score=4.2", options), "s0 p0 v0");
  EXPECT_EQ(scores("X-Spam-Status: Yes, score=4.2 required=0.0", options), "s0 p0 v0");
  EXPECT_EQ(scores("X-Spam-Status: No", options), "s0 p0 v0");
}

TEST(SieveScores, OfABar) {
  const CompileOptions options = with_settings({{"sieve_spamtest_status_type", "strlen"},
                                                {"sieve_spamtest_status_header", "X-Spam-Level"},
                                                {"sieve_spamtest_max_value", "10"}});
  const std::vector<Case> cases = {{"***", "s3 p30 v0 count"},
                                   {"", "s1 p0 v0 count"},
                                   {"**********", "s10 p100 v0 count"},
                                   {"************", "s10 p100 v0 count"},
                                   {"*x*", "s0 p0 v0"}};
  for (const Case& c : cases)
    EXPECT_EQ(scores("X-Spam-Level: " + std::string(c.given), options), c.expected) << c.given;
}

TEST(SieveScores, OfWords) {
  const CompileOptions options = with_settings({{"sieve_virustest_status_type", "text"},
                                                {"sieve_virustest_status_header", "X-Virus"},
                                                {"sieve_virustest_text_value1", "clean"},
                                                {"sieve_virustest_text_value3", "cured"},
                                                {"sieve_virustest_text_value/5", "infected"},
                                                {"sieve_spamtest_status_type", "text"},
                                                {"sieve_spamtest_status_header", "X-Spam"},
                                                {"sieve_spamtest_text_value0", "unknown"},
                                                {"sieve_spamtest_text_value1", "no"},
                                                {"sieve_spamtest_text_value10", "yes"}});
  const std::vector<Case> cases = {{"X-Virus: clean", "s0 p0 v1"},
                                   {"X-Virus: cured", "s0 p0 v3"},
                                   {"X-Virus: infected", "s0 p0 v5"},
                                   {"X-Virus: Infected", "s0 p0 v0"},
                                   {"X-Virus: other", "s0 p0 v0"},
                                   // RFC 5235 §2.2: 1 is "clear", 0 percent; Pigeonhole says 10 percent.
                                   {"X-Spam: no", "s1 p0 v0 count"},
                                   {"X-Spam: yes", "s10 p100 v0 count"},
                                   // RFC 5235 §2.2: 0 is "not tested"; Pigeonhole says 1.
                                   {"X-Spam: unknown", "s0 p0 v0"}};
  for (const Case& c : cases) EXPECT_EQ(scores(std::string(c.given), options), c.expected) << c.given;
}

TEST(SieveScores, PercentNeedsItsCapability) {
  EXPECT_EQ(
      test::decide("require \"spamtest\"; if spamtest :percent \"1\" { stop; }"),
      "error 1:33: unknown tagged argument ':percent' for the spamtest test without the capability \"spamtestplus\"");
}

class Site final : public MailboxDirectory, public Annotations, public ExternalLists {
 public:
  bool exists(std::string_view name) const override { return name == "Old" || name == "tag:friends"; }
  std::optional<std::string> with_special_use(std::string_view attribute, std::string_view mailbox) const override {
    const bool fits = attribute == "\\Archive" && (mailbox.empty() || mailbox == "Old");
    return fits ? std::optional<std::string>("Old") : std::nullopt;
  }
  std::optional<std::string> find(std::string_view mailbox, std::string_view entry) const override {
    if (mailbox == "INBOX" && entry == "/private/comment") return "My note";
    if (mailbox == "Old" && entry == "/private/empty") return "";
    if (mailbox.empty() && entry == "/shared/admin") return "mailto:root@ctbto.int";
    return std::nullopt;
  }
  bool contains(std::string_view list, std::string_view value) const override {
    return list == "tag:friends" && value == "op@station.example";
  }
  std::vector<std::string> members(std::string_view list) const override {
    return list == "tag:friends" ? std::vector<std::string>{"a@b.example", "c@d.example"} : std::vector<std::string>{};
  }
};

std::string asked(std::string_view test) {
  static const Site site;
  Setting setting;
  setting.mailboxes = &site;
  setting.annotations = &site;
  setting.lists = &site;
  const std::string answer = test::decide(
      "require [\"fileinto\", \"mboxmetadata\", \"servermetadata\", \"special-use\", \"extlists\", \"envelope\", "
      "\"relational\", \"comparator-i;ascii-numeric\", \"variables\", \"mailbox\"]; if " +
          std::string(test) + " { fileinto \"yes\"; } else { fileinto \"no\"; }",
      setting);
  return answer == "fileinto \"yes\"" ? "yes" : answer == "fileinto \"no\"" ? "no" : answer;
}

TEST(SieveSite, Annotations) {
  const std::vector<Case> cases = {
      {"metadata \"INBOX\" \"/private/comment\" \"my NOTE\"", "yes"},
      {"metadata :comparator \"i;octet\" \"INBOX\" \"/private/comment\" \"my NOTE\"", "no"},
      {"metadata :contains \"INBOX\" \"/private/comment\" [\"x\", \"note\"]", "yes"},
      {"metadata :matches \"INBOX\" \"/private/comment\" \"My*\"", "yes"},
      {"metadata :count \"eq\" :comparator \"i;ascii-numeric\" \"INBOX\" \"/private/comment\" \"1\"", "yes"},
      // RFC 5490 §3.4: what is not there makes the test false, whatever is asked.
      {"metadata :count \"eq\" :comparator \"i;ascii-numeric\" \"INBOX\" \"/private/other\" \"0\"", "no"},
      {"metadata :contains \"INBOX\" \"/private/other\" \"\"", "no"},
      {"metadata :contains \"nope\" \"/private/comment\" \"\"", "no"},
      {"metadata \"Old\" \"/private/empty\" \"\"", "yes"},
      {"metadataexists \"INBOX\" \"/private/comment\"", "yes"},
      {"metadataexists \"INBOX\" [\"/private/comment\", \"/private/other\"]", "no"},
      {"metadataexists \"nope\" \"/private/comment\"", "no"},
      {"metadataexists \"Old\" \"/private/empty\"", "yes"},
      {"servermetadata \"/shared/admin\" \"mailto:root@ctbto.int\"", "yes"},
      {"servermetadata :contains \"/private/comment\" \"\"", "no"},  // a mailbox's is not the server's
      {"servermetadataexists [\"/shared/admin\"]", "yes"},
      {"servermetadataexists [\"/shared/admin\", \"/shared/x\"]", "no"},
      {"metadata \"INBOX\" \"/private/comment\"",
       "error 1:167: the metadata test requires 3 positional argument(s), but 2 are specified"},
  };
  for (const Case& c : cases) EXPECT_EQ(asked(c.given), c.expected) << c.given;
}

TEST(SieveSite, SpecialUses) {
  const std::vector<Case> cases = {
      {"specialuse_exists \"\\\\Archive\"", "yes"},
      {"specialuse_exists [\"\\\\Archive\", \"\\\\Junk\"]", "no"},
      {"specialuse_exists \"Old\" \"\\\\Archive\"", "yes"},
      {"specialuse_exists \"INBOX\" \"\\\\Archive\"", "no"},
      {"specialuse_exists \"nope\" \"\\\\Archive\"", "no"},
      {"specialuse_exists \"Archive\"",
       "error 1:185: specialuse_exists test: invalid special-use flag `Archive' specified"},
  };
  for (const Case& c : cases) EXPECT_EQ(asked(c.given), c.expected) << c.given;
  static const Site site;
  Setting setting;
  setting.mailboxes = &site;
  const auto filed = [&](std::string_view command) {
    return test::decide("require [\"fileinto\", \"special-use\", \"mailbox\"]; " + std::string(command), setting);
  };
  // RFC 8579 §4: the mailbox with the use, else the one that is named.
  EXPECT_EQ(filed("fileinto :specialuse \"\\\\Archive\" \"New\";"), "fileinto \"Old\"");
  EXPECT_EQ(filed("fileinto :specialuse \"\\\\Junk\" :create \"Spam\";"), "fileinto :create \"Spam\"");
}

TEST(SieveSite, ExternalLists) {
  const std::vector<Case> cases = {
      {"valid_ext_list \"tag:friends\"", "yes"},
      {"valid_ext_list [\"tag:friends\", \"tag:nobody\"]", "no"},
      {"envelope :list \"from\" \"tag:friends\"", "yes"},
      {"envelope :list \"to\" \"tag:friends\"", "no"},
      {"address :list \"from\" [\"tag:nobody\", \"tag:friends\"]", "yes"},
      {"header :list \"subject\" \"tag:friends\"", "no"},
  };
  for (const Case& c : cases) EXPECT_EQ(asked(c.given), c.expected) << c.given;
  static const Site site;
  Setting setting;
  setting.lists = &site;
  EXPECT_EQ(test::decide("require [\"extlists\", \"copy\"]; redirect :copy :list \"tag:friends\";", setting),
            "redirect :copy a@b.example; redirect :copy c@d.example; implicit keep");
  // Mail is not lost to a list that is not there.
  EXPECT_EQ(test::decide("require \"extlists\"; redirect :list \"tag:nobody\";", setting),
            "run-time error 1: there is no list 'tag:nobody' to redirect to; implicit keep");
}

}  // namespace
}  // namespace watershed::sieve
