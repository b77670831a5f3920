// The page: its parts word for word where they are small, and what must hold whatever the mail says.
#include "reports/html/html_report.hpp"

#include "reports/escape.hpp"
#include "reports/html/chart.hpp"
#include "reports/html/flow_map.hpp"
#include "reports/html/graph_layout.hpp"
#include "reports/html/sections.hpp"
#include "reports/sample_outcome.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <regex>

namespace watershed::reports {
namespace {

using harness::MessageStory;
using harness::Outcome;
using harness::ScenarioResult;
using harness::StoryEvent;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

MessageStory sample_story(const std::string& words) {
  MessageStory story;
  story.label = "request";
  story.message_class = "verification";
  story.subject = words;
  story.reverse_path = "op@station.example";
  story.recipients = {"autodrm@ctbto.int"};
  story.fates = {"delivered"};
  StoryEvent event;
  event.host = "station.example";
  event.fact = "offered";
  event.reverse_path = "op@station.example";
  event.recipient = "autodrm@ctbto.int";
  story.events.push_back(event);
  event.at_ns = 30'000'000;
  event.host = "mx.ctbto.int";
  event.fact = "routed";
  event.detail = "smtp:[eu.cloud]";
  event.text = words;
  event.decided_by = "postfix/transport:3";
  story.events.push_back(event);
  event.at_ns = 65'000'000;
  event.host = "eu.cloud";
  event.fact = "rejected";
  event.code = 550;
  event.decided_by.clear();
  event.is_crossing = true;
  story.events.push_back(event);
  story.broken.push_back({"invariant segregation",
                          words,
                          {"scenarios/leak.yaml", 7, 5},
                          "- request: { never: x }",
                          "postfix/transport:3",
                          false});
  story.copies.push_back({"store",
                          "autodrm@ctbto.int",
                          "INBOX",
                          true,
                          {{true, "Received: " + words}, {false, "X-Old: 1"}},
                          {"Authentication-Results: " + words}});
  story.dialogues.push_back({3,
                             "station.example",
                             "mx.ctbto.int",
                             {{0, false, "220 mx"}, {0, true, "EHLO station.example"}, {5, false, words}},
                             true});
  return story;
}

// As stage::append_json_line writes it: bytes beyond ASCII as \u00HH.
std::string fact_line(const std::string& fact, const std::string& text) {
  std::string line = "{\"at_ns\":30000000,\"fact\":\"" + fact + "\",\"host\":\"mx.ctbto.int\",\"code\":550,\"text\":\"";
  for (const char c : text) line += fmt::format("\\u00{:02x}", static_cast<unsigned char>(c));
  return line + "\",\"decided_by\":\"postfix/transport:3\"}";
}

Outcome sample_page_outcome(const std::string& words) {
  ScenarioResult failed = sample_failed();
  failed.title = "A bounce stays home " + words;
  failed.stories = {sample_story(words)};
  failed.flow = {{"station.example", "mx.ctbto.int", "verification", "relay", 2, false},
                 {"mx.ctbto.int", "eu.cloud", "verification", "relay", 1, true}};
  failed.lines = {{"worlds/phase2/postfix/transport:2", 4}};
  failed.series.bucket_ns = 1'000'000'000;
  failed.series.buckets.resize(2);
  failed.series.buckets[0].offered = 3;
  failed.series.buckets[0].delivered = 2;
  failed.series.buckets[0].latency_max_ns = 5;
  failed.series.buckets[1].transient_replies = 1;
  failed.series.marks = {{500'000'000, words}};
  Outcome outcome = sample_outcome({failed, sample_passed(), sample_inconclusive(), sample_must_fail()});
  outcome.worlds = {{"phase2",
                     words,
                     {{"internet", true, {}}, {"verification", false, {"verification"}}, {"personal", false, {}}},
                     {{"station.example", "internet", "outside MTA"},
                      {"mx.ctbto.int", "verification", "router"},
                      {"eu.cloud", "personal", "cloud"}},
                     {}}};
  outcome.inputs = {{"worlds/phase2/postfix/transport",
                     std::string(64, 'a'),
                     40,
                     "phase2",
                     {"mx.ctbto.int"},
                     "postfix table",
                     "# " + words + "\nctbto.int\tlocal:\nctbto.org smtp:\n",
                     {2, 3},
                     {}}};
  outcome.record = {"2026-01-02T03:04:05Z",   "watershed run " + words,        "a machine", "none",
                    {{"watershed", "0.1.0"}}, {{"phase2", "main.cf:1", words}}};
  outcome.world_comparison = {{"phase1",
                               "phase2",
                               5,
                               {{"scenarios/leak.yaml",
                                 "",
                                 "request",
                                 "autodrm@ctbto.int",
                                 {"fate: delivered → " + words},
                                 "transport:3 " + words,
                                 false,
                                 {"SEG-1"},
                                 {fact_line("stored", words)},
                                 {fact_line("rejected", words)}}},
                               {"scenarios/other.yaml: " + words}}};
  return outcome;
}

// What may differ between two runs of the same inputs, replaced by its kind.
std::string masked(const std::string& page) {
  static const std::regex times("<time>[^<]*</time>");
  return std::regex_replace(page, times, "<time>T</time>");
}

std::string whole(const HtmlReport& report) {
  std::string text = report.page;
  for (const HtmlFile& file : report.linked) text += file.text;
  return text;
}

TEST(HtmlReport, OpensWithTheAnswer) {
  const std::string page = html_report(sample_page_outcome("x"), "report.html").page;
  const std::size_t answer = page.find("Are the flows apart?");
  ASSERT_NE(answer, std::string::npos);
  EXPECT_LT(answer, page.find("<h2 id=flow>"));
  EXPECT_THAT(page, HasSubstr("<div class=\"card no\"><h2>Are the flows apart?</h2><p class=answer>"
                              "<span aria-hidden=true>✗</span> no</p>"));
  for (const char* part : {"flow", "requirements", "stories", "time", "coverage", "differences", "runs", "record"}) {
    EXPECT_THAT(page, HasSubstr(std::string("<h2 id=") + part + ">"));
  }
}

TEST(HtmlReport, TellsAStoryWordForWord) {
  const Outcome outcome = sample_page_outcome("words");
  EXPECT_EQ(
      html::story(outcome.scenarios[0], outcome.scenarios[0].stories[0], "s0-0"),
      R"x(<article class=story id="s0-0"><h3>Message <em>request</em> <span class=tag>verification</span> on phase2</h3><p>Subject <q>words</q>; from op@station.example to autodrm@ctbto.int: <b>delivered</b>.<br>Scenario <q>A bounce stays home words</q></p><h4>Expected, and not so</h4><ul class=broken><li><b>invariant segregation</b>: words<br>expected <code>- request: { never: x }</code> <span class=by>scenarios/leak.yaml:7</span> <span class=by>decided by <code>postfix/transport:3</code></span></li></ul><h4>What happened</h4><ol class=timeline><li><span class=at>0.000 s</span> <span class=host>station.example</span> sent by <b>op@station.example</b> to <b>autodrm@ctbto.int</b></li><li><span class=at>0.030 s</span> <span class=host>mx.ctbto.int</span> autodrm@ctbto.int is routed to <b>smtp:[eu.cloud]</b> <span class=by>decided by <code>postfix/transport:3</code></span></li><li class=bad><span class=at>0.065 s</span> <span class=host>eu.cloud</span> refuses <b>autodrm@ctbto.int</b>: <q>words</q> <b class=bad>✗ this host's zone may not carry this class</b></li></ol>)x"
      R"x(<details><summary>Copy in autodrm@ctbto.int, folder INBOX on store: body unchanged, 2 header changes</summary><pre class=diff tabindex=0><ins>+ Received: words</ins>
<del>− X-Old: 1</del>
</pre><p>Authentication results:</p><ul><li>Authentication-Results: words</li></ul></details><details><summary>Said between station.example and mx.ctbto.int</summary><pre class=smtp tabindex=0><i>       0.000 s</i> ← 220 mx
<i>              </i> <b>→ EHLO station.example</b>
<i>       0.000 s</i> ← words
… more was said than is kept
</pre></details><p class=replay>Replay: <code>watershed run scenarios/request.yaml --world phase2 --seed 7</code></p></article>)x");
}

TEST(HtmlReport, ShowsWhatDiffersBetweenWorldsWithBothJournals) {
  const std::string page = html_report(sample_page_outcome("words"), "report.html").page;
  EXPECT_THAT(page, HasSubstr("<tr><td>phase1 → phase2<td class=n>5<td class=n>4<td class=n>0<td class=n>"
                              "<b class=bad>✗ 1</b>"));
  const std::size_t cause = page.find("<span class=\"v failed\">✗ not expected</span> <code>transport:3 words</code>");
  ASSERT_NE(cause, std::string::npos);
  const std::string piece = page.substr(cause, page.find("</details>", cause) - cause);
  EXPECT_THAT(piece, HasSubstr("<li><bdi>fate: delivered → words</bdi></li>"));
  EXPECT_THAT(piece, HasSubstr("<h4>phase1</h4><ol class=timeline><li><span class=at>0.030 s</span> "
                               "<span class=host>mx.ctbto.int</span> stored in folder"));
  EXPECT_THAT(piece, HasSubstr("<h4>phase2</h4><ol class=timeline><li><span class=at>0.030 s</span> "
                               "<span class=host>mx.ctbto.int</span> refuses <b>the transaction</b>: <q>words</q> "
                               "<span class=by>decided by <code>postfix/transport:3</code></span>"));
  EXPECT_THAT(page, HasSubstr("<li>scenarios/other.yaml: words</li>"));
}

TEST(HtmlReport, ShowsWhatDiffersBetweenLanesTheDeclaredOnceForEachReason) {
  Outcome outcome = sample_page_outcome("words");
  outcome.lane = "both";
  outcome.parity.compared = 9;
  outcome.parity.agree = 8;
  harness::LaneDifference difference{"scenarios/a.yaml",  "phase1",   "request", "autodrm@ctbto.int",
                                     "replies",           "one\ntwo", "three",   {fact_line("stored", "x")},
                                     {"no journal line"}, ""};
  outcome.parity.differences = {difference, difference, difference};
  outcome.parity.differences[1].declared_because = outcome.parity.differences[2].declared_because = "they answer later";
  outcome.parity.unused_declarations = {"lane-differences.yaml:3: unused"};
  const std::string page = html_report(outcome, "report.html").page;
  EXPECT_THAT(page, HasSubstr("<b>Parity 0.8889</b>: 8 of 9 messages agree; 3 differences, of which 2 declared"));
  EXPECT_THAT(page, HasSubstr("<dt>simulated<dd>one<br>two<dt>live<dd>three</dl>"));
  EXPECT_THAT(page,
              HasSubstr("<h4>live</h4><ol class=timeline><li><span class=at>0.000 s</span> note  : <q>no journal"));
  EXPECT_THAT(page, HasSubstr("and 1 more difference for this reason"));
  EXPECT_THAT(page, HasSubstr("✗ lane-differences.yaml:3: unused"));
  EXPECT_LT(page.find("✗ differs"), page.find("✓ declared"));
  outcome.parity = {};
  EXPECT_THAT(html_report(outcome, "report.html").page, HasSubstr("No message was compared: nothing is known."));
}

TEST(HtmlReport, ShowsHostileTextAsText) {
  const std::string script = "<script>alert(1)</script><img src=x onerror=alert(1)>\" onclick=\"x";
  for (const std::string& words : {hostile_text, script, std::string(1'000'000, '<'), std::string(1'000'000, '\xff')}) {
    const HtmlReport report = html_report(sample_page_outcome(words), "report.html");
    const std::string page = whole(report);
    EXPECT_LT(page.size(), 3'000'000U);
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, Not(HasSubstr("<img")));
    EXPECT_THAT(page, Not(HasSubstr("\" onclick")));
    for (const char c : page) ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  }
  EXPECT_THAT(whole(html_report(sample_page_outcome(script), "r.html")),
              HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

TEST(HtmlReport, IsTheSameForTheSameInputs) {
  Outcome one = sample_page_outcome("x");
  Outcome two = one;
  two.seconds = 99;
  two.record.started_at = "2027-01-01T00:00:00Z";
  for (ScenarioResult& run : two.scenarios) run.seconds *= 3;
  EXPECT_NE(html_report(one, "r.html").page, html_report(two, "r.html").page);
  EXPECT_EQ(masked(html_report(one, "r.html").page), masked(html_report(two, "r.html").page));
  two.seed = 8;
  EXPECT_NE(masked(html_report(one, "r.html").page), masked(html_report(two, "r.html").page));
}

TEST(HtmlReport, StaysLightWhateverTheRun) {
  ScenarioResult run = sample_failed();
  run.stories.assign(25, sample_story(std::string(3000, 'x')));
  run.findings.assign(100, run.findings.front());
  run.messages.assign(100, run.messages.front());
  run.messages_left_out = 99'900;
  const HtmlReport report = html_report(sample_outcome(std::vector<ScenarioResult>(600, run)), "a b.html");
  EXPECT_LT(report.page.size(), 5'000'000U);
  EXPECT_THAT(report.linked, Not(IsEmpty()));
  EXPECT_THAT(report.linked.front().name, HasSubstr("a b.files/"));
  EXPECT_THAT(report.page, HasSubstr("href=\"a%20b.files/stories-1.html"));
  for (const HtmlFile& file : report.linked) {
    EXPECT_THAT(file.text, HasSubstr("<a href=\"../a%20b.html\">Back"));
    EXPECT_THAT(file.text, Not(HasSubstr("href=\"#r")));
    EXPECT_THAT(file.text, Not(HasSubstr("href=\"a%20b.files/")));
  }
}

TEST(HtmlReport, HasNothingToSayOfAnEmptyRun) {
  const HtmlReport report = html_report(Outcome{}, "report.html");
  EXPECT_THAT(report.page, HasSubstr("not shown"));
  EXPECT_THAT(report.page, Not(HasSubstr("class=\"card yes\"")));
  EXPECT_THAT(report.linked, IsEmpty());
}

TEST(FlowMap, DrawsCrossingsLast) {
  const Outcome outcome = sample_page_outcome("x");
  const html::FlowGraph graph = html::flow_graph(outcome, outcome.worlds.front(), true);
  const std::vector<std::string> classes = html::message_classes(outcome);
  ASSERT_THAT(graph.edges, SizeIs(2));
  const std::string svg = html::flow_map_svg(graph, classes, "m");
  EXPECT_THAT(svg, HasSubstr("✗ crossing ↓ V 1"));
  EXPECT_GT(svg.find("class=\"e x\""), svg.rfind("class=\"node"));
  EXPECT_GT(svg.find("class=\"e x\""), svg.find("class=\"e c0\""));
  EXPECT_EQ(svg, html::flow_map_svg(graph, classes, "m"));
}

TEST(FlowMap, LeavesKnownBadWorldsOut) {
  Outcome outcome = sample_page_outcome("x");
  for (ScenarioResult& run : outcome.scenarios) run.is_must_fail = true;
  EXPECT_THAT(html::flow_graph(outcome, outcome.worlds.front(), true).edges, IsEmpty());
}

TEST(FlowMap, GivesEachClassAletterOfItsOwn) {
  const std::vector<std::string> classes = {"personal", "press", "test"};
  EXPECT_EQ(html::class_letter(classes, "personal"), "Pe");
  EXPECT_EQ(html::class_letter(classes, "press"), "Pr");
  EXPECT_EQ(html::class_letter(classes, "test"), "T");
}

TEST(GraphLayout, KeepsGroupsTogether) {
  const html::LayoutRequest request{
      {{100, 40, 0}, {100, 40, 0}, {100, 40, 1}}, {{0, 1, 40, 16}, {1, 2, 40, 16}, {0, 2, 40, 16}}, {60, 60}, 18};
  const html::Layout layout = html::lay_out(request);
  ASSERT_THAT(layout.nodes, SizeIs(3));
  ASSERT_THAT(layout.edges, SizeIs(3));
  const auto inside = [&](std::size_t node, std::size_t group) {
    const html::Point at = layout.nodes[node];
    const html::Box& box = layout.groups[group];
    return at.x > box.low.x && at.x < box.high.x && at.y > box.low.y && at.y < box.high.y;
  };
  EXPECT_TRUE(inside(0, 0) && inside(1, 0) && inside(2, 1));
  EXPECT_FALSE(inside(2, 0));
  for (const html::Layout::Edge& edge : layout.edges) EXPECT_EQ(edge.spline.size() % 3, 1U);
}

TEST(Chart, HasRoundAxes) {
  EXPECT_EQ(html::axis_top(0), 1);
  EXPECT_EQ(html::axis_top(0.3), 0.5);
  EXPECT_EQ(html::axis_top(7), 10);
  EXPECT_EQ(html::axis_top(200), 200);
  EXPECT_EQ(html::axis_top(201), 500);
}

TEST(Escape, CutsBetweenCharactersAndSaysSo) {
  EXPECT_EQ(xml_text("a<b", 10), "a&lt;b");
  EXPECT_EQ(xml_text("€€€", 4), "€ … (6 octets left out)");
  EXPECT_EQ(xml_text(std::string("\0\x1b[2J", 5), 100), R"(\x00\x1b[2J)");
}

}  // namespace
}  // namespace watershed::reports
