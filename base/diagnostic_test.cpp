// The one form in which every reader reports: place, message, source line with a caret, hint.
#include "base/diagnostic.hpp"

#include <gtest/gtest.h>

#include <array>

namespace watershed {
namespace {

TEST(Diagnostic, RendersPlaceLineCaretAndHint) {
  const Diagnostic diagnostic{
      Severity::error, {"a.yaml", 7, 5}, "unknown key 'delivred'", "    delivred: x", "did you mean 'delivered'?"};
  EXPECT_EQ(render(diagnostic),
            "a.yaml:7:5: error: unknown key 'delivred'\n"
            "     7 |     delivred: x\n"
            "       |     ^\n"
            "did you mean 'delivered'?\n");
}

TEST(Diagnostic, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(render(Diagnostic{Severity::warning, {"main.cf", 0, 0}, "empty", "", ""}), "main.cf: warning: empty\n");
  EXPECT_EQ(render(Diagnostic{Severity::error, {}, "no file", "", ""}), "error: no file\n");
  EXPECT_EQ(render(Diagnostics{{}, {}}), "error: \nerror: \n");
  EXPECT_EQ(to_file_line({"main.cf", 3, 9}), "main.cf:3");
  EXPECT_EQ(to_file_line({"main.cf", 0, 0}), "main.cf");
  EXPECT_EQ(to_file_line({}), "");
}

TEST(Diagnostic, HostileSourceLineDoesNotReachTheTerminal) {
  const std::string shown =
      render(Diagnostic{Severity::error, {"f", 1, 1}, "m", "\x1b[2J\tx" + std::string(500, 'y'), ""});
  EXPECT_EQ(shown.find('\x1b'), std::string::npos);
  EXPECT_EQ(shown.find('\t'), std::string::npos);
  EXPECT_LT(shown.size(), 300U);
}

TEST(Diagnostic, NearestMatchIsASlipNotAnotherWord) {
  constexpr std::array<std::string_view, 3> words = {"delivered", "rejected", "within"};
  EXPECT_EQ(nearest_match("delivred", words), "delivered");
  EXPECT_EQ(nearest_match("with", words), "within");
  EXPECT_EQ(nearest_match("quarantine", words), "");
  EXPECT_EQ(nearest_match("x", {}), "");
}

}  // namespace
}  // namespace watershed
