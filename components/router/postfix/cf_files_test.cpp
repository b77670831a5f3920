// The line format, main.cf and master.cf as text.
#include "components/router/postfix/logical_lines.hpp"
#include "components/router/postfix/main_cf.hpp"
#include "components/router/postfix/master_cf.hpp"

#include <gtest/gtest.h>

namespace watershed::postfix {
namespace {

TEST(LogicalLines, ContinueOverCommentsAndBlankLines) {
  const auto lines = logical_lines("# c\n\na = 1\n# between\n  2\n\n \n\t3\nb\n   # indented comment\n");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].text, "a = 1  2\t3");
  EXPECT_EQ(lines[0].line, 3);
  EXPECT_EQ(lines[1].text, "b");
  EXPECT_EQ(lines[1].line, 9);
  EXPECT_TRUE(logical_lines("  x\n").front().starts_with_blank);
}

TEST(MainCf, LastValueWinsWithAWarning) {
  const auto main = MainCf::parse("a = 1\r\nb=\n a = not\na =  2 = 3  \n", "main.cf");
  ASSERT_TRUE(main.has_value());
  EXPECT_EQ(main->find("a")->value, "2 = 3");
  EXPECT_EQ(main->find("a")->at, (SourcePosition{"main.cf", 4, 1}));
  EXPECT_EQ(main->find("b")->value, "a = not");
  EXPECT_EQ(main->find("c"), nullptr);
  ASSERT_EQ(main->warnings().size(), 1U);
  EXPECT_EQ(main->settings().size(), 2U);
}

TEST(MainCf, FaultsNameTheirLine) {
  const auto main = MainCf::parse("ok = 1\nno equals sign\n= value\n", "main.cf");
  ASSERT_FALSE(main.has_value());
  ASSERT_EQ(main.error().size(), 2U);
  EXPECT_EQ(main.error()[0].at.line, 2);
  EXPECT_EQ(main.error()[1].at.line, 3);
  EXPECT_FALSE(MainCf::parse("  first = 1\n", "main.cf").has_value());
  EXPECT_FALSE(MainCf::parse(std::string_view("a = \0", 5), "main.cf").has_value());
}

TEST(MasterCf, ServicesArgumentsAndOverrides) {
  const auto master = MasterCf::parse(
      "smtp inet n - y - - smtpd -v\n"
      "  -o a=b -o { c = d e } -og=$h\n"
      "slow unix - - y - - smtp\n"
      "procmail unix - n n - - pipe\n  flags=R user=x argv={ procmail  -t }\n"
      "slow unix - - y - - lmtp\n",
      "master.cf");
  ASSERT_TRUE(master.has_value()) << render(master.error());
  const Service& smtp = *master->smtpd_services().front();
  ASSERT_EQ(smtp.overrides.size(), 3U);
  EXPECT_EQ(smtp.overrides[1].name, "c");
  EXPECT_EQ(smtp.overrides[1].value, "d e");
  EXPECT_EQ(smtp.overrides[2].value, "$h");
  EXPECT_EQ(smtp.arguments, std::vector<std::string>{"-v"});
  // master(8): "duplicate service name … using the last entry".
  EXPECT_EQ(kind_of(*master->transport("slow")), TransportKind::lmtp);
  EXPECT_EQ(master->warnings().size(), 1U);
  EXPECT_EQ(kind_of(*master->transport("procmail")), TransportKind::pipe);
  EXPECT_EQ(master->transport("nosuch"), nullptr);
}

TEST(MasterCf, StockServicesHaveTheTransports) {
  const MasterCf& stock = MasterCf::stock();
  EXPECT_EQ(kind_of(*stock.transport("relay")), TransportKind::smtp);
  EXPECT_EQ(kind_of(*stock.transport("retry")), TransportKind::retry);
  EXPECT_EQ(kind_of(*stock.transport("error")), TransportKind::error);
  EXPECT_EQ(kind_of(*stock.transport("virtual")), TransportKind::virtual_mailbox);
  EXPECT_EQ(kind_of(*stock.transport("cleanup")), TransportKind::unknown);
  EXPECT_EQ(stock.smtpd_services().size(), 1U);
}

TEST(MasterCf, FaultsNameTheirLine) {
  for (const std::string_view text :
       {"smtp inet n - y\n", "smtp weird n - y - - smtpd\n", "smtp inet n - y - - smtpd -o\n",
        "smtp inet n - y - - smtpd -o novalue\n", "  smtp inet n - y - - smtpd\n"}) {
    const auto master = MasterCf::parse(text, "master.cf");
    ASSERT_FALSE(master.has_value()) << text;
    EXPECT_EQ(master.error().front().at.line, 1);
  }
}

}  // namespace
}  // namespace watershed::postfix
