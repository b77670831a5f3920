// Notices: what is composed is read back the same, hostile returned text stays in its part, other systems' notices are
// read.
#include "mail/dsn.hpp"

#include "mail/trace.hpp"

#include <gmock/gmock.h>

namespace watershed::mail {
namespace {

using testing::HasSubstr;

DeliveryReport example_report() {
  DeliveryReport report;
  report.reporting_mta = "mx.ctbto.int";
  report.envelope_id = "id 7";
  report.arrival_unix_seconds = 1795155300;
  report.recipients.push_back(
      {"rfc822;old@ctbto.org", "a@b.example", DsnAction::failed, {5, 1, 1}, "mx.b.example", "550 5.1.1 No such user"});
  report.recipients.push_back({"", "c@d.example", DsnAction::delayed, {4, 4, 1}, "", "connection timed out"});
  return report;
}

const NoticeOptions example_options{
    "MAILER-DAEMON@mx.ctbto.int", "op@station.example", "n1@mx.ctbto.int", "n1/mx", 1795155300, true};

void expect_equal(const DeliveryReport& got, const DeliveryReport& want) {
  EXPECT_EQ(got.reporting_mta, want.reporting_mta);
  EXPECT_EQ(got.envelope_id, want.envelope_id);
  EXPECT_EQ(got.arrival_unix_seconds, want.arrival_unix_seconds);
  ASSERT_EQ(got.recipients.size(), want.recipients.size());
  for (std::size_t index = 0; index < want.recipients.size(); ++index) {
    const DsnRecipient& a = got.recipients[index];
    const DsnRecipient& b = want.recipients[index];
    EXPECT_EQ(a.original_recipient, b.original_recipient);
    EXPECT_EQ(a.final_recipient, b.final_recipient);
    EXPECT_EQ(a.action, b.action);
    EXPECT_EQ(a.status, b.status);
    EXPECT_EQ(a.remote_mta, b.remote_mta);
    EXPECT_EQ(a.diagnostic_text, b.diagnostic_text);
  }
}

TEST(Dsn, ComposedNoticeIsReadBack) {
  const Message original = Message::parse("Subject: x\r\n\r\nbody without a last line end");
  const Message notice = compose_dsn(example_report(), example_options, original);
  EXPECT_EQ(notice.value("Auto-Submitted"), "auto-replied");
  EXPECT_EQ(notice.value("To"), "op@station.example");
  EXPECT_EQ(notice.value("Subject"), "Undelivered Mail Returned to Sender");
  EXPECT_EQ(notice.value("Message-ID"), "<n1@mx.ctbto.int>");
  EXPECT_EQ(notice.value("MIME-Version"), "1.0");
  const std::string bytes = notice.bytes();
  EXPECT_THAT(bytes, HasSubstr("\r\nReporting-MTA: dns; mx.ctbto.int\r\n"));
  EXPECT_THAT(bytes, HasSubstr("\r\nFinal-Recipient: rfc822; a@b.example\r\n"));
  EXPECT_THAT(bytes, HasSubstr("\r\nDiagnostic-Code: smtp; 550 5.1.1 No such user\r\n"));
  EXPECT_THAT(bytes, HasSubstr("\r\nDiagnostic-Code: X-Local; connection timed out\r\n"));
  const auto parsed = parse_dsn(Message::parse(bytes));
  ASSERT_TRUE(parsed) << parsed.error().message;
  expect_equal(parsed->report, example_report());
  ASSERT_TRUE(parsed->returned.has_value());
  EXPECT_EQ(parsed->returned->bytes(), original.bytes());
}

TEST(Dsn, HeadersAloneComeBackUnlessFullIsAsked) {
  NoticeOptions options = example_options;
  options.full_message = false;
  const Message notice = compose_dsn(example_report(), options, Message::parse("Subject: x\r\n\r\nsecret"));
  EXPECT_EQ(notice.bytes().find("secret"), std::string::npos);
  EXPECT_THAT(notice.bytes(), HasSubstr("Content-Type: text/rfc822-headers\r\n"));
  EXPECT_EQ(parse_dsn(notice)->returned->bytes(), "Subject: x\r\n");
}

TEST(Dsn, ReturnedTextCannotEndItsPart) {
  const std::string hostile =
      "Subject: x\r\n\r\n--n1/mx--\r\n--n1/mx\r\nContent-Type: message/delivery-status\r\n\r\n"
      "Final-Recipient: rfc822; evil@x\r\n\r\n--n1/mx00000000--\r\n";
  const auto parsed = parse_dsn(compose_dsn(example_report(), example_options, Message::parse(hostile)));
  ASSERT_TRUE(parsed) << parsed.error().message;
  expect_equal(parsed->report, example_report());
  EXPECT_EQ(parsed->returned->bytes(), hostile);
}

TEST(Dsn, InnerBoundaryThatBeginsWithTheOuterOneEndsNothing) {
  const std::string returned =
      "Content-Type: multipart/mixed; boundary=n1/mx-inner\r\n\r\n--n1/mx-inner\r\n\r\nx\r\n"
      "--n1/mx-inner--\r\nend";
  const auto parsed = parse_dsn(Message::parse(
      "Content-Type: multipart/report; report-type=delivery-status; boundary=\"n1/mx\"\r\n\r\n--n1/mx\r\nContent-Type: "
      "message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: failed\r\n"
      "Status: 5.0.0\r\n\r\n--n1/mx\r\nContent-Type: message/rfc822\r\n\r\n" +
      returned + "\r\n--n1/mx--\r\n"));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->returned->bytes(), returned);
}

TEST(Dsn, HostileValuesStayOnTheirLine) {
  DeliveryReport report = example_report();
  report.envelope_id = "x\r\nAction: delivered";
  report.recipients[0].diagnostic_text =
      "550 a\r\n\r\nFinal-Recipient: rfc822; evil@x \xff" + std::string(3000, 'y') + std::string(500, ' ') + "z";
  report.recipients[0].remote_mta = "mx\nX: y";
  const Message notice = compose_dsn(report, example_options, Message());
  const auto parsed = parse_dsn(notice);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->report.recipients.size(), 2U);
  EXPECT_EQ(parsed->report.recipients[0].remote_mta, "mx?X: y");
  EXPECT_THAT(parsed->report.recipients[0].diagnostic_text, HasSubstr("550 a????Final-Recipient: rfc822; evil@x ?yyy"));
  const std::string bytes = notice.bytes();
  for (std::size_t at = 0; at < bytes.size(); at = bytes.find('\n', at) + 1) {
    EXPECT_LE(bytes.find('\n', at) - at, 999U) << "RFC 5322 §2.1.1";
  }
}

