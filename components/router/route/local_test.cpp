// Expectations are what a running local(8), Postfix 3.7.11, logged and queued.
#include "components/router/route/local.hpp"

#include "components/router/postfix/test_folder.hpp"
#include "components/router/route/address_form.hpp"
#include "components/router/route/resolve.hpp"

#include <gmock/gmock.h>

namespace watershed::router {
namespace {

using postfix::TestFolder;

constexpr std::string_view base =
    "compatibility_level = 3.6\nmyhostname = mx.example.com\nmynetworks = 127.0.0.0/8\nrecipient_delimiter = +\n"
    "mydestination = $myhostname, localhost.$mydomain, localhost, example.com\nalias_maps = hash:/etc/aliases\n";

constexpr std::string_view aliases =
    "postmaster: root\nroot: admin@x.example\nsimple: one@x.example, two@x.example\nloc: nobody\n"
    "self: self, copy@x.example\nnobody: nobody, nb@x.example\nchain: simple, three@x.example\nloopa: loopb\nloopb: "
    "loopa\n"
    "list: :include:/etc/postfix/list\nowner-list: listowner@x.example\ncmd: \"|/bin/cat >/dev/null\"\nfile: /var/x\n"
    "\"quoted name\": qn@x.example\next: e@x.example\next+foo: ef@x.example\ntoext: ext+bar\nolist: m1@x.example, "
    "olist2\n"
    "owner-olist: oo@x.example\nolist2: m2@x.example\nowner-olist2: oo2@x.example\nbad: a@-bad\n"
    "two: one@x.example,one@x.example, ONE@x.example\nmixed: daemon, \"Some Body\" <sb@x.example>, far@x.example\n"
    "unk: nosuchuser\nd0: d1,d1\nd1: d2,d2\nd2: d0,d0\n";

constexpr std::string_view passwd = "root:x:0:0::/root:/bin/sh\nnobody:x:1:1::/:/bin/sh\ndaemon:x:1:1::/:/bin/sh\n";

std::string describe(const LocalDelivery& delivery) {
  std::string text;
  for (const LocalAction& action : delivery.actions) {
    if (!text.empty()) text += "; ";
    const std::string from = action.reverse_path.is_null() ? "<>" : internal_form(action.reverse_path.address());
    switch (action.kind) {
      case LocalAction::Kind::mailbox:
        text += "mailbox " + action.user;
        break;
      case LocalAction::Kind::forward:
        text += "forward " + internal_form(action.address) + " from " + from;
        break;
      case LocalAction::Kind::transport:
        text += "transport " + action.transport + ":" + action.nexthop + " " + internal_form(action.address);
        break;
      case LocalAction::Kind::bounce:
        text += "bounce " + action.status + " " + action.reason;
        break;
      case LocalAction::Kind::defer:
        text += "defer " + action.status + " " + action.reason;
        break;
      case LocalAction::Kind::discard:
        text += "discard";
        break;
      case LocalAction::Kind::outside:
        text += "outside " + action.reason;
        break;
    }
  }
  return text;
}

class Local : public testing::Test {
 protected:
  LocalDelivery deliver(std::string_view extra, std::string_view recipient,
                        std::vector<std::string> delivered_to = {}) {
    const TestFolder folder{
        {"main.cf", std::string(base) + std::string(extra)},
        {"aliases", aliases},
        {"passwd", passwd},
        {"list", "# comment\nl1@x.example, nobody\nl2@x.example\n  l3@x.example\n:include:/etc/postfix/list2\n"},
        {"list2", "simple\nin2@x.example\n"}};
    const auto config = std::make_shared<const PostfixConfig>(folder.config());
    const Resolver resolver(config);
    const LocalAgent agent(config, resolver);
    return agent.deliver(mail::ReversePath({"s", "x.example"}), address_from_internal(recipient), delivered_to);
  }
};

TEST_F(Local, AliasesExpandAsLocalDoes) {
  constexpr std::pair<std::string_view, std::string_view> cases[] = {
      {"simple@example.com", "forward one@x.example from s@x.example; forward two@x.example from s@x.example"},
      {"loc@example.com", "mailbox nobody; forward nb@x.example from s@x.example"},
      {"self@example.com", "bounce 5.1.1 unknown user: \"self\"; forward copy@x.example from s@x.example"},
      {"chain@localhost",
       "forward one@x.example from s@x.example; forward two@x.example from s@x.example; forward three@x.example from "
       "s@x.example"},
      {"quoted name@example.com", "forward qn@x.example from s@x.example"},
      {"ext+foo@example.com", "forward ef@x.example from s@x.example"},
      {"EXT+zz@example.com", "forward e@x.example from s@x.example"},
      {"toext@example.com", "forward e@x.example from s@x.example"},
      {"olist@example.com",
       "forward m1@x.example from owner-olist@mx.example.com; forward m2@x.example from owner-olist2@mx.example.com"},
      {"two@example.com", "forward one@x.example from s@x.example"},
      {"mixed@example.com",
       "mailbox daemon; forward sb@x.example from s@x.example; forward far@x.example from s@x.example"},
      {"unk@example.com", "bounce 5.1.1 unknown user: \"nosuchuser\""},
      {"postmaster@example.com", "forward admin@x.example from s@x.example"},
      {"mailer-daemon@example.com", "discard"},
      {"nosuch+e@example.com", "bounce 5.1.1 unknown user: \"nosuch+e\""},
      {"bad@example.com", "bounce 5.1.3 bad recipient address syntax: a@-bad"},
      {"daemon@example.com", "mailbox daemon"},
  };
  for (const auto& [recipient, expected] : cases) EXPECT_EQ(describe(deliver("", recipient)), expected) << recipient;
  EXPECT_THAT(describe(deliver("", "loopa@example.com")),
              testing::StartsWith("bounce 5.4.6 alias database loop for loop"));
}

TEST_F(Local, IncludeListsForwardAndCarryTheOwner) {
  const LocalDelivery delivery = deliver("", "list@example.com");
  EXPECT_EQ(
      describe(delivery),
      "forward l1@x.example from owner-list@mx.example.com; forward nobody@mx.example.com from "
      "owner-list@mx.example.com; "
      "forward nb@x.example from owner-list@mx.example.com; "
      "forward l2@x.example from owner-list@mx.example.com; forward l3@x.example from owner-list@mx.example.com; "
      "forward one@x.example from owner-list@mx.example.com; forward two@x.example from owner-list@mx.example.com; "
      "forward in2@x.example from owner-list@mx.example.com");
  ASSERT_EQ(delivery.actions[0].trail.size(), 2U);
  EXPECT_EQ(to_file_line(delivery.actions[0].trail[0].at), "pf/aliases:10");
  EXPECT_EQ(to_file_line(delivery.actions[0].trail[1].at), "pf/list:2");
}

TEST_F(Local, TransportsFallbacksAndLuser) {
  EXPECT_EQ(describe(deliver("mailbox_transport = lmtp:inet:192.0.2.30:24\n", "nosuch+e@example.com")),
            "transport lmtp:inet:192.0.2.30:24 nosuch+e@example.com");
  EXPECT_EQ(describe(deliver("mailbox_transport = virtual\n", "daemon@example.com")),
            "transport virtual:example.com daemon@example.com");
  EXPECT_EQ(describe(deliver("mailbox_transport_maps = inline:{{daemon=discard:there}}\n", "daemon@example.com")),
            "transport discard:there daemon@example.com");
  EXPECT_EQ(describe(deliver("fallback_transport = smtp:[old]\n", "daemon@example.com")), "mailbox daemon");
  EXPECT_EQ(describe(deliver("fallback_transport = smtp:[old]\n", "nosuch@example.com")),
            "transport smtp:[old] nosuch@example.com");
  EXPECT_EQ(describe(deliver("luser_relay = $user+$extension@luser.example\n", "nosuch+e@example.com")),
            "forward nosuch+e@luser.example from s@x.example");
  EXPECT_EQ(describe(deliver("luser_relay = nosuch@example.com\n", "nosuch@example.com")),
            "bounce 5.1.1 unknown user: \"nosuch\"");
  EXPECT_EQ(describe(deliver("expand_owner_alias = yes\n", "olist2@example.com")),
            "forward m2@x.example from oo2@x.example");
  EXPECT_EQ(describe(deliver("owner_request_special = no\n", "olist2@example.com")),
            "forward m2@x.example from s@x.example");
  EXPECT_EQ(describe(deliver("propagate_unmatched_extensions = alias\n", "toext@example.com")),
            "forward e+bar@x.example from s@x.example");
}

TEST_F(Local, EachLocalServiceHasItsOwnParameters) {
  // The table is named in master.cf alone, and is an alias file all the same.
  const TestFolder folder{
      {"main.cf", std::string(base) + "transport_maps = inline:{{robots.example=robots:}}\n"},
      {"master.cf",
       "local unix - n n - - local\nsmtp unix - - y - - smtp\n"
       "robots unix - n n - - local -o alias_maps=hash:/etc/postfix/robots -o recipient_delimiter=-\n"},
      {"aliases", aliases},
      {"robots", "calibration: duty@x.example, people@example.com\n"},
      {"passwd", passwd},
      {"list", "l@x.example\n"}};
  const auto config = std::make_shared<const PostfixConfig>(folder.config());
  EXPECT_THAT(config->warnings(), testing::IsEmpty());
  EXPECT_THAT(config->not_understood(), testing::IsEmpty());
  const Resolver resolver(config);
  const mail::ReversePath from({"s", "x.example"});
  const mail::Address robot{"calibration-east", "robots.example"};
  // What the other local service serves goes there as a new message.
  EXPECT_EQ(describe(LocalAgent(config, resolver, "robots").deliver(from, robot)),
            "forward duty@x.example from s@x.example; forward people@example.com from s@x.example");
  EXPECT_EQ(describe(LocalAgent(config, resolver, "local").deliver(from, robot)),
            "bounce 5.1.1 unknown user: \"calibration-east\"");
}

LocalDelivery deliver_with_forwards(std::string_view extra, std::string_view recipient, std::string_view nobodys) {
  const TestFolder folder{{"main.cf", std::string(base) + std::string(extra)},
                          {"aliases", "team: nobody, daemon\nself: nobody@example.com\n"},
                          {"passwd", passwd},
                          {"forward/nobody", nobodys},
                          {"forward/nobody+away", "away@x.example\n"},
                          {"forward/root", "# none\n"},
                          {"members", "m@x.example\n"}};
  const auto config = std::make_shared<const PostfixConfig>(folder.config());
  EXPECT_THAT(config->not_understood(), testing::IsEmpty());
  const Resolver resolver(config);
  return LocalAgent(config, resolver).deliver(mail::ReversePath({"s", "x.example"}), address_from_internal(recipient));
}

TEST_F(Local, ADotForwardComesBeforeTheMailbox) {
  struct Case {
    std::string_view extra, recipient, nobodys, expected;
  };
  constexpr Case cases[] = {
      {"", "nobody@example.com", "far@x.example\n", "forward far@x.example from s@x.example"},
      {"mailbox_transport = lmtp:inet:192.0.2.30:24\n", "nobody+e@example.com",
       "# mine\nfar@x.example,\n two@x.example",
       "forward far@x.example from s@x.example; forward two@x.example from s@x.example"},
      // Its own account stands for the mailbox; another account's mail is a message of its own.
      {"", "nobody@example.com", "nobody\nfar@x.example\n", "mailbox nobody; forward far@x.example from s@x.example"},
      {"", "nobody@example.com", "\\nobody, far@x.example\n", "mailbox nobody; forward far@x.example from s@x.example"},
      {"", "nobody@example.com", "self, daemon\n", "mailbox nobody; forward daemon@mx.example.com from s@x.example"},
      {"", "team@example.com", "far@x.example\n", "forward far@x.example from s@x.example; mailbox daemon"},
      {"", "nobody@example.com", ":include:/etc/postfix/members\n", "forward m@x.example from s@x.example"},
      {"", "nobody+away@example.com", "far@x.example\n", "forward away@x.example from s@x.example"},
      {"", "root@example.com", "", "mailbox root"},
      {"", "nobody@example.com", "", "mailbox nobody"},
      {"forward_path =\n", "nobody@example.com", "far@x.example\n", "mailbox nobody"},
      {"propagate_unmatched_extensions = forward\n", "nobody+e@example.com", "far@x.example\n",
       "forward far+e@x.example from s@x.example"},
      {"propagate_unmatched_extensions = forward\n", "nobody+away@example.com", "",
       "forward away@x.example from s@x.example"},
      {"", "nobody@example.com", "\"|/usr/bin/vacation nobody\"\n", "outside |/usr/bin/vacation nobody"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(describe(deliver_with_forwards(each.extra, each.recipient, each.nobodys)), each.expected)
        << each.recipient << " " << each.nobodys;
  }
}

TEST_F(Local, ADotForwardThatNobodyToldIsNotUnderstood) {
  const LocalDelivery delivery = deliver_with_forwards("", "daemon@example.com", "");
  ASSERT_EQ(delivery.not_understood.size(), 1U);
  EXPECT_EQ(to_file_line(delivery.not_understood.front().at), "pf/passwd:3");
  EXPECT_THAT(delivery.not_understood.front().text, testing::HasSubstr("forward/daemon"));
  EXPECT_THAT(deliver_with_forwards("forward_path =\n", "daemon@example.com", "").not_understood, testing::IsEmpty());
  EXPECT_THAT(deliver_with_forwards("", "nobody@example.com", "").not_understood, testing::IsEmpty());
  EXPECT_THAT(deliver_with_forwards("", "nosuch@example.com", "").not_understood, testing::IsEmpty());
  // Whether there is such an account at all is not known either.
  const TestFolder without_passwd{{"main.cf", std::string(base) + "mailbox_transport = lmtp:inet:192.0.2.30:24\n"},
                                  {"aliases", "a: b\n"}};
  const auto config = std::make_shared<const PostfixConfig>(without_passwd.config());
  const Resolver resolver(config);
  const LocalDelivery unknown = LocalAgent(config, resolver).deliver({}, {"joe", "example.com"});
  ASSERT_EQ(unknown.not_understood.size(), 1U);
  EXPECT_EQ(to_file_line(unknown.not_understood.front().at), "pf/main.cf:7");
  EXPECT_THAT(config->doubtful(), testing::Contains(unknown.not_understood.front().at));
}

TEST_F(Local, LoopsGrowthAndOutsideDeliveries) {
  EXPECT_EQ(describe(deliver("", "daemon@example.com", {"x@y", " DAEMON@example.com "})),
            "bounce 5.4.6 mail forwarding loop for daemon@example.com");
  EXPECT_FALSE(deliver("", "d0@example.com").actions.empty());  // doubles at each level: ends all the same
  for (const std::string_view recipient : {"cmd@example.com", "file@example.com"}) {
    const LocalDelivery delivery = deliver("", recipient);
    ASSERT_EQ(delivery.actions.size(), 1U);
    EXPECT_EQ(delivery.actions.front().kind, LocalAction::Kind::outside);
    ASSERT_EQ(delivery.not_understood.size(), 1U);
    EXPECT_EQ(delivery.not_understood.front().at.file, "pf/aliases");
  }
  const TestFolder without_passwd{{"main.cf", std::string(base)}, {"aliases", "a: b\n"}};
  const auto config = std::make_shared<const PostfixConfig>(without_passwd.config());
  const Resolver resolver(config);
  const LocalDelivery unknown = LocalAgent(config, resolver).deliver({}, {"joe", "example.com"});
  EXPECT_EQ(describe(unknown), "mailbox joe");
  EXPECT_EQ(unknown.not_understood.size(), 1U);
}

}  // namespace
}  // namespace watershed::router
