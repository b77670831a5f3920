// formail and the small shell, as the real programs behave.
#include "components/filter/procmail/known_programs.hpp"
#include "components/filter/procmail/test_support.hpp"

#include <gmock/gmock.h>

namespace watershed::procmail::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view mail =
    "From op@st.example Thu Jan  1 00:00:00 2026\nFrom: Op <op@st.example>\nReply-To: Rep <rep@st.example>\n"
    "Subject: result\nMessage-ID: <1@st.example>\nX-Loop: a\n\nbody\n";

std::string formail_output(const std::vector<std::string>& arguments) {
  IdCaches caches;
  const auto output = formail(arguments, std::string(mail), caches, ".");
  return output ? output->output : "(unknown)";
}

TEST(Formail, AddsAndTakesOutFields) {
  EXPECT_THAT(formail_output({"-I", "X-Loop: new", "-ISubject:"}),
              HasSubstr("Message-ID: <1@st.example>\nX-Loop: new\n\nbody\n"));
  EXPECT_THAT(formail_output({"-iSubject: S"}), HasSubstr("Old-Subject: result\n"));
  EXPECT_THAT(formail_output({"-aX-Loop: z", "-aX-New: 1"}), HasSubstr("X-Loop: a\nX-New: 1\n\n"));
  EXPECT_EQ(formail_output({"-zxSubject:"}), "result\n");
  EXPECT_EQ(formail_output({"-xSubject:"}), " result\n");
}

TEST(Formail, Replies) {
  EXPECT_EQ(formail_output({"-rt"}),
            "X-Loop: a\nTo: rep@st.example\nSubject: Re: result\nReferences: <1@st.example>\n"
            "In-Reply-To: <1@st.example>\n\n");
  EXPECT_THAT(formail_output({"-r"}), HasSubstr("To: op@st.example\n"));
}

TEST(Formail, RemembersIds) {
  IdCaches caches;
  EXPECT_EQ(formail({"-D", "100", "cache"}, std::string(mail), caches, ".")->exit_code, 1);
  EXPECT_EQ(formail({"-D", "100", "cache"}, std::string(mail), caches, ".")->exit_code, 0);
  EXPECT_EQ(formail({"-rD", "100", "other"}, std::string(mail), caches, ".")->exit_code, 1);
}

TEST(Formail, OptionsThatAreNotModelledAreUnknown) { EXPECT_EQ(formail_output({"-s", "cat"}), "(unknown)"); }

TEST(KnownPrograms, PipesGroupsAndSendmail) {
  IdCaches caches;
  KnownPrograms programs(caches);
  const Ran ran = run(":0 c\n| (formail -rt -A\"X-Loop: hub\" ; echo \"Thanks.\") | /usr/sbin/sendmail -t\n:0\nkept/\n",
                      mail, &programs);
  EXPECT_THAT(ran.deliveries, ElementsAre("forward rep@st.example copy (rc:2)", "file \"kept/\" (rc:4)"));
  EXPECT_THAT(std::string(ran.outcome.deliveries.front().text->text()), HasSubstr("X-Loop: hub\n\nThanks.\n"));
  EXPECT_TRUE(ran.outcome.assumptions.empty());
}

TEST(KnownPrograms, SendmailReadsEveryFieldOfRecipients) {
  IdCaches caches;
  KnownPrograms programs(caches);
  const std::string_view to_many = "To: a@x.example, \"B, C\" <b@x.example>\nTo: c@x.example\n\nx\n";
  EXPECT_THAT(run(":0\n| sendmail -t d@x.example\n", to_many, &programs).deliveries,
              ElementsAre("forward d@x.example a@x.example b@x.example c@x.example (rc:2)"));
  EXPECT_THAT(run(":0 w\n| sendmail -t\n:0\nkept/\n", "Subject: x\n\nx\n", &programs).deliveries,
              ElementsAre("file \"kept/\" (rc:4)"));
  EXPECT_EQ(run(":0\n| sendmail -C /etc/other a@x.example\n", to_many, &programs).outcome.assumptions.size(), 1U);
}

TEST(KnownPrograms, DuplicatesAreDropped) {
  IdCaches caches;
  KnownPrograms programs(caches);
  const std::string_view rules = ":0 Wh: lock\n| formail -D 8192 cache\n:0\nkept/\n";
  EXPECT_THAT(run(rules, mail, &programs).deliveries, ElementsAre("file \"kept/\" (rc:4)"));
  EXPECT_THAT(run(rules, mail, &programs).deliveries, ElementsAre("discard header only (rc:2)"));
}

TEST(KnownPrograms, OthersAreAssumptions) {
  IdCaches caches;
  KnownPrograms programs(caches);
  EXPECT_EQ(run(":0\n* ? grep -q x file\na/\n", mail, &programs).outcome.assumptions.size(), 1u);
  EXPECT_TRUE(run(":0\n* ? test \"$1\" = \"\"\na/\n", mail, &programs).outcome.assumptions.empty());
}

}  // namespace
}  // namespace watershed::procmail::test