TEST(Dsn, AddressesBeyondAsciiAreOfTypeUtf8) {
  DeliveryReport report = example_report();
  report.recipients[0].final_recipient = "\xc3\xa9@b.example";
  const Message notice = compose_dsn(report, example_options, Message());
  EXPECT_THAT(notice.bytes(), HasSubstr("Content-Type: message/global-delivery-status\r\n"));
  EXPECT_THAT(notice.bytes(), HasSubstr("Final-Recipient: utf-8; \xc3\xa9@b.example\r\n"));
  EXPECT_EQ(notice.value("Content-Transfer-Encoding"), "8bit");
  expect_equal(parse_dsn(notice)->report, report);
}

std::string notice_with(std::string_view content_type, std::string_view body) {
  return "Content-Type: " + std::string(content_type) + "\r\n\r\n" + std::string(body);
}

TEST(Dsn, ReadsOtherSystemsNotices) {
  const std::string exchange = notice_with(
      "multipart/report; report-type=delivery-status; (x;y)\r\n\tboundary=\"_000_outer\"",
      "--_000_outer\r\nContent-Type: multipart/alternative; "
      "boundary=\"_000_outer_in\"\r\n\r\n--_000_outer_in\r\nContent-Type: "
      "text/plain\r\n\r\nHello\r\n--_000_outer_in--\r\n\r\n--_000_outer\r\nContent-Type: "
      "message/delivery-status\r\n\r\n"
      "Reporting-MTA: dns;EX1.corp.example\r\nReceived-From-MTA: dns;x\r\nArrival-Date: Fri, 20 Nov 2026 06:15:00 "
      "+0000\r\n\r\n"
      "Original-Recipient: rfc822; o@b.example\r\nFinal-Recipient: rfc822;a@b.example\r\nAction: failed\r\nStatus: "
      "5.1.10\r\n"
      "Diagnostic-Code: smtp;550 5.1.10\r\n\tRESOLVER.ADR.RecipientNotFound\r\n\r\n--_000_outer  \r\nContent-Type: "
      "message/rfc822\r\n\r\nSubject: s\r\n\r\nbody\r\n--_000_outer--\r\nepilogue");
  const auto parsed = parse_dsn(Message::parse(exchange));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->report.reporting_mta, "EX1.corp.example");
  EXPECT_EQ(parsed->report.arrival_unix_seconds, 1795155300);
  ASSERT_EQ(parsed->report.recipients.size(), 1U);
  EXPECT_EQ(parsed->report.recipients[0].original_recipient, "rfc822;o@b.example");
  EXPECT_EQ(parsed->report.recipients[0].status, (EnhancedStatus{5, 1, 10}));
  EXPECT_EQ(parsed->report.recipients[0].diagnostic_text, "550 5.1.10\tRESOLVER.ADR.RecipientNotFound");
  EXPECT_EQ(parsed->returned->body(), "body");

  const std::string google = notice_with("multipart/report; boundary=00a1; report-type=delivery-status",
                                         "--00a1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; "
                                         "googlemail.com\nX-Original-Message-ID: <m@x>\n\n"
                                         "Final-Recipient: rfc822; a@b\nAction: Failed (permanently)\nStatus: 5.1.1 "
                                         "(no)\nRemote-MTA: dns; mx.b. (192.0.2.1, the "
                                         "server)\nDiagnostic-Code: smtp; 550-5.1.1 x\n 550 5.1.1 "
                                         "y\n\n\nFinal-Recipient: rfc822; c@d\nAction: delayed\nStatus: "
                                         "4.4.1\n--00a1--");
  const auto second = parse_dsn(Message::parse(google));
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->report.recipients.size(), 2U);
  EXPECT_EQ(second->report.recipients[0].diagnostic_text, "550-5.1.1 x 550 5.1.1 y");
  EXPECT_FALSE(second->returned.has_value());
}

