// Text from mail in each kind of report: shown, never obeyed.
#include "reports/escape.hpp"

#include "base/text.hpp"
#include "reports/sample_outcome.hpp"

#include <gmock/gmock.h>

namespace watershed::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

// Nothing that a terminal obeys, nothing that is no UTF-8, one line.
bool is_harmless_line(std::string_view text) { return printable(text) == text; }

TEST(Escape, CutsBetweenCharactersAndSaysSo) {
  EXPECT_EQ(clipped("short", 5), "short");
  EXPECT_EQ(clipped("äääää", 5), "ää … (6 octets left out)");
  EXPECT_EQ(clipped(std::string(1'000'000, 'x'), 10), "xxxxxxxxxx … (999990 octets left out)");
  EXPECT_EQ(clipped(std::string(9, '\x80'), 6), "\x80\x80\x80 … (6 octets left out)") << "no character starts here";
}

TEST(Escape, XmlHasNoMarkup) {
  EXPECT_EQ(xml_text("<a b=\"c\">]]>&\x01\xef\xbf\xbe", 100),
            "&lt;a b=&quot;c&quot;&gt;]]&gt;&amp;\\x01\\xef\\xbf\\xbe");
}

TEST(Escape, MarkdownStaysInItsCodeSpan) {
  EXPECT_EQ(markdown_code("plain"), "`plain`");
  EXPECT_EQ(markdown_code(""), "`  `");
  EXPECT_EQ(markdown_code("a`b"), "``a`b``");
  EXPECT_EQ(markdown_code("`a``"), "``` `a`` ```");
  EXPECT_EQ(markdown_code("a|b\n# c"), "`a\\|b\\x0a# c`");
  EXPECT_EQ(markdown_code("<script>alert(1)</script> @all"), "`<script>alert(1)</script> @all`");
}

TEST(Escape, TapHasNoDirective) {
  EXPECT_EQ(tap_description("a # SKIP \\ b"), "a \\# SKIP \\\\ b");
  EXPECT_EQ(tap_description("a\nnot ok 2"), "a\\\\x0anot ok 2");
}

TEST(Escape, GitHubHasNoCommand) {
  EXPECT_EQ(github_message("100 %\n::error::x"), "100 %25\\x0a::error::x");
  EXPECT_EQ(github_property("a,line=9:b%"), "a%2Cline=9%3Ab%25");
}

TEST(Escape, UriKeepsOnlyUnreservedCharacters) {
  EXPECT_EQ(uri_path("worlds/phase 2/main.cf"), "worlds/phase%202/main.cf");
  EXPECT_EQ(uri_path("ü?#%:"), "%C3%BC%3F%23%25%3A");
}

TEST(Escape, HostileTextIsOneHarmlessLineEverywhere) {
  const std::string megabyte = hostile_text + std::string(1 << 20, 'x') + "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d";
  for (const std::string& text : {hostile_text, megabyte}) {
    for (const std::string& out : {xml_text(text, 4096), markdown_code(text), tap_description(text),
                                   github_message(text), github_property(text), visible(text, 4096)}) {
      EXPECT_TRUE(is_harmless_line(out));
      EXPECT_LT(out.size(), 20'000U);
      EXPECT_THAT(out, Not(HasSubstr("\x1b")));
    }
  }
}

}  // namespace
}  // namespace watershed::reports
