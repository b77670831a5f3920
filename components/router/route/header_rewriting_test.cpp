// Where cleanup(8) would rewrite header sections: only there is a verdict inconclusive.
#include "components/router/route/header_rewriting.hpp"

#include "components/router/postfix/test_folder.hpp"

#include <gmock/gmock.h>

namespace watershed::router {
namespace {

using postfix::TestFolder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::string_view message =
    "From: Station <op@a.example>\r\nTo: Duty officer <duty@b.example>,\r\n x@host.b.example\r\nSubject: "
    "op@a.example\r\n"
    "\r\nTo: body@b.example\r\n";

std::vector<std::string> due(std::string_view settings, bool address_mappings = true, std::string_view text = message) {
  const TestFolder folder{{"main.cf", "mynetworks = 127.0.0.0/8\n" + std::string(settings)}};
  const PostfixConfig config = folder.config();
  std::vector<std::string> lines;
  for (const NotUnderstood& each :
       HeaderRewriting(config, config.parameters(), address_mappings).due(mail::Message::parse(std::string(text)))) {
    lines.push_back(to_file_line(each.at) + " " + each.text);
  }
  return lines;
}

TEST(HeaderRewriting, IsDueOnlyWhereAnAddressOfTheHeaderChanges) {
  EXPECT_THAT(due(""), IsEmpty());
  EXPECT_THAT(due("canonical_maps = inline:{ {duty@b.example = duty@c.example} }\n"),
              ElementsAre(StartsWith("pf/main.cf:2 canonical_maps rewrites the field To ")));
  EXPECT_THAT(due("canonical_maps = inline:{ {op@a.example = op@a.example} {body@b.example = x@c.example} }\n"),
              IsEmpty());
  EXPECT_THAT(due("masquerade_domains = b.example\n"),
              ElementsAre(StartsWith("pf/main.cf:2 masquerade_domains rewrites the field To ")));
  EXPECT_THAT(due("masquerade_domains = a.example\n"), IsEmpty());
  EXPECT_THAT(due("sender_canonical_maps = static:y@c.example\n"),
              ElementsAre(StartsWith("pf/main.cf:2 sender_canonical_maps rewrites the field From ")));
  EXPECT_THAT(due("recipient_canonical_maps = inline:{ {op@a.example = y@c.example} }\n"), IsEmpty());
}

TEST(HeaderRewriting, FollowsTheClassesAndTheRequest) {
  const std::string maps = "canonical_maps = static:y@c.example\n";
  EXPECT_EQ(due(maps).size(), 2U);
  EXPECT_THAT(due(maps, false), IsEmpty());
  EXPECT_THAT(due(maps + "canonical_classes = envelope_sender, envelope_recipient\n"), IsEmpty());
  EXPECT_EQ(due(maps + "canonical_classes = header_recipient\n").size(), 1U);
  EXPECT_THAT(due("masquerade_domains = b.example\nmasquerade_classes = envelope_sender\n"), IsEmpty());
}

TEST(HeaderRewriting, ATableThatCannotBeAskedMayChangeAnything) {
  EXPECT_EQ(due("canonical_maps = ldap:x\n").size(), 2U);
}

}  // namespace
}  // namespace watershed::router
