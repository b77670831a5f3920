// The server's side of whole dialogues: order of commands, limits, pipelining, BDAT, LMTP, STARTTLS, hostile input.
#include "mail/smtp_session.hpp"

#include <gmock/gmock.h>

namespace watershed::mail {
namespace {

using testing::ElementsAre;

// A session whose owner says yes, but to recipients at `nobody.example`, and keeps what it was given.
struct Dialogue {
  explicit Dialogue(SessionProfile profile = {}) : session(named(std::move(profile))) {}

  static SessionProfile named(SessionProfile profile) {
    profile.hostname = "mx.example";
    return profile;
  }

  Reply decide(const SessionEvent& event) {
    if (std::holds_alternative<DataEvent>(event)) return make_reply(354, "", "Go");
    if (std::holds_alternative<StartTlsEvent>(event)) return make_reply(220, "2.0.0", "Ready");
    const auto* rcpt = std::get_if<RcptEvent>(&event);
    const bool refused = rcpt != nullptr && rcpt->recipient.forward_path.address().domain == "nobody.example";
    return refused ? make_reply(550, "5.1.1", "No") : make_reply(250, "2.0.0", "Yes");
  }

  // Each reply line without its text.
  std::vector<std::string> say(std::string_view bytes) {
    session.receive(bytes);
    while (auto event = session.next()) {
      if (std::holds_alternative<ResetEvent>(*event)) {
        ++resets;
        continue;
      }
      if (std::holds_alternative<QuitEvent>(*event)) continue;
      if (auto* content = std::get_if<ContentEvent>(&*event)) contents.push_back(*content);
      session.answer(decide(*event));
    }
    output = session.take_output();
    std::vector<std::string> codes;
    for (std::size_t at = 0; at < output.size(); at = output.find('\n', at) + 1) codes.push_back(output.substr(at, 3));
    return codes;
  }

