// Commands: every verb, every parameter, and the reply that a wrong one gets.
#include "mail/smtp_command.hpp"

#include <gtest/gtest.h>

namespace watershed::mail {
namespace {

template <class Command>
Command parsed(std::string_view line) {
  auto command = parse_smtp_command(line);
  EXPECT_TRUE(command) << line << ": " << (command ? "" : to_line(command.error()));
  EXPECT_TRUE(command && std::holds_alternative<Command>(*command)) << line;
  return std::get<Command>(*command);
}

TEST(SmtpCommand, Verbs) {
  EXPECT_EQ(parsed<HelloCommand>("eHlO mx.example ").domain, "mx.example");
  EXPECT_EQ(parsed<HelloCommand>("HELO [192.0.2.1]").verb, HelloCommand::Verb::helo);
  EXPECT_EQ(parsed<HelloCommand>("LHLO a").verb, HelloCommand::Verb::lhlo);
  parsed<DataCommand>("data");
  parsed<ResetCommand>("RSET");
  parsed<NoopCommand>("NOOP whatever");
  parsed<QuitCommand>("QUIT\t");
  parsed<StartTlsCommand>("STARTTLS");
  parsed<HelpCommand>("HELP me");
  EXPECT_EQ(parsed<VerifyCommand>("VRFY a b").argument, "a b");
  EXPECT_EQ(parsed<BdatCommand>("BDAT 10").size_octets, 10U);
  EXPECT_FALSE(parsed<BdatCommand>("BDAT 10").last);
  EXPECT_TRUE(parsed<BdatCommand>("bdat 0 last").last);
  EXPECT_EQ(parsed<BdatCommand>("BDAT 99999999999999999999").size_octets, UINT64_MAX) << "saturates";
}

TEST(SmtpCommand, MailWithAllParameters) {
  const Envelope envelope =
      parsed<MailCommand>("mail from: <a@b> size=10 body=8bitmime SMTPUTF8 ret=hdrs ENVID=x+2By").envelope;
  EXPECT_EQ(display(envelope.reverse_path), "a@b");
  EXPECT_EQ(envelope.declared_size_octets, 10U);
  EXPECT_EQ(envelope.body_type, BodyType::eight_bit_mime);
  EXPECT_TRUE(envelope.smtputf8);
  EXPECT_EQ(envelope.dsn_return, DsnReturn::headers);
  EXPECT_EQ(envelope.envelope_id, "x+y");
  EXPECT_TRUE(parsed<MailCommand>("MAIL FROM:<>").envelope.reverse_path.is_null());
  EXPECT_EQ(parsed<MailCommand>("MAIL FROM:<\"a> b\\\"\"@c> SIZE=1").envelope.reverse_path.address().local_part,
            "a> b\"");
}

TEST(SmtpCommand, RcptWithAllParameters) {
  const Recipient recipient = parsed<RcptCommand>("RCPT TO:<a@b> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;x+2Bz@y").recipient;
  EXPECT_EQ(recipient.original_recipient, "rfc822;x+z@y");
  EXPECT_EQ(recipient.notify, (DsnNotify{true, false, true, false, true}));
  EXPECT_FALSE(recipient.notify.wants_failure());
  EXPECT_TRUE(parsed<RcptCommand>("RCPT TO:<a@b> notify=never").recipient.notify.never);
  EXPECT_EQ(parsed<RcptCommand>("RCPT TO:<a@b> ORCPT=utf-8;\xc3\xa9@y").recipient.original_recipient,
            "utf-8;\xc3\xa9@y");
  EXPECT_EQ(display(parsed<RcptCommand>("RCPT TO:<@r:Postmaster@x>").recipient.forward_path), "Postmaster@x");
}

TEST(SmtpCommand, FaultsGetTheRightReply) {
  struct Case {
    std::string line, reply;
  };
  const Case cases[] = {
      {"", "500 5.5.2"},
      {"GET / HTTP/1.1", "500 5.5.2"},
      {std::string("NOOP \0", 6), "500 5.5.2"},
      {"MAIL FROM:<a@b>\rRCPT TO:<c@d>", "500 5.5.2"},
      {"EHLO", "501 5.5.4"},
      {"EHLO a b", "501 5.5.4"},
      {"EHLO " + std::string(256, 'x'), "501 5.5.4"},
      {"DATA now", "501 5.5.4"},
      {"QUIT now", "501 5.5.4"},
      {"VRFY", "501 5.5.4"},
      {"EXPN list", "502 5.5.1"},
      {"AUTH PLAIN AA==", "502 5.5.1"},
      {"MAIL", "501 5.5.4"},
      {"MAIL TO:<a@b>", "501 5.5.4"},
      {"MAIL FROM:a@b", "501 5.1.7"},
      {"MAIL FROM:<a@b", "501 5.1.7"},
      {"MAIL FROM:<a>", "501 5.1.7"},
      {"MAIL FROM:<\"a>", "501 5.1.7"},
      {"MAIL FROM:<a@b>SIZE=1", "501 5.5.4"},
      {"MAIL FROM:<a@b> SIZE=", "501 5.5.4"},
      {"MAIL FROM:<a@b> SIZE", "501 5.5.4"},
      {"MAIL FROM:<a@b> SIZE=1x", "501 5.5.4"},
      {"MAIL FROM:<a@b> SIZE=1 SIZE=1", "501 5.5.4"},
      {"MAIL FROM:<a@b> BODY=9BIT", "501 5.5.4"},
      {"MAIL FROM:<a@b> SMTPUTF8=1", "501 5.5.4"},
      {"MAIL FROM:<a@b> RET=SOME", "501 5.5.4"},
      {"MAIL FROM:<a@b> ENVID=a+0D+0AX:", "501 5.5.4"},
      {"MAIL FROM:<a@b> ENVID=a+", "501 5.5.4"},
      {"MAIL FROM:<a@b> ENVID=" + std::string(101, 'x'), "501 5.5.4"},
      {"MAIL FROM:<a@b> AUTH=<>", "555 5.5.4"},
      {"RCPT TO:<>", "501 5.1.3"},
      {"RCPT TO:<a@b> SIZE=1", "555 5.5.4"},
      {"RCPT TO:<a@b> NOTIFY=NEVER,DELAY", "501 5.5.4"},
      {"RCPT TO:<a@b> NOTIFY=,", "501 5.5.4"},
      {"RCPT TO:<a@b> ORCPT=a@b", "501 5.5.4"},
      {"RCPT TO:<a@b> ORCPT=;a@b", "501 5.5.4"},
      {"RCPT TO:<a@b> ORCPT=rfc822;", "501 5.5.4"},
      {"RCPT TO:<a@b> ORCPT=rfc822;a+0Ab", "501 5.5.4"},
      {"BDAT", "501 5.5.4"},
      {"BDAT x", "501 5.5.4"},
      {"BDAT -1", "501 5.5.4"},
      {"BDAT 1 FIRST", "501 5.5.4"},
      {"BDAT 1 LAST LAST", "501 5.5.4"},
      {"BDAT 999999999999999999999", "501 5.5.4"},
  };
  for (const Case& c : cases) {
    const auto command = parse_smtp_command(c.line);
    ASSERT_FALSE(command) << c.line;
    EXPECT_TRUE(to_line(command.error()).starts_with(c.reply)) << c.line << " got " << to_line(command.error());
  }
}

TEST(Capabilities, AreReadFromTheEhloReply) {
  const Capabilities offered =
      parse_capabilities(make_reply(250, "",
                                    "mx DSN\nPIPELINING\n8bitmime\nSIZE "
                                    "1000\nCHUNKING\nBINARYMIME\nENHANCEDSTATUSCODES\nSMTPUTF8\nSTARTTLS\nX-OTHER y"));
  EXPECT_EQ(offered, (Capabilities{true, true, true, true, true, false, true, true, true, true, 1000}))
      << "the first line names the host: DSN there is no offer";
  EXPECT_EQ(parse_capabilities(make_reply(250, "", "mx\nSIZE")).size_limit_octets, 0U);
  EXPECT_EQ(parse_capabilities(make_reply(250, "", "mx\nSIZE 1x")).size_limit_octets, 0U);
  EXPECT_TRUE(parse_capabilities(make_reply(250, "", "mx\n\nAUTH=LOGIN\nSIZE=5")).size);
  EXPECT_EQ(parse_capabilities(make_reply(500, "", "no\nDSN")), Capabilities());
}

TEST(Compose, WritesOnlyWhatIsOffered) {
  const std::string mail_line = "MAIL FROM:<a@b> SIZE=7 BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=x+2By";
  const std::string rcpt_line = "RCPT TO:<c@d> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;x+3Dz@y";
  const Envelope envelope = parsed<MailCommand>(mail_line).envelope;
  const Recipient recipient = parsed<RcptCommand>(rcpt_line).recipient;
  Capabilities all;
  all.esmtp = all.size = all.eight_bit_mime = all.smtputf8 = all.dsn = true;
  EXPECT_EQ(compose_mail(envelope, 7, all), mail_line + "\r\n");
  EXPECT_EQ(compose_rcpt(recipient, all), rcpt_line + "\r\n");
  EXPECT_EQ(compose_mail(envelope, 7, {}), "MAIL FROM:<a@b>\r\n");
  EXPECT_EQ(compose_rcpt(recipient, {}), "RCPT TO:<c@d>\r\n");
}

TEST(Xtext, RoundTripsAndRefuses) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(*decode_xtext(encode_xtext(all)), all);
  EXPECT_EQ(encode_xtext("a+b=c d"), "a+2Bb+3Dc+20d");
  for (const std::string_view bad : {"+", "+4", "+4g", "+4a", "a b", "=", "\xc3\xa9"})
    EXPECT_FALSE(decode_xtext(bad)) << bad;
}

}  // namespace
}  // namespace watershed::mail
