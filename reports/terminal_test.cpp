// The terminal report, word for word, and that no mail content reaches the terminal as it is.
#include "reports/terminal.hpp"

#include "reports/paint.hpp"
#include "reports/sample_outcome.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace watershed::reports {
namespace {

using harness::ScenarioResult;
using harness::Verdict;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr TerminalStyle plain{};

// The outcome of most tests: one of each kind, no hostile text.
harness::Outcome mixed_outcome() {
  ScenarioResult failed = sample_failed();
  failed.title = "A bounce stays home";
  failed.findings.front().sentence = "message 'request' was handled in zone personal";
  ScenarioResult legacy = sample_passed();
  legacy.world = "legacy";
  legacy.shared_hosts = {"hub.example"};
  legacy.figures = {5, 14, 2};
  return sample_outcome({legacy, sample_passed(), failed, sample_inconclusive(), sample_must_fail()});
}

TEST(Terminal, TellsFailuresThenEvidenceThenTheAnswer) {
  EXPECT_EQ(final_text(mixed_outcome(), plain), R"(
✗ A bounce stays home
  scenarios/leak.yaml:7  on phase2  failed
  invariant segregation: message 'request' was handled in zone personal
    asked by    scenarios/leak.yaml:7
    path        station.example > mx.ctbto.int > eu.cloud
    decided by  worlds/phase2/postfix/transport:3
    decisions
      mx.ctbto.int: transport smtp:[eu.cloud] (worlds/phase2/postfix/transport:3)
  replay  watershed run scenarios/request.yaml --world phase2 --seed 7

? Nobody can tell
  scenarios/unsure.yaml  on phase1  inconclusive
  1 configuration line not understood (below)
  replay  watershed run scenarios/request.yaml --world phase2 --seed 7

Not understood: no verdict can rest on these lines
  worlds/phase1/postfix/main.cf:12: smtpd_frobnicate = yes  (1 run)

Requirements
  SEG-1  failed          5 runs  Separate systems
  OPS-1  not run         0 runs  Load

Hosts that handled mail of both classes
  legacy   1  hub.example
  phase1   0
  phase2   0

Routing: hops / rules / paths                         legacy        phase1        phase2
  A request is answered                               5 / 14 / 2    -             2 / 5 / 1
  A bounce stays home                                 -             -             2 / 5 / 1
  Nobody can tell                                     -             2 / 5 / 1     -

5 runs: 3 passed, 1 failed, 0 errors, 1 inconclusive, 0 skipped; 0.25 s, seed 7
messages: 8 offered = 8 delivered + 0 rejected + 0 bounced + 0 discarded + 0 queued; 0 lost, 0 duplicated; crossings 1
Segregated: NO (phase2: 1 crossing)
)");
}

TEST(Terminal, QuietIsSilentUnlessSomethingIsWrong) {
  const TerminalStyle quiet{.verbosity = Verbosity::quiet};
  EXPECT_EQ(start_text(7, "simulated", 2, quiet), "");
  EXPECT_EQ(progress_text(sample_failed(), 1, 2, quiet), "");
  EXPECT_EQ(final_text(sample_outcome({sample_passed()}), quiet), "");
  const std::string text = final_text(mixed_outcome(), quiet);
  EXPECT_THAT(text, HasSubstr("✗ A bounce stays home"));
  EXPECT_THAT(text, EndsWith("Segregated: NO (phase2: 1 crossing)\n"));
  EXPECT_THAT(text, Not(HasSubstr("Requirements")));
}

TEST(Terminal, SaysLastThatNothingWasTestedEvenQuietly) {
  harness::ScenarioResult run = sample_passed();
  run.verdict = harness::Verdict::skipped;
  run.skipped_because = "only in the lane live";
  const harness::Outcome outcome = sample_outcome({run});
  const std::string line = "Nothing was tested: every run was skipped; the first: only in the lane live\n";
  EXPECT_EQ(final_text(outcome, {.verbosity = Verbosity::quiet}), line);
  EXPECT_THAT(final_text(outcome, plain), EndsWith(line));
}

TEST(Terminal, VerboseTellsEveryRunAndWhatKnownBadWorldsDid) {
  const TerminalStyle verbose{.verbosity = Verbosity::verbose};
  EXPECT_EQ(progress_text(sample_passed(), 9, 12, verbose),
            "passed        9/12  scenarios/request.yaml on phase2  A request is answered\n");
  EXPECT_EQ(progress_text(sample_passed(), 9, 12, plain), "");
  const std::string text = final_text(mixed_outcome(), verbose);
  EXPECT_THAT(text, HasSubstr("Known-bad worlds, found out as stated\n  scenarios/must-fail/leak.yaml on phase2\n"));
  EXPECT_THAT(text, HasSubstr("       1  phase2: old@ctbto.org from op@station.example\n"));
}

TEST(Terminal, KeepsHostileTextFromTheTerminal) {
  const TerminalStyle verbose{.verbosity = Verbosity::verbose};
  ScenarioResult run = sample_failed();
  run.stragglers = {{hostile_text, 1}};
  run.findings.front().trail = {hostile_text};
  run.findings.front().path = {hostile_text};
  ScenarioResult unsure = sample_inconclusive();
  unsure.not_understood = {{"main.cf:1", hostile_text}};
  const std::string text = start_text(7, "simulated", 1, verbose) + progress_text(run, 1, 1, verbose) +
                           final_text(sample_outcome({run, unsure, sample_must_fail()}), verbose);
  for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  EXPECT_THAT(text, Not(HasSubstr("\xff")));
  EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
  EXPECT_THAT(text, HasSubstr(R"(\x1b[2J\x1b]0;own\x07)"));
}

TEST(Terminal, RedrawsOneLineThatFits) {
  TerminalStyle style{.is_tty = true, .width = 60};
  EXPECT_EQ(progress_text(sample_passed(), 6, 12, style),
            "\r\x1b[K[############............]  6/12  scenarios/request.yaml o…");
  EXPECT_EQ(columns(progress_text(sample_passed(), 6, 12, style)), 59U + 4U);
  EXPECT_THAT(progress_text(sample_failed(), 12, 12, style), StartsWith("\r\x1b[Kfailed       12/12  scenarios/leak"));
  EXPECT_THAT(final_text(sample_outcome({sample_passed()}), style), StartsWith("\r\x1b[K\n"));
  for (unsigned width = 0; width < 6; ++width) {
    style.width = width;
    EXPECT_LE(columns(progress_text(sample_passed(), 0, 0, style)), 4U + std::max(width, 2U) - 1U);
  }
}

TEST(Terminal, BreaksSentencesAtTheWidthOfTheTerminal) {
  harness::ScenarioResult run = sample_failed();
  run.title = "A bounce stays home whatever the provider makes of it, and nobody hears of it but the originator";
  run.findings[0].sentence =
      "message 'request' was handled in zone personal, which carries no verification mail at all";
  const harness::Outcome outcome = sample_outcome({run});
  const std::string narrow = final_text(outcome, {.is_tty = true, .width = 60});
  EXPECT_THAT(narrow,
              HasSubstr("✗ A bounce stays home whatever the provider makes of it, and\n  nobody hears of it but"));
  EXPECT_THAT(narrow, HasSubstr("  invariant segregation: message 'request' was handled in\n  zone personal, which"));
  EXPECT_THAT(final_text(outcome, {.is_tty = false, .width = 60}), HasSubstr(run.findings[0].sentence));
  EXPECT_EQ(wrapped("a bb " + std::string(9, 'c') + " d", 8, 2), "  a bb\n  ccccccccc\n  d");
}

TEST(Terminal, SaysThatMessagesDoNotAddUp) {
  harness::Outcome outcome = sample_outcome({sample_passed()});
  outcome.summary.messages.offered = 5;
  outcome.summary.messages.lost = 3;
  EXPECT_THAT(final_text(outcome, plain), HasSubstr("messages: 5 offered ≠ 2 delivered + 0 rejected"));
}

TEST(Terminal, LimitsWhatOneRunSays) {
  ScenarioResult run = sample_failed();
  run.findings.front().trail.resize(100, "a decision");
  run.findings.resize(500, run.findings.front());
  const std::string text = final_text(sample_outcome({run}), plain);
  EXPECT_THAT(text, HasSubstr("      … 60 more\n"));
  EXPECT_THAT(text, HasSubstr("  … 492 more findings; the JSON report has all\n"));
}

TEST(Terminal, PaintsOnlyWhenAsked) {
  TerminalStyle style;
  EXPECT_THAT(final_text(mixed_outcome(), style), Not(HasSubstr("\x1b")));
  style.color = true;
  const std::string text = final_text(mixed_outcome(), style);
  EXPECT_THAT(text, HasSubstr("\x1b[1;31m✗\x1b[0m \x1b[1mA bounce stays home\x1b[0m"));
  EXPECT_THAT(text, HasSubstr("\x1b[1;31mSegregated: NO (phase2: 1 crossing)\x1b[0m"));
}

TEST(TerminalStyle, DecidesOnColourInTheUsualOrder) {
  const auto color = [](const char* mode, const char* no_color, const char* force) {
    no_color != nullptr ? setenv("NO_COLOR", no_color, 1) : unsetenv("NO_COLOR");
    force != nullptr ? setenv("CLICOLOR_FORCE", force, 1) : unsetenv("CLICOLOR_FORCE");
    const bool decided = terminal_style(mode, Verbosity::normal).color;
    unsetenv("NO_COLOR");
    unsetenv("CLICOLOR_FORCE");
    return decided;
  };
  setenv("TERM", "dumb", 1);  // as if written to a file, wherever the test runs
  EXPECT_TRUE(color("always", "1", nullptr));
  EXPECT_FALSE(color("never", nullptr, "1"));
  EXPECT_FALSE(color("auto", "1", "1"));
  EXPECT_TRUE(color("auto", "", "1"));
  EXPECT_TRUE(color("auto", nullptr, "1"));
  EXPECT_FALSE(color("auto", nullptr, "0"));
  EXPECT_FALSE(color("auto", nullptr, nullptr));
}

TEST(Paint, CountsAndCutsCharacters) {
  EXPECT_EQ(columns("aü€"), 3U);
  EXPECT_EQ(columns("a\xff"), 2U);
  EXPECT_EQ(padded("ü", 3), "ü  ");
  EXPECT_EQ(padded("long", 3), "long");
  EXPECT_EQ(cut("aü€b", 3), "aü…");
  EXPECT_EQ(cut("aü€", 3), "aü€");
  EXPECT_EQ(cut("ab", 1), "…");
  EXPECT_EQ(cut("ab", 0), "");
}

}  // namespace
}  // namespace watershed::reports
