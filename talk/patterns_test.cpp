// Address and network patterns: what they match and what is refused.
#include "talk/patterns.hpp"

#include <gtest/gtest.h>

namespace watershed::talk {
namespace {

bool matches(std::string_view pattern, std::string_view address) {
  return AddressPattern::compile(pattern)->matches(*mail::parse_address(address));
}

TEST(AddressPattern, Matches) {
  EXPECT_TRUE(matches("", "a@b.example"));
  EXPECT_TRUE(matches("*", "a@b.example"));
  EXPECT_TRUE(matches("A@b.Example", "a@B.example"));
  EXPECT_FALSE(matches("a@b.example", "aa@b.example"));
  EXPECT_TRUE(matches("*@b.example", "x@b.example"));
  EXPECT_FALSE(matches("*@b.example", "x@c.b.example"));
  EXPECT_TRUE(matches("*@*.b.example", "x@c.b.example"));
  EXPECT_FALSE(matches("*@*.b.example", "x@b.example"));
  EXPECT_FALSE(matches("*@*.b.example", "x@cb.example"));
  EXPECT_TRUE(matches("postmaster@*", "Postmaster@anywhere.example"));
  EXPECT_FALSE(matches("postmaster@*", "a@anywhere.example"));
  EXPECT_FALSE(matches("<>", "a@b.example"));
}

TEST(AddressPattern, MatchesReversePaths) {
  const mail::ReversePath null;
  const mail::ReversePath path = *mail::parse_reverse_path("<a@b.example>");
  EXPECT_TRUE(AddressPattern::compile("<>")->matches(null));
  EXPECT_FALSE(AddressPattern::compile("<>")->matches(path));
  EXPECT_TRUE(AddressPattern::compile("")->matches(null));
  EXPECT_FALSE(AddressPattern::compile("*@b.example")->matches(null));
  EXPECT_TRUE(AddressPattern::compile("*@b.example")->matches(path));
}

TEST(AddressPattern, RefusesWhatIsNone) {
  for (const std::string_view bad : {"a", "@b", "a@", "@", "*@b*c", "*@*.", "a@*b"}) {
    EXPECT_FALSE(AddressPattern::compile(bad)) << bad;
  }
}

TEST(NetworkPattern, MatchesAndRefuses) {
  const auto matches_ip = [](std::string_view pattern, std::string_view address) {
    return NetworkPattern::compile(pattern)->matches(*parse_ip_address(address));
  };
  EXPECT_TRUE(matches_ip("", "192.0.2.1"));
  EXPECT_TRUE(matches_ip("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(matches_ip("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(matches_ip("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(matches_ip("192.0.2.0/24", "192.0.3.0"));
  EXPECT_TRUE(matches_ip("0.0.0.0/0", "203.0.113.1"));
  EXPECT_TRUE(matches_ip("2001:db8::/32", "2001:db8:1::1"));
  EXPECT_FALSE(matches_ip("2001:db8::/32", "192.0.2.1"));
  for (const std::string_view bad :
       {"192.0.2", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "::/129", "x", "1.2.3.4/2x"}) {
    EXPECT_FALSE(NetworkPattern::compile(bad)) << bad;
  }
}

}  // namespace
}  // namespace watershed::talk
