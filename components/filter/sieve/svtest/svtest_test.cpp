// The runner of test scripts: the samples must pass, and a case must be able to fail.
#include "components/filter/sieve/svtest/run_svtest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace watershed::sieve {
namespace {

constexpr std::int64_t now = 1'795'000'000;

TEST(Svtest, SamplesPass) {
  const std::filesystem::path folder =
      std::filesystem::path(WATERSHED_SOURCE_DIR) / "components/filter/sieve/svtest/samples";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".svtest") continue;
    ++files;
    const auto cases = run_svtest(entry.path().string(), now);
    ASSERT_TRUE(cases.has_value()) << render(cases.error());
    EXPECT_FALSE(cases->empty());
    for (const CaseResult& result : *cases) EXPECT_TRUE(result.passed) << result.name << ": " << result.reason;
  }
  EXPECT_GT(files, 0U);
}

std::string outcome_of(const std::string& source) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "one.svtest";
  std::ofstream(path) << "require \"vnd.dovecot.testsuite\";\n" << source;
  const auto cases = run_svtest(path.string(), now);
  if (!cases) return "error: " + cases.error().front().message;
  std::string out;
  for (const CaseResult& result : *cases) {
    out += result.name + (result.passed ? " passed; " : " failed: " + result.reason + "; ");
    for (const std::string& warning : result.warnings) out += "warning: " + warning + "; ";
  }
  return out;
}

TEST(Svtest, CasesFailAndStandAlone) {
  EXPECT_EQ(outcome_of("test \"a\" { test_fail \"one\"; test_fail \"two\"; }\ntest \"b\" { keep; }"),
            "a failed: one; b passed; ");
  EXPECT_THAT(outcome_of("test \"a\" { test_message :smtp 0; } test \"b\" {}"),
              testing::HasSubstr("test_message failed: there is no sent message 0; b passed"));
  EXPECT_THAT(outcome_of("test \"a\" { test_set \"envelope.form\" \"x\"; }"),
              testing::HasSubstr("there is no item 'envelope.form'; expected message, envelope.from"));
  EXPECT_THAT(outcome_of("test \"a\" { test_script_compile \"nowhere.sieve\"; }"),
              testing::HasSubstr("nowhere.sieve' not found"));
  EXPECT_THAT(
      outcome_of(
          "test \"a\" { test_config_set \"sieve_frob\" \"x\"; test_config_set \"sieve_max_redirects\" \"many\"; }"),
      testing::HasSubstr("a passed; warning: the setting 'sieve_frob' is not known here and has no effect; "
                         "warning: the setting 'sieve_max_redirects' keeps its default: 'many' is no number; "));
  EXPECT_THAT(outcome_of("test_fail \"x\";"), testing::HasSubstr("outside of every test"));
  EXPECT_THAT(outcome_of("frop;"), testing::HasSubstr("unknown command 'frop'"));
}

TEST(Svtest, TheAccountHasListsAndSpecialUses) {
  BenchLists lists;
  EXPECT_FALSE(lists.set("sieve_extlists_list/", "a"));
  EXPECT_FALSE(lists.set("sieve_max_redirects", "1"));
  EXPECT_TRUE(lists.set("sieve_extlists_list/tag:a/b", "one@a.example two@a.example"));
  EXPECT_TRUE(lists.contains("tag:a/b", "TWO@a.example"));
  EXPECT_FALSE(lists.contains("tag:a/b", "three@a.example"));
  EXPECT_THAT(lists.members("tag:a/b"), testing::ElementsAre("one@a.example", "two@a.example"));
  lists.set("sieve_extlists_list/tag:a/b", std::nullopt);
  EXPECT_FALSE(lists.exists("tag:a/b"));

  BenchSpecialUses uses;
  for (const char* other : {"mailbox//special_use", "mailbox/Junk/auto", "namespace/inbox", "namespace/"}) {
    EXPECT_FALSE(uses.set(other, "\\Junk")) << other;
  }
  EXPECT_TRUE(uses.set("mailbox/A/B/special_use", "\\Junk"));
  EXPECT_TRUE(uses.set("namespace/inbox/mailbox/Old/special_use", "\\Archive \\All"));
  EXPECT_EQ(uses.find("\\junk", ""), "A/B");
  EXPECT_EQ(uses.find("\\All", "Old"), "Old");
  EXPECT_EQ(uses.find("\\All", "A/B"), std::nullopt);
}

}  // namespace
}  // namespace watershed::sieve