  ServerSession session;
  std::vector<ContentEvent> contents;
  std::string output;
  int resets = 0;
};

constexpr std::string_view hello = "EHLO client.example\r\n";
constexpr std::string_view mail = "MAIL FROM:<a@b>\r\n";
constexpr std::string_view rcpt = "RCPT TO:<c@d>\r\n";
constexpr std::string_view nobody = "RCPT TO:<x@nobody.example>\r\n";

std::string lines(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

TEST(SmtpSession, GreetsAndOffersWhatTheProfileSays) {
  Dialogue dialogue;
  dialogue.session.greet();
  EXPECT_EQ(dialogue.session.take_output(), "220 mx.example ESMTP\r\n");
  dialogue.say(hello);
  EXPECT_EQ(
      dialogue.output,
      "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n"
      "250-SMTPUTF8\r\n250 CHUNKING\r\n");
  dialogue.say("HELO client.example\r\n");
  EXPECT_EQ(dialogue.output, "250 mx.example\r\n");
  EXPECT_EQ(dialogue.session.hello().domain, "client.example");
}

TEST(SmtpSession, RefusingGreetingsEndOrCloseTheService) {
  Dialogue closed;
  closed.session.greet(make_reply(554, "5.3.2", "No service"));
  EXPECT_THAT(closed.say(lines({hello, mail, "QUIT\r\n"})), ElementsAre("554", "503", "503", "221"));
  Dialogue gone;
  gone.session.greet(make_reply(421, "4.3.2", "Shutting down"));
  EXPECT_TRUE(gone.session.is_over());
}

TEST(SmtpSession, OnePipelinedTransactionHoweverItIsCut) {
  const std::string bytes =
      lines({hello, mail, rcpt, nobody, rcpt, "DATA\r\nA: 1\r\n\r\n..x\r\n.\r\nNOOP\r\nQUIT\r\n"});
  std::string whole;
  for (const std::size_t piece : {bytes.size(), std::size_t{1}, std::size_t{7}}) {
    Dialogue dialogue;
    std::string output;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      dialogue.say(std::string_view(bytes).substr(at, piece));
      output += dialogue.output;
    }
    ASSERT_EQ(dialogue.contents.size(), 1U);
    EXPECT_EQ(dialogue.contents[0].content, "A: 1\r\n\r\n.x\r\n");
    EXPECT_EQ(dialogue.contents[0].envelope.recipients.size(), 2U);
    EXPECT_EQ(display(dialogue.contents[0].envelope.reverse_path), "a@b");
    EXPECT_EQ(dialogue.session.transaction(), 1U);
    EXPECT_TRUE(dialogue.session.is_over());
    EXPECT_TRUE(
        output.ends_with("250 2.0.0 Yes\r\n550 5.1.1 No\r\n250 2.0.0 Yes\r\n354 Go\r\n250 2.0.0 Yes\r\n250 2.0.0 Ok\r\n"
                         "221 2.0.0 Bye\r\n"))
        << output;
    if (whole.empty()) whole = output;
    EXPECT_EQ(output, whole);
  }
}

TEST(SmtpSession, CommandsOutOfOrder) {
  Dialogue dialogue;
  EXPECT_THAT(dialogue.say(lines({mail, rcpt, "DATA\r\nNOOP\r\nRSET\r\nVRFY x\r\nHELP\r\n"})),
              ElementsAre("503", "503", "503", "250", "250", "252", "214"));
  dialogue.say(hello);
  EXPECT_THAT(dialogue.say(lines({rcpt, "DATA\r\n", mail, mail, "DATA\r\n", nobody, "DATA\r\n"})),
              ElementsAre("503", "503", "250", "503", "503", "550", "554"));
  EXPECT_THAT(dialogue.say(lines({"RSET\r\n", rcpt, "LHLO x\r\nSTARTTLS\r\nBLA\r\n"})),
              ElementsAre("250", "503", "500", "502", "500"));
}

TEST(SmtpSession, HelloWithinATransactionVoidsIt) {
  Dialogue dialogue;
  dialogue.say(lines({hello, mail, rcpt}));
  EXPECT_EQ(dialogue.resets, 0);
  EXPECT_THAT(dialogue.say("HELO again.example\r\nDATA\r\n"), ElementsAre("250", "503"));
  EXPECT_EQ(dialogue.resets, 1);
}

TEST(SmtpSession, ParametersThatAreNotOffered) {
  SessionProfile bare;
  bare.dsn = bare.eight_bit_mime = bare.smtputf8 = bare.chunking = bare.enhanced_status_codes = false;
  Dialogue dialogue(bare);
  dialogue.say(hello);
  EXPECT_THAT(dialogue.say("MAIL FROM:<a@b> BODY=8BITMIME\r\nMAIL FROM:<a@b> RET=FULL\r\nMAIL FROM:<a@b> SMTPUTF8\r\n"
                           "MAIL FROM:<a@b> BODY=BINARYMIME\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d> NOTIFY=NEVER\r\n"),
              ElementsAre("555", "555", "555", "555", "250", "555"));
  EXPECT_EQ(dialogue.output.find("5.5.4"), std::string::npos) << "no enhanced status where none is offered";
  EXPECT_THAT(dialogue.say("BDAT 6 LAST\r\nRSET\r\nNOOP\r\n"), ElementsAre("502", "250"))
      << "the octets of a refused chunk never run as commands";
}

TEST(SmtpSession, Utf8AddressesNeedTheirParameter) {
  Dialogue dialogue;
  dialogue.say(hello);
  EXPECT_THAT(
      dialogue.say("MAIL FROM:<\xc3\xa9@b>\r\nMAIL FROM:<\xc3\xa9@b> SMTPUTF8\r\nRCPT TO:<\xc3\xa9@d>\r\nRSET\r\n"
                   "MAIL FROM:<a@b>\r\nRCPT TO:<\xc3\xa9@d>\r\n"),
      ElementsAre("553", "250", "250", "250", "250", "553"));
}

TEST(SmtpSession, LimitsOnSizeRecipientsLinesAndErrors) {
  SessionProfile profile;
  profile.size_limit_octets = 20;
  profile.recipients_max = 2;
  profile.line_length_max_octets = 40;
  profile.errors_max = 3;
  Dialogue dialogue(profile);
  dialogue.say(hello);
  EXPECT_THAT(
      dialogue.say(lines({"MAIL FROM:<a@b> SIZE=21\r\nMAIL FROM:<a@b> SIZE=20\r\n", rcpt, rcpt, rcpt, "DATA\r\n"})),
      ElementsAre("552", "250", "250", "250", "452", "354"));
  EXPECT_THAT(dialogue.say("123456789012345678901\r\n.\r\n"), ElementsAre("552"));
  EXPECT_EQ(dialogue.resets, 1);
  EXPECT_THAT(dialogue.say(lines({mail, rcpt, "DATA\r\n12345678\r\n.\r\n"})), ElementsAre("250", "250", "354", "250"));
  ASSERT_EQ(dialogue.contents.size(), 1U);
  EXPECT_EQ(dialogue.contents[0].envelope.recipients.size(), 1U);

  EXPECT_THAT(dialogue.say("NOOP " + std::string(33, 'x') + "\r\n"), ElementsAre("250")) << "40 octets with CRLF";
  EXPECT_THAT(dialogue.say("NOOP " + std::string(34, 'x') + "\r\n"), ElementsAre("500"));
  for (int count = 0; count < 1000; ++count) EXPECT_TRUE(dialogue.say(std::string(10'000, 'x')).empty());
  EXPECT_THAT(dialogue.say("\r\nNOOP\r\n"), ElementsAre("500", "250")) << "one answer, and the session goes on";
  EXPECT_THAT(dialogue.say("A\r\nB\r\nNOOP\r\n"), ElementsAre("500", "421"));
  EXPECT_TRUE(dialogue.session.is_over());
  EXPECT_TRUE(dialogue.say("NOOP\r\n").empty());
}

TEST(SmtpSession, BareLineFeeds) {
  EXPECT_THAT(Dialogue().say("NOOP\nNOOP\r\n"), ElementsAre("250", "250")) << "commands may end with a bare LF";
  const std::string content = "DATA\r\na\n.\r\nMAIL FROM:<evil@x>\r\n.\r\n";
  Dialogue keeps;
  EXPECT_THAT(keeps.say(lines({"HELO x\r\n", mail, rcpt, content})), ElementsAre("250", "250", "250", "354", "250"));
  ASSERT_EQ(keeps.contents.size(), 1U);
  EXPECT_EQ(keeps.contents[0].content, "a\n.\r\nMAIL FROM:<evil@x>\r\n") << "nothing was smuggled";
  SessionProfile profile;
  profile.bare_newlines = BareNewlinePolicy::reject;
  Dialogue rejects(profile);
  EXPECT_THAT(rejects.say(lines({"HELO x\r\n", mail, rcpt, content})), ElementsAre("250", "250", "250", "354", "550"));
  EXPECT_NE(rejects.output.find("550 5.6.11"), std::string::npos);
  EXPECT_THAT(rejects.say(lines({mail, rcpt, "BDAT 2 LAST\r\na\n"})), ElementsAre("250", "250", "550"));
  EXPECT_TRUE(rejects.contents.empty());
  profile.bare_newlines = BareNewlinePolicy::normalize;
  Dialogue smuggled(profile);
  EXPECT_THAT(smuggled.say(lines({"HELO x\r\n", mail, rcpt, content})),
              ElementsAre("250", "250", "250", "354", "250", "250", "500"));
  EXPECT_THAT(smuggled.say(lines({"RSET\r\n", mail, rcpt, "BDAT 2 LAST\r\na\n"})),
              ElementsAre("250", "250", "250", "250"));
  EXPECT_EQ(smuggled.contents.back().content, "a\r\n");
}

TEST(SmtpSession, ChunksAreCountedNotScanned) {
  SessionProfile profile;
  profile.binary_mime = true;
  profile.size_limit_octets = 30;
  Dialogue dialogue(profile);
  dialogue.say(hello);
  EXPECT_THAT(dialogue.say(lines({"MAIL FROM:<a@b> BODY=BINARYMIME\r\n", rcpt,
                                  "DATA\r\nBDAT 5\r\n.\r\n\r\nBDAT 6\r\nQUIT\r\n", rcpt, "DATA\r\nBDAT 0 LAST\r\n"})),
              ElementsAre("250", "250", "503", "250", "250", "503", "503", "250"));
  ASSERT_EQ(dialogue.contents.size(), 1U);
  EXPECT_EQ(dialogue.contents[0].content, ".\r\n\r\nQUIT\r\n");
  EXPECT_THAT(dialogue.say("BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n"), ElementsAre("503", "250")) << "no transaction";
  EXPECT_THAT(dialogue.say(lines({mail, nobody, "BDAT 6\r\nQUIT\r\nNOOP\r\n"})),
              ElementsAre("250", "550", "554", "250"));
  EXPECT_THAT(
      dialogue.say(lines({mail, rcpt, "BDAT 20\r\n12345678901234567890BDAT 11\r\n12345678901BDAT 1 LAST\r\nx"})),
      ElementsAre("250", "250", "250", "552", "503"));
  EXPECT_THAT(dialogue.say(lines({mail, rcpt, "BDAT 1\r\nxDATA\r\n", rcpt, "RSET\r\n"})),
              ElementsAre("250", "250", "250", "503", "503", "250"))
      << "DATA and BDAT do not mix";
  EXPECT_EQ(dialogue.contents.size(), 1U);
  EXPECT_THAT(dialogue.say("BDAT many\r\nNOOP\r\n"), ElementsAre("501"));
  EXPECT_TRUE(dialogue.session.is_over()) << "what follows cannot be told from commands";
}

TEST(SmtpSession, StartTlsForgetsEverything) {
  SessionProfile profile;
  profile.starttls = true;
  Dialogue dialogue(profile);
  EXPECT_THAT(dialogue.say("STARTTLS\r\n"), ElementsAre("503"));
  dialogue.say(hello);
  EXPECT_NE(dialogue.output.find("STARTTLS"), std::string::npos);
  // CVE-2011-0411: clear text behind STARTTLS must not run under TLS.
  EXPECT_THAT(dialogue.say(lines({mail, rcpt, "STARTTLS\r\nRSET\r\nMAIL FROM:<injected@x>\r\n"})),
              ElementsAre("250", "250", "220"));
  EXPECT_EQ(dialogue.resets, 1);
  EXPECT_TRUE(dialogue.session.is_tls());
  EXPECT_THAT(dialogue.say(mail), ElementsAre("503")) << "EHLO is forgotten";
  dialogue.say(hello);
  EXPECT_EQ(dialogue.output.find("STARTTLS"), std::string::npos);
  EXPECT_THAT(dialogue.say("STARTTLS\r\n"), ElementsAre("503"));
}

TEST(SmtpSession, LmtpAnswersForEachRecipient) {
  SessionProfile profile;
  profile.lmtp = true;
  profile.size_limit_octets = 10;
  Dialogue dialogue(profile);
  EXPECT_THAT(dialogue.say(lines({"EHLO x\r\nHELO x\r\n", mail})), ElementsAre("500", "500", "503"));
  dialogue.say("LHLO x\r\n");
  EXPECT_THAT(dialogue.say(lines({mail, nobody, "DATA\r\n", rcpt, rcpt, "DATA\r\nx\r\n.\r\n"})),
              ElementsAre("250", "550", "503", "250", "250", "354", "250", "250"));
  EXPECT_THAT(dialogue.say(lines({mail, rcpt, rcpt, "DATA\r\n12345678901\r\n.\r\n"})),
              ElementsAre("250", "250", "250", "354", "552", "552"));
  ServerSession& session = dialogue.session;
  session.receive(lines({mail, rcpt, rcpt, "BDAT 1 LAST\r\nx"}));
  for (int events = 0; events < 3; ++events) {
    ASSERT_TRUE(session.next());
    session.answer(make_reply(250, "2.1.0", "Ok"));
  }
  ASSERT_TRUE(std::holds_alternative<ContentEvent>(*session.next()));
  session.take_output();
  session.answer(std::vector<Reply>{make_reply(250, "2.0.0", "stored"), make_reply(452, "4.2.2", "full")});
  EXPECT_EQ(session.take_output(), "250 2.0.0 stored\r\n452 4.2.2 full\r\n");
}

TEST(SmtpSession, OwnersRefusals) {
  ServerSession session(Dialogue::named({}));
  const auto refuse_next = [&](const Reply& reply) {
    ASSERT_TRUE(session.next());
    session.answer(reply);
  };
  session.receive(lines({hello, hello, mail, mail, rcpt, "DATA\r\nNOOP\r\nDATA\r\n.\r\n", mail}));
  refuse_next(make_reply(550, "5.7.1", "No"));
  refuse_next(make_reply(250, "", ""));
  refuse_next(make_reply(450, "4.7.1", "No"));
  EXPECT_EQ(session.transaction(), 0U);
  refuse_next(make_reply(250, "2.1.0", "Ok"));
  refuse_next(make_reply(250, "2.1.5", "Ok"));
  refuse_next(make_reply(451, "4.3.0", "Later"));
  session.take_output();
  refuse_next(make_reply(250, "", "go"));
  EXPECT_EQ(session.take_output(), "250 2.0.0 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n");
  refuse_next(make_reply(554, "5.6.0", "No"));
  refuse_next(make_reply(421, "4.3.2", "Bye"));
  EXPECT_TRUE(session.is_over());
  EXPECT_FALSE(session.next());
}

}  // namespace
}  // namespace watershed::mail
