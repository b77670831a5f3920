// The manifest notices every change; the redactor leaves no stretch of a message behind, and what is no content alone.
#include "base/sha256.hpp"
#include "reports/evidence/manifest.hpp"
#include "reports/evidence/redact.hpp"
#include "reports/sample_outcome.hpp"

#include <gmock/gmock.h>

namespace watershed::reports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string sum_a = sha256_hex("a");
const std::string sum_b = sha256_hex("b");

std::string error_of(const std::string& text) {
  const auto manifest = read_manifest(text, "pack/manifest.sha256");
  return manifest ? "no error" : render(manifest.error());
}

TEST(Manifest, ReadsWhatItWrites) {
  const Manifest manifest{{"inputs/a.yaml", sum_a}, {"report.json", sum_b}};
  const std::string text = write_manifest(manifest);
  EXPECT_EQ(text, "# watershed evidence pack, version 1, 2 files\n" + sum_a + "  inputs/a.yaml\n" + sum_b +
                      "  report.json\n");
  const auto read = read_manifest(text, "manifest");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, manifest);
}

TEST(Manifest, NamesWhatIsMissingAlteredAndAdded) {
  EXPECT_THAT(
      manifest_differences({{"a", sum_a}, {"b", sum_a}, {"c", sum_a}}, {{"b", sum_b}, {"c", sum_a}, {"d", sum_a}}),
      ElementsAre("missing: a", "altered: b", "added: d"));
  EXPECT_TRUE(manifest_differences({{"a", sum_a}}, {{"a", sum_a}}).empty());
}

TEST(Manifest, NoticesDamage) {
  const std::string first = "# watershed evidence pack, version 1, 1 files\n";
  EXPECT_THAT(error_of(""), HasSubstr("the manifest is empty"));
  EXPECT_THAT(error_of(sum_a + "  a\n"), HasSubstr("manifest.sha256:1: error: this is no manifest"));
  EXPECT_THAT(error_of(first), HasSubstr("1 files are stated and 0 are listed"));
  EXPECT_THAT(error_of(first + sum_a + "  a\n" + sum_a + "  b\n"), HasSubstr("1 files are stated and 2 are listed"));
  EXPECT_THAT(error_of(first + sum_a + "  a"), HasSubstr("cut short"));
  EXPECT_THAT(error_of(first + sum_a + " a\n"), HasSubstr("manifest.sha256:2: error: expected 64 hexadecimal digits"));
  EXPECT_THAT(error_of(first + sum_a.substr(1) + "  ab\n"), HasSubstr("expected 64 hexadecimal digits"));
  EXPECT_THAT(error_of(first + sum_a + "  ../../etc/passwd\n"), HasSubstr("no path in a pack"));
  EXPECT_THAT(error_of(first + sum_a + "  /etc/passwd\n"), HasSubstr("no path in a pack"));
  EXPECT_THAT(error_of(first + sum_a + "  a\x1b[2J\n"), HasSubstr("no path in a pack"));
  EXPECT_THAT(error_of(first + sum_a + "  a\n" + sum_a + "  a\n"), HasSubstr("comes twice"));
  EXPECT_THAT(error_of("# watershed evidence pack, version 1, x files\n"), HasSubstr("this is no manifest"));
  EXPECT_THAT(error_of("# watershed evidence pack, version 1, files\n"), HasSubstr("this is no manifest"));
}

constexpr std::string_view message =
    "From: op@station.example\r\nTo: autodrm@ctbto.int\r\nSubject: Quarterly figures of\r\n the northern array\r\n"
    "X-Project: Tall Ships\r\n\r\nBEGIN IMS2.0\r\nThe generator failed at noon.\r\nyes\r\n";

Redactor learnt(MailContent mode) {
  Redactor redactor(mode);
  redactor.learn_message(message);
  return redactor;
}

TEST(Redactor, ReplacesEveryStretchOfContent) {
  const Redactor redactor = learnt(MailContent::omit);
  EXPECT_EQ(redactor.redact("got 'Quarterly figures of' here"), "got '(mail content left out)' here");
  EXPECT_EQ(redactor.redact("got 'terly figures o…'"), "got '(mail content left out)…'") << "a clipped quotation";
  EXPECT_EQ(redactor.redact("the northern array"), "(mail content left out)") << "the rest of a folded field";
  EXPECT_EQ(redactor.redact("project Tall Ships"), "project (mail content left out)") << "a field of its own";
  EXPECT_EQ(redactor.redact("yes, and eyes"), "(mail content left out), and eyes") << "a short line as a word";
}

