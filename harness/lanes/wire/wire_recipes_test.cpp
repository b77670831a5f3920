// The recipes behind what a real procmail did are named where our own evaluator comes to what was seen, and only there.
#include "components/router/engine/test_world.hpp"
#include "harness/lanes/procmail_commands.hpp"
#include "harness/lanes/wire/content_marks.hpp"
#include "harness/lanes/wire/wire_test_world.hpp"

#include <gmock/gmock.h>

namespace watershed::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view recipes =
    "MAILDIR=/var/mail/$1\n"
    "DEFAULT=$MAILDIR/INBOX/\n"
    ":0\n"  // 3
    "* ^Subject:.*data\n"
    "{\n"
    "  :0 c\n"  // 6
    "  ! archive@b.example\n"
    "  :0\n"  // 8
    "  Data/\n"
    "}\n"
    ":0\n"  // 11
    "* ^Subject:.*noise\n"
    "/dev/null\n";

class WireRecipes : public ::testing::Test {
 protected:
  WireRecipes() {
    ProcmailRules rules;
    rules.files.emplace("/usr/local/etc/rc", *procmail::read_rcfile(std::string(recipes), "rc"));
    WireHost& mx = world_.hosts[1];
    mx.decider = router::testing::decider(
        "mx.example", {*parse_ip_address("192.0.2.2")},
        {{"main.cf",
          "virtual_mailbox_domains = a.example\nvirtual_mailbox_maps = static:all\nvirtual_transport = sort\n"},
         {"master.cf",
          "smtp inet n - n - - smtpd\npickup unix n - n 60 1 pickup\ncleanup unix n - n - 0 cleanup\n"
          "sort unix - n n - - pipe flags=DR user=mail argv=/usr/bin/procmail -m /usr/local/etc/rc ${user}\n"}});
    mx.commands = std::make_shared<ProcmailCommands>(
        "mx.example", rules, std::vector<store::MailboxSettings>{{*mail::parse_address("op@a.example"), {}, {}, {}}});
  }

  // The station sends it, mx takes it, and procmail says that all is well.
  void deliver(const std::string& subject) {
    const std::string content = content_with({}, "Subject: " + subject + "\r\n");
    world_.send(WireTestWorld::station, WireTestWorld::mx, "op@station.example",
                {{"op@a.example", "250 2.0.0 Ok: queued as 4AAAAA"}}, content);
    world_.offer("op@a.example", content_marks(content).body_hash);
    subject_ = subject;
    world_.log(WireTestWorld::mx,
               "4AAAAA: to=<op@a.example>, relay=sort, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (delivered "
               "via sort service)");
    world_.log(WireTestWorld::mx, "4AAAAA: removed");
  }
  void keep(const std::string& folder) {
    world_.files.push_back({WireTestWorld::mx,
                            "op@a.example",
                            folder,
                            {},
                            content_with({"by mx.example (Postfix) id 4AAAAA"}, "Subject: " + subject_ + "\r\n")});
  }
  void send_on(const std::string& to) {
    world_.log(WireTestWorld::mx, "4BBBBB: uid=8 from=<op@station.example>");
    world_.send(WireTestWorld::mx, WireTestWorld::outside, "op@station.example", {{to, "250 2.0.0 Ok"}},
                content_with({"by mx.example (Postfix, from userid 8) id 4BBBBB", "by mx.example (Postfix) id 4AAAAA"},
                             "Subject: " + subject_ + "\r\n"));
    world_.log(WireTestWorld::mx,
               "4BBBBB: to=<" + to + ">, relay=outside.example[192.0.2.4]:25, dsn=2.0.0, status=sent (250 2.0.0 Ok)");
    world_.log(WireTestWorld::mx, "4BBBBB: removed");
  }
  // Of each fact that names a recipe: its kind and the line.
  std::vector<std::string> lines() {
    std::vector<std::string> found;
    for (const stage::Fact& fact : world_.read().facts) {
      if (fact.decided_by.starts_with("rc:"))
        found.push_back(std::string(to_string(fact.kind)) + " " + fact.decided_by);
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  WireTestWorld world_;
  std::string subject_;
};

TEST_F(WireRecipes, NamesWhatKeptWhatSentOnAndWhatLedThere) {
  deliver("data");
  send_on("archive@b.example");
  keep("Data");
  EXPECT_THAT(lines(), ElementsAre("note rc:3", "spawned rc:6", "stored rc:8"));
}

TEST_F(WireRecipes, NamesNoneForAFolderThatTheRecipesDoNotLeadTo) {
  deliver("data");
  send_on("archive@b.example");
  keep("INBOX");
  EXPECT_THAT(lines(), ElementsAre("spawned rc:6"));
}

TEST_F(WireRecipes, NamesNoneForAForwardToSomebodyElse) {
  deliver("data");
  send_on("somebody@b.example");
  keep("Data");
  EXPECT_THAT(lines(), ElementsAre("stored rc:8"));
}

TEST_F(WireRecipes, WhatIsMissingLeavesTheRecipesBeforeItOpen) {
  deliver("data");
  keep("Data");
  EXPECT_THAT(lines(), ElementsAre("stored rc:8")) << "the copy was never sent on";
}

TEST_F(WireRecipes, NamesWhatThrewAway) {
  deliver("noise");
  world_.discards.push_back({WireTestWorld::mx, "noise"});
  EXPECT_THAT(lines(), ElementsAre("discarded rc:11"));
}

TEST_F(WireRecipes, WithoutRecipesNoneIsNamed) {
  deliver("data");
  keep("Data");
  world_.hosts[1].commands = nullptr;
  EXPECT_THAT(lines(), IsEmpty());
}

}  // namespace
}  // namespace watershed::harness
