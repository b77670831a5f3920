// What happens to a message for one mailbox, where it goes outside, and how each provider marks it: delivery, routing,
// profiles, stamps.
#include "fakes/cloud/delivery.hpp"
#include "fakes/cloud/route.hpp"
#include "fakes/cloud/stamp.hpp"
#include "fakes/cloud/test_tenant.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace watershed::cloud {
namespace {

using test::at;
using test::line;

struct DeliveryCase {
  std::string header = "From: op@station.example\r\nSubject: alarm at TST01\r\n";
  std::string from = "op@station.example";
  talk::FilterAction verdict = talk::FilterAction::accept;
  bool is_internal = false, is_duplicate = false, via_group = false, was_answered = false;
};

std::string planned(const Tenant& tenant, const DeliveryCase& given) {
  const Directory directory(tenant);
  const mail::Message message = mail::Message::parse(given.header + "\r\nbody\r\n");
  const mail::ReversePath reverse_path = given.from.empty() ? mail::ReversePath() : mail::ReversePath(at(given.from));
  std::string out;
  for (const Action& action :
       plan_delivery({tenant, directory, tenant.mailboxes[0], message, reverse_path, given.is_internal,
                      given.is_duplicate, given.via_group, given.was_answered, given.verdict, "rules.yaml:3"})) {
    const char* kinds[] = {"store", "discard", "forward", "rule-forward", "rule-redirect", "auto-reply"};
    out += kinds[static_cast<std::size_t>(action.kind)];
    if (!action.folder.empty()) out += " " + action.folder;
    if (action.to) out += " " + to_string(*action.to);
    if (action.refusal) out += fmt::format(" refused {}", action.notice_goes_to_owner ? "owner" : "reverse-path");
    out += " " + action.decided_by + "; ";
  }
  return out;
}

InboxRule rule(int line_number) {
  InboxRule made;
  made.name = "r";
  made.at = line(line_number);
  return made;
}

TEST(Delivery, FoldersFollowVerdictAndRules) {
  Tenant tenant = test::tenant();
  EXPECT_EQ(planned(tenant, {}), "store Inbox tenant.yaml:10; ");
  EXPECT_EQ(planned(tenant, {.verdict = talk::FilterAction::tag}), "store Junk Email rules.yaml:3; ");
  InboxRule move = rule(12);
  move.header_name = "subject";
  move.header_contains = "ALARM";
  move.move_to = "Alarms";
  tenant.mailboxes[0].rules = {move};
  EXPECT_EQ(planned(tenant, {}), "store Alarms tenant.yaml:12; ");
  EXPECT_EQ(planned(tenant, {.header = "Subject: other\r\n"}), "store Inbox tenant.yaml:10; ");
  EXPECT_EQ(planned(tenant, {.verdict = talk::FilterAction::tag}), "store Junk Email rules.yaml:3; ");
  InboxRule drop = rule(13);
  drop.from_contains = "@station.example";
  drop.discard = true;
  tenant.mailboxes[0].rules = {move, drop};
  EXPECT_EQ(planned(tenant, {}), "discard tenant.yaml:13; ");
  tenant.mailboxes[0].rules[0].stop = true;
  EXPECT_EQ(planned(tenant, {}), "store Alarms tenant.yaml:12; ");
  tenant.duplicate_window_at = line(7);
  EXPECT_EQ(planned(tenant, {.is_duplicate = true}), "discard tenant.yaml:7; ");
}

TEST(Delivery, ForwardsFollowPolicyAndSayWhoHearsOfARefusal) {
  Tenant tenant = test::tenant();
  tenant.external_forwarding.domains = {"ctbto.int"};
  InboxRule send = rule(12);
  send.forward_to = {at("duty@ctbto.int")};
  send.redirect_to = {at("x@gone.example")};
  tenant.mailboxes[0].rules = {send};
  tenant.mailboxes[0].forward = test::forward("ben@ctbto.org", true);
  EXPECT_EQ(planned(tenant, {}),
            "store Inbox tenant.yaml:10; rule-forward duty@ctbto.int tenant.yaml:12; "
            "rule-redirect x@gone.example refused owner tenant.yaml:12; forward ben@ctbto.org tenant.yaml:15; ");
  tenant.mailboxes[0].rules.clear();
  tenant.mailboxes[0].forward = test::forward("x@gone.example", false, Forward::Kind::inbox_rule);
  EXPECT_EQ(planned(tenant, {}),
            "discard tenant.yaml:15; rule-redirect x@gone.example refused reverse-path tenant.yaml:15; ");
}

TEST(Delivery, RuleDoesNotActTwiceOnAMessageAndKeepsWhatItCannotSendOn) {
  Tenant tenant = test::tenant();
  InboxRule send = rule(12);
  send.redirect_to = {at("ben@ctbto.org")};
  send.discard = true;
  tenant.mailboxes[0].rules = {send};
  EXPECT_EQ(planned(tenant, {}), "discard tenant.yaml:12; rule-redirect ben@ctbto.org tenant.yaml:12; ");
  const std::string own = fmt::format("{}: anna@ctbto.org\r\n", rules_loop_field);
  EXPECT_EQ(planned(tenant, {.header = own}), "store Inbox tenant.yaml:10; ");
  const std::string other = fmt::format("{}: someone@ctbto.org\r\n", rules_loop_field);
  EXPECT_EQ(planned(tenant, {.header = other + other}),
            "discard tenant.yaml:12; rule-redirect ben@ctbto.org tenant.yaml:12; ");
  EXPECT_EQ(planned(tenant, {.header = other + other + other}), "store Inbox tenant.yaml:10; ");
}

TEST(Delivery, OutOfOfficeAnswersPeopleOnly) {
  Tenant tenant = test::tenant();
  tenant.mailboxes[0].out_of_office = OutOfOffice{"inside", "", true, line(16)};
  const std::string silent = "store Inbox tenant.yaml:10; ";
  const std::string answers = silent + "auto-reply op@station.example tenant.yaml:16; ";
  EXPECT_EQ(planned(tenant, {}), silent) << "no text for outsiders";
  EXPECT_EQ(planned(tenant, {.is_internal = true}), answers);
  tenant.mailboxes[0].out_of_office->external_text = "outside";
  EXPECT_EQ(planned(tenant, {}), answers);
  EXPECT_EQ(planned(tenant, {.was_answered = true}), silent);
  EXPECT_EQ(planned(tenant, {.via_group = true}), silent);
  EXPECT_EQ(planned(tenant, {.from = ""}), silent);
  EXPECT_EQ(planned(tenant, {.from = "list-request@x.example"}), silent);
  EXPECT_EQ(planned(tenant, {.from = "Mailer-Daemon@x.example"}), silent);
  for (const char* header : {"Precedence: Bulk", "List-Id: <l.x>", "Auto-Submitted: auto-generated",
                             "X-Auto-Response-Suppress: DR, OOF, RN", "X-Auto-Response-Suppress: all"}) {
    EXPECT_EQ(planned(tenant, {.header = std::string(header) + "\r\n"}), silent) << header;
  }
  for (const char* header : {"Auto-Submitted: no", "X-Auto-Response-Suppress: DR, RN", "Precedence: first-class"}) {
    EXPECT_EQ(planned(tenant, {.header = std::string(header) + "\r\n"}), answers) << header;
  }
  tenant.mailboxes[0].out_of_office->is_active = false;
  EXPECT_EQ(planned(tenant, {}), silent);
}

TEST(Route, FirstConnectorThatTakesTheDomain) {
  Tenant tenant = test::tenant();
  tenant.outbound_connectors = {{"to-linux", {"ctbto.int"}, {*parse_smart_host("192.0.2.25:2525")}, true, line(80)},
                                {"below", {"*.example"}, {}, false, line(81)},
                                {"rest", {"*"}, {*parse_smart_host("relay.ctbto.org")}, false, line(82)}};
  const auto hop = [&](std::string_view to) {
    const NextHop chosen = choose_next_hop(tenant, at(to));
    return chosen.name + " " + chosen.decided_by;
  };
  EXPECT_EQ(hop("a@CTBTO.int"), "smtp:[192.0.2.25]:2525 tenant.yaml:80");
  EXPECT_EQ(hop("a@ndc.example"), "mx:ndc.example tenant.yaml:81");
  EXPECT_EQ(hop("a@sub.ctbto.int"), "smtp:relay.ctbto.org:25 tenant.yaml:82");
  tenant.outbound_connectors.clear();
  EXPECT_EQ(hop("a@b.example"), "mx:b.example default mx");
}

TEST(Route, SmartHostForms) {
  for (const char* good : {"mx.ctbto.int", "mx.ctbto.int:2525", "192.0.2.25", "192.0.2.25:26", "[192.0.2.25]:26",
                           "2001:db8::1", "[2001:db8::1]:25", "[2001:db8::1]"}) {
    EXPECT_TRUE(parse_smart_host(good)) << good;
  }
  for (const char* bad : {"", ":25", "mx:0", "mx:65536", "mx:2x", "[mx]:25", "a b", "mx:"}) {
    EXPECT_FALSE(parse_smart_host(bad)) << bad;
  }
  EXPECT_EQ(parse_smart_host("[2001:db8::1]:26")->port, 26);
}

TEST(Profile, EveryRowIsCompleteAndItsFormsCanBeFilled) {
  for (const Profile& row : profiles()) {
    EXPECT_EQ(find_profile(row.name), &row);
    for (const ReplyForm* form : {&row.unknown_recipient,
                                  &row.relay_denied,
                                  &row.restricted,
                                  &row.direct_send,
                                  &row.throttled,
                                  &row.too_many_recipients,
                                  &row.too_large,
                                  &row.hop_count,
                                  &row.spam,
                                  &row.filter_down,
                                  &row.recipient_not_found,
                                  &row.external_forward,
                                  &row.group_is_internal,
                                  &row.group_sender,
                                  &row.mailbox_is_internal,
                                  &row.contact_is_internal,
                                  &row.loop,
                                  &row.expired,
                                  &row.unavailable,
                                  &row.storage_unavailable,
                                  &row.false_unknown}) {
      const mail::Reply reply = fill(*form, {"a@b", "b", "host", "192.0.2.1", "id"});
      EXPECT_GE(reply.code, 400) << row.name;
      ASSERT_TRUE(reply.status) << row.name << " " << to_line(reply);
      // An expired message fails with the transient status of what kept it (X.4.7), as these providers write it.
      const int status_class = form == &row.expired ? reply.status->class_digit : reply.code / 100;
      EXPECT_EQ(reply.status->class_digit, status_class) << row.name << " " << to_line(reply);
      EXPECT_EQ(to_line(reply).find('{'), std::string::npos) << to_line(reply);
    }
    for (const ReplyForm* form : {&row.mail_ok, &row.rcpt_ok, &row.data_go, &row.queued}) {
      EXPECT_LT(fill(*form).code, 400) << row.name;
    }
    EXPECT_GT(row.limits.hops, 0);
    EXPECT_GT(row.queue.expires_after, row.queue.retry_max);
    EXPECT_FALSE(row.junk_folder.empty());
  }
  EXPECT_EQ(find_profile("nothing"), nullptr);
}

TEST(Stamp, OwnFieldsReplaceForeignOnesAndNothingBreaksTheHeader) {
  const Tenant tenant = test::tenant();
  mail::Message message = mail::Message::parse(
      "X-MS-Exchange-Organization-SCL: -1\r\nX-MS-Exchange-Organization-AuthAs: Internal\r\nSubject: "
      "s\r\n\r\nbody\r\n");
  stamp(message, {.tenant = tenant,
                  .hostname = "eu.cloud.example",
                  .client = "192.0.2.1",
                  .helo = "evil\r\nX-Injected: yes",
                  .id = "7",
                  .protocol = "ESMTP",
                  .for_path = {},
                  .is_internal = false,
                  .verdict = talk::FilterAction::tag,
                  .unix_seconds = 1795154400});
  EXPECT_EQ(message.count("X-MS-Exchange-Organization-SCL"), 1U);
  EXPECT_EQ(message.value("X-MS-Exchange-Organization-SCL"), "5");
  EXPECT_EQ(message.value("X-MS-Exchange-Organization-AuthAs"), "Anonymous");
  EXPECT_FALSE(message.field("X-Injected"));
  EXPECT_EQ(message.fields().front().name, "Received");
  EXPECT_EQ(message.body(), "body\r\n");
}

TEST(Mutation, EachChangeIsToldAndOnlyPlainTextGetsABanner) {
  const Mutations all{"[EXTERNAL] ", "From outside.", true, {}};
  mail::Message plain = mail::Message::parse("Subject: s\r\n\r\nWID2  \r\nDAT2\t\r\nlast ");
  EXPECT_EQ(mutate(plain, all).size(), 3U);
  EXPECT_EQ(plain.value("Subject"), "[EXTERNAL] s");
  EXPECT_EQ(plain.body(), "From outside.\r\n\r\nWID2\r\nDAT2\r\nlast");
  EXPECT_TRUE(mutate(plain, {"[EXTERNAL] ", "", true, {}}).empty()) << "a second time changes nothing";
  mail::Message multi = mail::Message::parse("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x--\r\n");
  EXPECT_TRUE(mutate(multi, {"", "From outside.", false, {}}).empty());
  mail::Message untouched = mail::Message::parse("Subject: s\r\n\r\nb \r\n");
  EXPECT_TRUE(mutate(untouched, {}).empty());
}

}  // namespace
}  // namespace watershed::cloud
