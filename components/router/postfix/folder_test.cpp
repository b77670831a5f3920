// Which file of the folder an absolute name of the real machine stands for.
#include "components/router/postfix/test_folder.hpp"

#include <gmock/gmock.h>

namespace watershed::postfix {
namespace {

constexpr std::string_view two_tables =
    "mynetworks = 127.0.0.0/8\nvirtual_alias_maps = hash:/etc/postfix/virtual, hash:/srv/robots/virtual\n";

std::string place_of(const PostfixConfig& config, std::string_view parameter, std::string_view key) {
  const Lookup found = config.maps(config.parameters(), parameter).find(key);
  return found && *found ? to_file_line((*found)->at) : "nowhere";
}

TEST(Folder, AnAbsoluteNameIsTheFoldersFileOfTheWholeNameWhereThereIsOne) {
  const PostfixConfig config = TestFolder{{"main.cf", two_tables},
                                          {"virtual", "people@x.example a@x.example\n"},
                                          {"srv/robots/virtual", "robot@x.example b@x.example\n"}}
                                   .config();
  EXPECT_EQ(place_of(config, "virtual_alias_maps", "people@x.example"), "pf/virtual:1");
  EXPECT_EQ(place_of(config, "virtual_alias_maps", "robot@x.example"), "pf/srv/robots/virtual:1");
}

TEST(Folder, TwoAbsoluteNamesAreNeverOneFile) {
  struct Case {
    std::string_view main;
    std::string_view line;
    std::string_view expected;
  };
  const Case cases[] = {
      {two_tables, "pf/main.cf:2", "expected pf/srv/robots/virtual for /srv/robots/virtual"},
      {"alias_maps = hash:/etc/aliases, hash:/var/lib/mailman/data/aliases\n", "pf/main.cf:1",
       "expected pf/var/lib/mailman/data/aliases for /var/lib/mailman/data/aliases"},
      // What is in the folder by its own name stays; the other has to move.
      {"alias_maps = hash:/etc/aliases\nvirtual_alias_maps = hash:/etc/postfix/aliases\n", "pf/main.cf:2",
       "expected pf/etc/aliases for /etc/aliases"},
      {"mydestination = /srv/a/virtual\nrelay_domains = /srv/b/virtual\n", "pf/main.cf:2",
       "expected pf/srv/b/virtual for /srv/b/virtual"},
      {"alias_maps = hash:/etc/aliases\nmydestination = /srv/list\n", "pf/main.cf:2",
       "expected pf/srv/list for /srv/list"},
      {"alias_maps = hash:/etc/aliases\nmydestination = \nmyorigin = /srv/list\n", "pf/aliases:2",
       "expected pf/var/lists/list for /var/lists/list"},
  };
  for (const Case& each : cases) {
    const auto loaded = TestFolder{
        {"main.cf", each.main},
        {"virtual", "x.example y@x.example\n"},
        {"aliases", "a: b@x.example\nl: :include:/var/lists/list\n"},
        {"list",
         "m@x.example\n"}}.load();
    ASSERT_FALSE(loaded.has_value()) << each.main;
    ASSERT_EQ(loaded.error().size(), 1U) << render(loaded.error());
    EXPECT_EQ(to_file_line(loaded.error().front().at), each.line) << render(loaded.error());
    EXPECT_EQ(loaded.error().front().hint, each.expected);
  }
}

TEST(Folder, OneNameInTwoSpellingsIsOneFile) {
  const PostfixConfig config = TestFolder{
      {"main.cf",
       "mynetworks = 127.0.0.0/8\nalias_maps = hash:/etc/postfix/../aliases\nalias_database = "
       "hash:/etc/aliases\ntransport_maps = hash:table\nvirtual_alias_maps = "
       "hash:/etc/postfix/table, hash:$config_directory/./table\n"},
      {"aliases", "a: b@x.example\n"},
      {"table",
       "x.example y@x.example\n"}}.config();
  EXPECT_EQ(place_of(config, "alias_maps", "a"), "pf/aliases:1");
  EXPECT_EQ(place_of(config, "virtual_alias_maps", "x.example"), "pf/table:1");
}

TEST(Folder, ADefaultValueTakesNoFileOfAnotherName) {
  // alias_maps is hash:/etc/aliases unless it is set; the folder's `aliases` is the other table's.
  const PostfixConfig config = TestFolder{{"main.cf",
                                           "mynetworks = 127.0.0.0/8\nvirtual_alias_maps = "
                                           "hash:/etc/postfix/aliases\n"},
                                          {"aliases", "a@x.example b@x.example\n"}}
                                   .config();
  EXPECT_EQ(place_of(config, "virtual_alias_maps", "a@x.example"), "pf/aliases:1");
  EXPECT_FALSE(config.maps(config.parameters(), "alias_maps").find("a@x.example").has_value());
}

TEST(Folder, AMissingFileIsExpectedAtEitherPlace) {
  const auto loaded = TestFolder{{"main.cf", "alias_maps = hash:/var/lib/mailman/data/aliases\n"}}.load();
  ASSERT_FALSE(loaded.has_value());
  EXPECT_THAT(loaded.error().front().hint,
              testing::StartsWith("expected pf/var/lib/mailman/data/aliases or pf/aliases, as source text"));
}

}  // namespace
}  // namespace watershed::postfix
