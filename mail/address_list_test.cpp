// Address lists as header fields, tables and command lines have them.
#include "mail/address_list.hpp"

#include <gtest/gtest.h>

namespace watershed::mail {
namespace {

TEST(AddressList, IsReadAsPostfixReadsIt) {
  using List = std::vector<std::string>;
  EXPECT_EQ(parse_address_list("a@x, b@y,c@z"), (List{"a@x", "b@y", "c@z"}));
  EXPECT_EQ(parse_address_list("one@x two@y"), (List{"one@x", "two@y"}));
  EXPECT_EQ(parse_address_list("\"Some One\" <so@x> (comment), b@y"), (List{"so@x", "b@y"}));
  EXPECT_EQ(parse_address_list("Some One <so@x>"), List{"so@x"});
  EXPECT_EQ(parse_address_list("\"q q\"@x"), List{"q q@x"});
  EXPECT_EQ(parse_address_list("Group: a@x, b@y;"), (List{"a@x", "b@y"}));
  EXPECT_EQ(parse_address_list("<@r1,@r2:route@x>"), List{"route@x"});
  EXPECT_EQ(parse_address_list("a @ x . y"), List{"a@x.y"});
  EXPECT_EQ(parse_address_list("a@[192.0.2.1], (all (of) it"), List{"a@[192.0.2.1]"});
  EXPECT_TRUE(parse_address_list(" , ,").empty());
}

}  // namespace
}  // namespace watershed::mail
