#include "components/router/engine/intake.hpp"

#include "components/router/engine/bounce.hpp"
#include "components/router/engine/stray_octets.hpp"
#include "components/router/engine/trace_fields.hpp"
#include "mail/trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace watershed::router {
namespace {

using ::testing::ElementsAre;
using Origin = FinalRecipient::Origin;

mail::Recipient to(const std::string& address) { return {mail::ForwardPath(*mail::parse_address(address)), {}, {}}; }

FinalRecipient final_recipient(const std::string& address, const std::string& from, Origin origin = Origin::recipient,
                               int line = 0) {
  FinalRecipient made{to(address), *mail::parse_address(from), origin, {}};
  if (line > 0) made.trail.push_back({from, address, {{"postfix/virtual", line, 1}, "virtual_alias_maps"}});
  return made;
}

TEST(RecipientChanges, NothingChangedIsNoFact) {
  EXPECT_TRUE(recipient_changes({to("a@x.example")}, {final_recipient("a@x.example", "a@x.example")}).empty());
  EXPECT_TRUE(recipient_changes({to("a@x.example"), to("b@x.example")}, {final_recipient("a@x.example", "a@x.example"),
                                                                         final_recipient("b@x.example", "b@x.example")})
                  .empty());
}

TEST(RecipientChanges, ExpansionReplacesAndNamesItsLine) {
  const auto changes =
      recipient_changes({to("g@x.example")}, {final_recipient("a@x.example", "g@x.example", Origin::recipient, 3),
                                              final_recipient("g@x.example", "g@x.example")});
  EXPECT_THAT(changes, ElementsAre(RecipientChange{false, "g@x.example", "a@x.example", "postfix/virtual:3"},
                                   RecipientChange{false, "g@x.example", "g@x.example", ""}));
}

TEST(RecipientChanges, DuplicatesAreMergedAndEveryReceivedRecipientEndsOnce) {
  // g becomes a and b; b was also named itself and was dropped as a duplicate.
  const auto both =
      recipient_changes({to("g@x.example"), to("b@x.example")},
                        {final_recipient("a@x.example", "g@x.example"), final_recipient("b@x.example", "g@x.example")});
  EXPECT_THAT(both, ElementsAre(RecipientChange{false, "g@x.example", "a@x.example", ""}));
  // g becomes b only, which was named itself.
  const auto merged =
      recipient_changes({to("b@x.example"), to("g@x.example")}, {final_recipient("b@x.example", "b@x.example")});
  EXPECT_THAT(merged, ElementsAre(RecipientChange{true, "g@x.example", "", ""}));
}

TEST(RecipientChanges, ABccCopyJoinsTheFirstRecipient) {
  const auto changes =
      recipient_changes({to("a@x.example")}, {final_recipient("a@x.example", "a@x.example"),
                                              final_recipient("log@x.example", "log@x.example", Origin::always_bcc)});
  EXPECT_THAT(changes, ElementsAre(RecipientChange{false, "a@x.example", "a@x.example", ""},
                                   RecipientChange{false, "a@x.example", "log@x.example", ""}));
}

TEST(NoticeFate, FollowsReversePathAndNotify) {
  EngineSettings settings;
  settings.double_bounce_address = "double-bounce@mx.example";
  QueuedMessage message;
  mail::Recipient recipient = to("a@x.example");
  EXPECT_EQ(notice_fate(message, recipient, settings), NoticeFate::null_reverse_path);
  settings.double_bounce_recipient = "postmaster@mx.example";
  EXPECT_EQ(notice_fate(message, recipient, settings), NoticeFate::sent);
  message.envelope.reverse_path = mail::ReversePath(*mail::parse_address("double-bounce@mx.example"));
  EXPECT_EQ(notice_fate(message, recipient, settings), NoticeFate::double_bounce);
  message.envelope.reverse_path = mail::ReversePath(*mail::parse_address("a@y.example"));
  EXPECT_EQ(notice_fate(message, recipient, settings), NoticeFate::sent);
  recipient.notify.specified = recipient.notify.success = true;
  EXPECT_EQ(notice_fate(message, recipient, settings), NoticeFate::unwanted);
  recipient.notify.failure = true;
  EXPECT_EQ(notice_fate(message, recipient, settings), NoticeFate::sent);
}

TEST(ReturnsFullMessage, FollowsRetAndSize) {
  EngineSettings settings;
  QueuedMessage message;
  message.message = std::make_shared<const mail::Message>(mail::Message::parse("A: b\r\n\r\n" + std::string(100, 'x')));
  EXPECT_TRUE(returns_full_message(message, settings));
  settings.bounce_size_limit_octets = 50;
  EXPECT_FALSE(returns_full_message(message, settings));
  settings.bounce_size_limit_octets = 0;
  message.envelope.dsn_return = mail::DsnReturn::headers;
  EXPECT_FALSE(returns_full_message(message, settings));
}

TEST(HeaderScan, FindsWhatCleanupActsOn) {
  mail::Message message = mail::Message::parse(
      "Return-Path: <a@b.example>\r\nReceived: by a; x\r\nreceived: by b; y\r\nBcc: c@d.example\r\nbcc:\r\n"
      "Subject: Bcc: no\r\n\r\nBcc: body\r\n");
  const HeaderScan scan = scan_header(message, {"bcc", "content-length", "return-path"});
  EXPECT_EQ(scan.received, 2U);
  EXPECT_FALSE(scan.has_date);
  EXPECT_THAT(scan.dropped, ElementsAre("return-path", "bcc"));
  drop_fields(message, scan.dropped);
  add_missing_fields(message, scan, {"1@mx.example", "a@b.example", 1795154400});
  EXPECT_EQ(message.bytes(),
            "Received: by a; x\r\nreceived: by b; y\r\nSubject: Bcc: no\r\nMessage-Id: <1@mx.example>\r\n"
            "Date: " +
                mail::date_time(1795154400) + "\r\nFrom: a@b.example\r\n\r\nBcc: body\r\n");
}

// What Postfix 3.7.11 made of the same content.
TEST(StrayOctets, AReturnWithoutLineFeedBecomesABlank) {
  std::string content = "Subject: x\ry\r\nX-A: a\r\r\n\rX-B: b\r\n\r\r\n\r\nab\rcd\r\n\refg\r\nh\r\r\r\n.\r\rend\r";
  replace_stray_returns(content);
  EXPECT_EQ(content, "Subject: x y\r\nX-A: a \r\n X-B: b\r\n \r\n\r\nab cd\r\n efg\r\nh  \r\n.  end ");
  std::string plain = "Subject: x\r\n\r\nbody\r\n";
  replace_stray_returns(plain);
  EXPECT_EQ(plain, "Subject: x\r\n\r\nbody\r\n");
}

TEST(StrayOctets, ANulEndsALineOfTheHeaderOnly) {
  using namespace std::string_literals;
  std::string content = "Subject: a\0b\r\n c\0d\0\r\nX: y\r\n\r\na\0b\0\r\n"s;
  cut_header_lines_at_nul(content);
  EXPECT_EQ(content, "Subject: a\r\n c\r\nX: y\r\n\r\na\0b\0\r\n"s);
}

}  // namespace
}  // namespace watershed::router
