// Addresses and paths: what RFC 5321 §4.1.2 allows, what it does not, and what must never get through.
#include "mail/address.hpp"
#include "mail/path.hpp"

#include <gtest/gtest.h>

namespace watershed::mail {
namespace {

TEST(Address, ReadsTheWireForms) {
  struct Case {
    std::string text, local_part, domain, written;
  };
  const Case cases[] = {
      {"op@station.example", "op", "station.example", "op@station.example"},
      {"a.b+tag@x.example", "a.b+tag", "x.example", "a.b+tag@x.example"},
      {"\"a b\"@x.example", "a b", "x.example", "\"a b\"@x.example"},
      {"\"a\\ b\"@x.example", "a b", "x.example", "\"a b\"@x.example"},
      {"\"plain\"@x.example", "plain", "x.example", "plain@x.example"},
      {"\"a\\\"b\"@x", "a\"b", "x", "\"a\\\"b\"@x"},
      {"\"a@b\\\\\"@x", "a@b\\", "x", "\"a@b\\\\\"@x"},
      {"\"\"@x", "", "x", "\"\"@x"},
      {"\"a..b\"@x", "a..b", "x", "\"a..b\"@x"},
      {"o'hara!#$%&*/=?^_`{|}~-@x", "o'hara!#$%&*/=?^_`{|}~-", "x", "o'hara!#$%&*/=?^_`{|}~-@x"},
      {"a@[192.0.2.1]", "a", "[192.0.2.1]", "a@[192.0.2.1]"},
      {"a@[IPv6:2001:db8::1]", "a", "[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]"},
      {"a@x.example.", "a", "x.example", "a@x.example"},
      {"a@under_score.example", "a", "under_score.example", "a@under_score.example"},
      {"Postmaster", "Postmaster", "", "Postmaster"},
      {"j\xc3\xbcrgen@b\xc3\xbc"
       "cher.example",
       "j\xc3\xbcrgen",
       "b\xc3\xbc"
       "cher.example",
       "j\xc3\xbcrgen@b\xc3\xbc"
       "cher.example"},
      {std::string(64, 'l') + "@x", std::string(64, 'l'), "x", std::string(64, 'l') + "@x"},
  };
  for (const Case& c : cases) {
    const auto address = parse_address(c.text);
    ASSERT_TRUE(address) << c.text << ": " << address.error().message;
    EXPECT_EQ(address->local_part, c.local_part);
    EXPECT_EQ(address->domain, c.domain);
    EXPECT_EQ(to_string(*address), c.written);
    EXPECT_EQ(*parse_address(c.written), *address);
  }
}

TEST(Address, RefusesWhatIsNone) {
  const std::string bad[] = {"",
                             "@",
                             "a",
                             "a@",
                             "@x",
                             "a b@x",
                             ".a@x",
                             "a.@x",
                             "a..b@x",
                             "a@x..y",
                             "a@.x",
                             "a@-x",
                             "a@x-",
                             "a@x y",
                             "a@x@y",
                             "\"a@x",
                             "\"a\"b@x",
                             "\"a\\",
                             "a@[192.0.2]",
                             "a@[2001:db8::1]",
                             "a@[IPv6:192.0.2.1]",
                             "a@[tag:x]",
                             "a@[192.0.2.1",
                             "@r:a@x",
                             "a@x\r\nBcc: b@y",
                             "\"a\r\nb\"@x",
                             "\"a\\\nb\"@x",
                             std::string("a\0b@x", 5),
                             "\x7f@x",
                             "\"\t\"@x",
                             "a\xff@x",
                             "a@\xc3",
                             "a\xc2\x85@x",
                             std::string(65, 'l') + "@x",
                             "a@" + std::string(64, 'd') + ".example",
                             "a@" + std::string(60, 'd') + "." + std::string(60, 'd') + "." + std::string(60, 'd') +
                                 "." + std::string(60, 'd') + "." + std::string(20, 'd')};
  for (const std::string& text : bad) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().message.find('\n'), std::string::npos) << "the error itself is one line";
  }
}

TEST(Address, ComparesAndFolds) {
  EXPECT_TRUE(same_mailbox({"a", "X.example"}, {"a", "x.EXAMPLE"}));
  EXPECT_FALSE(same_mailbox({"A", "x.example"}, {"a", "x.example"}));
  EXPECT_EQ(folded({"OP", "X.Example"}), "op@x.example");
  EXPECT_EQ(folded({"Postmaster", ""}), "postmaster");
  EXPECT_FALSE(needs_smtputf8({"a", "x"}));
  EXPECT_TRUE(needs_smtputf8({"\xc3\xa9", "x"}));
  EXPECT_TRUE(needs_smtputf8({"a", "\xc3\xa9"}));
}

TEST(Path, ReadsAndWritesBrackets) {
  EXPECT_TRUE(parse_reverse_path("<>")->is_null());
  EXPECT_EQ(to_string(ReversePath()), "<>");
  EXPECT_EQ(display(ReversePath()), "<>");
  EXPECT_EQ(to_string(*parse_reverse_path("<a@b>")), "<a@b>");
  EXPECT_EQ(display(*parse_forward_path("<a@b>")), "a@b");
  EXPECT_EQ(to_string(*parse_forward_path("<\"x>y\"@b>")), "<\"x>y\"@b>");
  EXPECT_EQ(parse_forward_path("<postMASTER>")->address().local_part, "postMASTER");
  EXPECT_EQ(parse_forward_path("<a@[IPv6:2001:db8::1]>")->address().domain, "[IPv6:2001:db8::1]");
}

TEST(Path, SourceRoutesAreDropped) {
  for (const std::string_view text : {"<@r1:a@b>", "<@r1,@r2.example:a@b>", "<@[IPv6:2001:db8::1],@r:a@b>"}) {
    const auto path = parse_forward_path(text);
    ASSERT_TRUE(path) << text;
    EXPECT_EQ(display(*path), "a@b");
  }
  for (const std::string_view text :
       {"<@r1>", "<@r1:>", "<@:a@b>", "<@r1,a@b>", "<@r1,:a@b>", "<@r1:@r2:a@b>", "<@[x:a@b>"}) {
    EXPECT_FALSE(parse_forward_path(text)) << text;
  }
}

TEST(Path, RefusesWhatIsNone) {
  for (const std::string_view text : {"", "<", "a@b", "<a@b", "a@b>", "<a>", "<<a@b>>", "< a@b>", "<a@b >"}) {
    EXPECT_FALSE(parse_forward_path(text)) << text;
    EXPECT_FALSE(parse_reverse_path(text)) << text;
  }
  EXPECT_FALSE(parse_forward_path("<>")) << "only a reverse-path may be null";
  EXPECT_FALSE(parse_reverse_path("<postmaster>")) << "only a forward-path may lack a domain";
}

}  // namespace
}  // namespace watershed::mail