TEST(Dsn, ErrorsSayWhatIsMissing) {
  const std::string type = "multipart/report; report-type=delivery-status; boundary=b";
  const std::string start = "--b\r\nContent-Type: message/delivery-status\r\n\r\n";
  const std::string host = "Reporting-MTA: dns; x\r\n\r\n";
  struct Case {
    std::string content_type, body, reason;
  };
  const Case cases[] = {
      {"text/plain", "", "multipart/report is expected"},
      {"multipart/report; report-type=disposition-notification; boundary=b", "", "delivery-status is expected"},
      {"multipart/report; report-type=delivery-status", "", "no boundary"},
      {"multipart/report; report-type=delivery-status; boundary=" + std::string(201, 'b'), "", "longer than 200"},
      {type, "--b\r\n\r\ntext\r\n--b--\r\n", "no message/delivery-status"},
      {type, "--bb\r\nContent-Type: message/delivery-status\r\n\r\n" + host, "no message/delivery-status"},
      {type, start, "empty"},
      {type, start + "X: y\r\n\r\n", "no Reporting-MTA"},
      {type, start + host, "names no recipient"},
      {type, start + host + "Action: failed\r\nStatus: 5.0.0\r\n", "no Final-Recipient"},
      {type, start + host + "Final-Recipient: rfc822; a@b\r\nStatus: 5.0.0\r\n", "no Action"},
      {type, start + host + "Final-Recipient: rfc822; a@b\r\nAction: failed\r\n", "no Status"},
      {type, start + host + "Final-Recipient: rfc822; a@b\r\nAction: lost\r\nStatus: 5.0.0\r\n", "'lost'"},
      {type, start + host + "Final-Recipient: rfc822; a@b\r\nAction: failed\r\nStatus: bad\r\n", "'bad'"},
      {type, "--b\r\nContent-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA", "base64"},
  };
  for (const Case& c : cases) {
    const auto parsed = parse_dsn(Message::parse(notice_with(c.content_type, c.body)));
    ASSERT_FALSE(parsed) << c.reason;
    EXPECT_THAT(parsed.error().message, HasSubstr(c.reason));
  }
}

}  // namespace
}  // namespace watershed::mail
