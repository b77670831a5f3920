// Sender rewriting: what goes out comes back, and nothing else does.
#include "fakes/cloud/srs.hpp"

#include <gtest/gtest.h>

namespace watershed::cloud {
namespace {

constexpr std::int64_t now = 1795154400;
constexpr std::int64_t day = 86400;
const SrsKey key{"secret", now};
const mail::Address forwarder{"john.work", "ctbto.org"};

TEST(Srs, RewrittenAddressComesBackAsItWas) {
  const mail::Address originals[] = {
      {"bob", "fabrikam.example"}, {"a=b+c", "x.example"}, {"o'neil", "a-b.example"}, {"two words", "x.example"}};
  for (const mail::Address& original : originals) {
    const mail::Address rewritten = srs_encode(original, forwarder, "ctbto.org", key);
    EXPECT_EQ(rewritten.domain, "ctbto.org");
    EXPECT_TRUE(is_srs(rewritten));
    EXPECT_TRUE(mail::parse_address(to_string(rewritten))) << to_string(rewritten);
    const auto back = srs_decode(rewritten, key);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, original);
  }
}

TEST(Srs, HasTheFormOfTheProvider) {
  const std::string text = to_string(srs_encode({"bob", "fabrikam.example"}, forwarder, "ctbto.org", key));
  EXPECT_TRUE(text.starts_with("john.work+SRS=")) << text;
  EXPECT_TRUE(text.ends_with("=fabrikam.example=bob@ctbto.org")) << text;
  EXPECT_EQ(text.size(), std::string("john.work+SRS=44ldt=IX=fabrikam.example=bob@ctbto.org").size());
}

TEST(Srs, BounceMayHaveChangedCase) {
  mail::Address rewritten = srs_encode({"bob", "fabrikam.example"}, forwarder, "ctbto.org", key);
  for (char& c : rewritten.local_part) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const auto back = srs_decode(rewritten, key);
  ASSERT_TRUE(back);
  EXPECT_EQ(folded(*back), "bob@fabrikam.example");
}

TEST(Srs, OverLongLocalPartTakesTheLongFormThatNamesNobody) {
  const mail::Address original{std::string(50, 'x'), "fabrikam.example"};
  const mail::Address rewritten = srs_encode(original, forwarder, "tenant.example", key);
  EXPECT_TRUE(rewritten.local_part.starts_with("bounces+SRS="));
  EXPECT_EQ(rewritten.domain, "tenant.example");
  EXPECT_LE(rewritten.local_part.size(), 64U);
  const auto back = srs_decode(rewritten, key);
  ASSERT_FALSE(back);
  EXPECT_NE(back.error().message.find("long form"), std::string::npos);
}

TEST(Srs, LocalPartOfExactly64OctetsStillFits) {
  const std::string fixed = "john.work+SRS=44ldt=IX=f.example=";
  const mail::Address original{std::string(64 - fixed.size(), 'x'), "f.example"};
  EXPECT_EQ(srs_encode(original, forwarder, "ctbto.org", key).local_part.size(), 64U);
  const mail::Address longer{original.local_part + "x", "f.example"};
  EXPECT_TRUE(srs_encode(longer, forwarder, "ctbto.org", key).local_part.starts_with("bounces"));
}

TEST(Srs, ForgedExpiredAndMalformedAddressesAreRefused) {
  const mail::Address good = srs_encode({"bob", "fabrikam.example"}, forwarder, "ctbto.org", key);
  mail::Address other = good;
  other.local_part.replace(other.local_part.find("bob"), 3, "eve");
  EXPECT_FALSE(srs_decode(other, key));
  EXPECT_FALSE(srs_decode(good, {"another secret", now}));
  EXPECT_TRUE(srs_decode(good, {"secret", now + srs_valid_days * day}));
  EXPECT_FALSE(srs_decode(good, {"secret", now + (srs_valid_days + 1) * day}));
  EXPECT_FALSE(srs_decode(good, {"secret", now - day})) << "from the future";
  for (const char* local : {"bob", "a+SRS=", "a+SRS==", "a+SRS====", "a+SRS=x=y", "a+SRS=x=y=z=", "a+SRS=x=yy=d=u"}) {
    EXPECT_FALSE(srs_decode({local, "ctbto.org"}, key)) << local;
  }
}

}  // namespace
}  // namespace watershed::cloud