// What was learnt in one form is content in every other, too.
TEST(Redactor, KnowsContentInDisguise) {
  Redactor redactor(MailContent::omit);
  redactor.learn_message(
      "Subject: =?utf-8?B?T3BlcmF0aW9uIEtpbmdmaXNoZXI=?=\r\n =?utf-8?Q?_at_dawn?=\r\nX-Plain: The walrus and the "
      "carpenter\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
      "VGhlIG1vb25saWdodCBzb25hdGEgaXMgYXQgc2V2ZW4u\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n\r\nBr=C3=BCcken und Wege sind ge=\r\nsperrt.\r\n--b--\r\n");
  const std::string mark = "(mail content left out)";
  EXPECT_EQ(redactor.redact("got 'Operation Kingfisher at dawn'"), "got '" + mark + "'") << "a decoded subject";
  EXPECT_EQ(redactor.redact("got The moonlight sonata is at seven."), "got " + mark) << "a decoded body";
  EXPECT_EQ(redactor.redact("<Brücken und Wege sind gesperrt.>"), "<" + mark + ">") << "quoted-printable";
  EXPECT_EQ(redactor.redact("=?iso-8859-1?q?The_walrus_and_the_carpenter?= x"), mark + " x") << "an encoded word";
  // `xThe walrus and the carpenter` and so on: the same octets fall on other digits.
  for (const char* run : {"VGhlIHdhbHJ1cyBhbmQgdGhlIGNhcnBlbnRlcg", "eFRoZSB3YWxydXMgYW5kIHRoZSBjYXJwZW50ZXI",
                          "eHhUaGUgd2FscnVzIGFuZCB0aGUgY2FycGVudGVy"}) {
    for (std::size_t cut = 0; cut < 4; ++cut) {
      EXPECT_EQ(redactor.redact(std::string(run).substr(cut) + "!"), mark + "!") << run << " " << cut;
    }
  }
  for (const char* other :
       {"scenarios/worlds/phase2/postfix/transport", "=?utf-8?Q?harmless?=", "=?x", "AAAAAAAAAAAAAAAAAAAA"}) {
    EXPECT_EQ(redactor.redact(other), other);
  }
  redactor.learn_quoted("one line\nX7\n\"Q9\"");
  EXPECT_EQ(redactor.redact(R"(body: "one line\nX7\n\"Q9\"")"), "body: \"" + mark + "\"") << "as YAML quotes it";
}

TEST(Redactor, GoesThroughTheJournalsOfAComparison) {
  harness::FlowDifference difference;
  difference.journal_a = {R"x({"fact":"note","text":"Tall Ships"})x"};
  harness::Outcome outcome = sample_outcome({sample_passed()});
  outcome.world_comparison = {{"a", "b", 1, {difference}, {}}};
  EXPECT_EQ(learnt(MailContent::omit).redact(outcome).world_comparison[0].differences[0].journal_a[0],
            R"x({"fact":"note","text":"(mail content left out)"})x");
}

TEST(Redactor, KeepsWhatIsNoContent) {
  const Redactor redactor = learnt(MailContent::omit);
  for (const char* text : {"op@station.example to autodrm@ctbto.int", "mx.ctbto.int: transport lmtp:store", ""}) {
    EXPECT_EQ(redactor.redact(text), text);
  }
  EXPECT_EQ(learnt(MailContent::keep).redact("Quarterly figures of"), "Quarterly figures of");
}

TEST(Redactor, HashesWhereThatIsAsked) {
  EXPECT_EQ(learnt(MailContent::hash).redact("Quarterly figures of"),
            "(mail content, SHA-256 " + sha256_hex("Quarterly figures of") + ")");
}

TEST(Redactor, LeavesNoSumOfWhatItLeavesOut) {
  harness::ScenarioResult run = sample_passed();
  run.messages[0].body_hash = "0123abcd";
  run.messages[0].header = {{"subject", "4567ef"}};
  harness::Outcome outcome = sample_outcome({run});
  outcome.inputs.resize(2);
  outcome.inputs[0].kind = "message";
  outcome.inputs[1].kind = "zone";
  outcome.inputs[0].sha256 = outcome.inputs[1].sha256 = "89";
  const std::string fact = R"({"fact":"stored","body_hash":4711})";
  const harness::Outcome left = learnt(MailContent::omit).redact(outcome);
  EXPECT_EQ(left.scenarios[0].messages[0].body_hash, "");
  EXPECT_TRUE(left.scenarios[0].messages[0].header.empty());
  EXPECT_EQ(left.inputs[0].sha256, "");
  EXPECT_EQ(left.inputs[1].sha256, "89") << "configuration is kept, so is its sum";
  EXPECT_EQ(learnt(MailContent::omit).redact_journal(fact), "{\"fact\":\"stored\"}\n");
  const harness::Outcome hashed = learnt(MailContent::hash).redact(outcome);
  EXPECT_EQ(hashed.scenarios[0].messages[0].body_hash, "0123abcd");
  EXPECT_EQ(learnt(MailContent::hash).redact_journal(fact), fact + "\n");
}

TEST(Redactor, GoesThroughAnOutcomeAndAJournal) {
  const Redactor redactor = learnt(MailContent::omit);
  harness::ScenarioResult run = sample_failed();
  run.findings[0].sentence = "got Subject 'Quarterly figures of'";
  run.messages[0].text = "The generator failed at noon.";
  run.messages[0].trail = {"mx: BEGIN IMS2.0 matched (worlds/x:3)"};
  const harness::Outcome outcome = redactor.redact(sample_outcome({run}));
  EXPECT_EQ(outcome.scenarios[0].findings[0].sentence, "got Subject '(mail content left out)'");
  EXPECT_EQ(outcome.scenarios[0].messages[0].text, "(mail content left out)");
  EXPECT_EQ(outcome.scenarios[0].messages[0].trail[0], "mx: (mail content left out) matched (worlds/x:3)");
  EXPECT_EQ(outcome.scenarios[0].messages[0].recipient, "autodrm@ctbto.int");

  const std::string journal = redactor.redact_journal(
      "{\"kind\":\"note\",\"detail\":\"The generator failed at noon.\",\"recipient\":\"autodrm@ctbto.int\"}\nnot "
      "JSON\n");
  EXPECT_EQ(journal,
            "{\"kind\":\"note\",\"detail\":\"(mail content left out)\",\"recipient\":\"autodrm@ctbto.int\"}\n");
}

}  // namespace
}  // namespace watershed::reports
