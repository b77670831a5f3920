// The Markdown summary word for word, short for any run, and with hostile text.
#include "reports/markdown_report.hpp"

#include "base/text.hpp"
#include "reports/sample_outcome.hpp"

#include <gmock/gmock.h>

namespace watershed::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MarkdownReport, OpensWithTheAnswer) {
  harness::ScenarioResult failed = sample_failed();
  failed.title = "A bounce stays home";
  failed.findings.front().sentence = "message 'request' was handled in zone personal";
  EXPECT_EQ(markdown_report(sample_outcome({sample_passed(), failed, sample_inconclusive()})), R"(## Watershed

**`Segregated: NO (phase2: 1 crossing)`**

3 runs: 1 passed, 1 failed, 0 errors, 1 inconclusive, 0 skipped; seed 7; 0.25 s

6 messages offered, 6 delivered, 0 lost, 0 duplicated; 1 crossings

| World | Segregated | Because | Hosts with mail of both kinds |
|---|---|---|---|
| `phase1` | **not shown** | `1 of 1 run inconclusive` | 0 |
| `phase2` | **no** | `1 crossing` | 0 |

| Requirement | | Verdict | Runs |
|---|---|---|---|
| `SEG-1` | `Separate systems` | ❌ failed | 3 |
| `OPS-1` | `Load` | ➖ not run | 0 |

### What did not hold

- ❌ `scenarios/leak.yaml` on `phase2`: `A bounce stays home`
  - `invariant segregation`: `message 'request' was handled in zone personal`
    decided by `worlds/phase2/postfix/transport:3`
  - replay: `watershed run scenarios/request.yaml --world phase2 --seed 7`
- ❓ `scenarios/unsure.yaml` on `phase1`: `Nobody can tell`
  - 1 configuration lines are not understood, the first: `worlds/phase1/postfix/main.cf:12`
  - replay: `watershed run scenarios/request.yaml --world phase2 --seed 7`
)");
}

TEST(MarkdownReport, TellsWhatDiffersBetweenWorldsAndLanes) {
  harness::Outcome outcome = sample_outcome({sample_passed()});
  const std::string line =
      R"({"at_ns":30000000,"fact":"rejected","host":"mx","code":550,"recipient":"a@b","text":"no"})";
  outcome.world_comparison = {
      {"phase1", "phase2", 5, {{"a.yaml", "", "m", "a@b", {"fate: x → y"}, "t:3 → t:4", false, {}, {}, {line}}}, {}}};
  EXPECT_THAT(markdown_report(outcome), testing::EndsWith(R"(
### Worlds compared

| From | To | Flows | The same | Differ as expected | Not expected |
|---|---|---|---|---|---|
| `phase1` | `phase2` | 5 | 4 | 0 | 1 |

Not expected:

- 1 flows, `t:3 → t:4`: `m` in `a.yaml`
  - `fate: x → y`
    - `phase2`: `0.030 s mx rejected a@b 550: no`
)"));
  outcome.world_comparison.clear();
  outcome.lane = "both";
  outcome.parity = {2, 1, {{"a.yaml", "phase1", "m", "a@b", "fate", "x", "y", {line}, {}, ""}}, {"l.yaml:3: unused"}};
  EXPECT_THAT(markdown_report(outcome), testing::EndsWith(R"(
### Lanes compared

parity 0.5000: 1 of 2 messages agree

- `a.yaml` on `phase1`: `m` for `a@b` differs in `fate`
  - simulated: `x`, live: `y`
    - `simulated`: `0.030 s mx rejected a@b 550: no`
- `l.yaml:3: unused`
)"));
}

TEST(MarkdownReport, StaysShort) {
  const std::vector<harness::ScenarioResult> runs(200, sample_failed());
  const std::string report = markdown_report(sample_outcome(runs), 5);
  EXPECT_THAT(report, HasSubstr("- and 195 more runs; the other reports have all"));
  EXPECT_LT(report.size(), 10'000U);
}

TEST(MarkdownReport, HostileTextEndsNoCodeSpan) {
  harness::ScenarioResult run = sample_failed();
  run.title = "`<script>alert(1)</script>` | [x](javascript:1) @all " + hostile_text;
  const std::string report = markdown_report(sample_outcome({run}));
  for (const std::string_view line : split(report, "\n")) EXPECT_EQ(printable(line), line);
  EXPECT_THAT(report, HasSubstr("`` `<script>alert(1)</script>` \\| [x]"));
  EXPECT_THAT(report, Not(HasSubstr(": `<script>")));
}

}  // namespace
}  // namespace watershed::reports
