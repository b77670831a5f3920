// Whoever has become a user stays one: the rules by which programs check that they cannot get root back.
#include "sandbox/one_user/identity.hpp"

#include <gtest/gtest.h>

namespace watershed::sandbox::one_user {
namespace {

constexpr Identity root{};
constexpr Id postfix = 102;
constexpr Id postdrop = 106;

TEST(OneUser, RootBecomesAUserForGood) {
  const auto user = with_user(root, postfix);
  ASSERT_TRUE(user);
  EXPECT_EQ(*user, (Identity{postfix, postfix, 0, 0}));
  EXPECT_FALSE(with_user(*user, 0));
  EXPECT_FALSE(with_users(*user, unchanged, 0));
  EXPECT_FALSE(with_groups(*user, unchanged, postdrop)) << "groups are root's to change";
}

TEST(OneUser, AnEffectiveUserIsTakenOnForAWhile) {
  const auto user = with_users(root, unchanged, postfix);
  ASSERT_TRUE(user);
  EXPECT_EQ(*user, (Identity{0, postfix, 0, 0}));
  EXPECT_FALSE(with_users(*user, unchanged, postfix + 1));
  const auto back = with_users(*user, unchanged, 0);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, root);
}

TEST(OneUser, GroupsAreOfTheUsersRight) {
  const auto dropped = with_group(root, postdrop);
  ASSERT_TRUE(dropped);
  EXPECT_EQ(*dropped, (Identity{0, 0, postdrop, postdrop}));
  EXPECT_TRUE(with_group(*dropped, postfix)) << "still root";
}

TEST(OneUser, IdentitiesSurviveAsOneNumber) {
  EXPECT_EQ(packed(root), ~std::uint64_t{0}) << "a limit that nobody has set is root";
  for (const Identity& each : {root, Identity{postfix, postfix, postdrop, postdrop}, Identity{0, 5000, 0, id_max}}) {
    EXPECT_EQ(unpacked(packed(each)), each);
  }
}

}  // namespace
}  // namespace watershed::sandbox::one_user
