// Expectations are the answers of a running trivial-rewrite(8), Postfix 3.7.11, with the same folder.
#include "components/router/route/resolve.hpp"

#include "components/router/postfix/test_folder.hpp"
#include "components/router/route/address_form.hpp"
#include "components/router/route/address_rules.hpp"

#include <gmock/gmock.h>

namespace watershed::router {
namespace {

using postfix::TestFolder;

constexpr std::string_view main_cf =
    "compatibility_level = 3.6\n"
    "myhostname = mx.example.com\n"
    "inet_interfaces = 192.0.2.25\n"
    "mydestination = $myhostname, localhost.$mydomain, localhost, example.com\n"
    "virtual_alias_domains = va.example\n"
    "virtual_alias_maps = hash:/etc/postfix/virtual\n"
    "virtual_mailbox_domains = vm.example\n"
    "virtual_mailbox_maps = inline:{{u@vm.example = x}}\n"
    "relay_domains = relay.example, hash:/etc/postfix/relayd\n"
    "transport_maps = hash:/etc/postfix/transport, regexp:/etc/postfix/transport.re\n"
    "relocated_maps = hash:/etc/postfix/relocated\n"
    "sender_dependent_relayhost_maps = hash:/etc/postfix/sdr\n"
    "sender_dependent_default_transport_maps = hash:/etc/postfix/sdt\n"
    "relayhost = [out.example.net]:587\n"
    "recipient_delimiter = +\n";

const TestFolder& folder() {
  static const TestFolder written{
      {"main.cf", main_cf},
      {"virtual", "a@va.example b@x.example\n"},
      {"relayd", "r2.example y\n.r3.example y\n"},
      {"transport",
       "user@t.example smtp:[a]\nt.example :[keep]\nu.example slow:\nv.example error:mailbox gone\nw.example error:\n"
       ".sub.example smtp:[sub]\nx.example discard:\ny.example retry:\nz.example :\nq.example lmtp:unix:private/l\n"
       "vm2@vm.example smtp:\nr.example relay:[rr]:26\nnocolon.example smtp\n\"q q\"@t.example smtp:[quoted]\n"
       "local@mx.example.com smtp:[l]\nuser+ext@e.example smtp:[ext]\nuser2@e.example smtp:[bare]\n"},
      {"transport.re", "/^re.*@re\\.example$/ smtp:[re]\n"},
      {"relocated", "moved@example.com new@new.example\ngone@relay.example elsewhere\n@allgone.example there\n"},
      {"sdr", "s@snd.example [sr.example]\n@dom.example [domr]\ndunno@snd.example DUNNO\n<> [nullr]\n"},
      {"sdt", "t@snd.example lmtp:\nt2@snd.example lmtp:inet:h:24\nd@snd.example DUNNO\n"},
      {"master.cf",
       "smtp inet n - y - - smtpd\nsmtp unix - - y - - smtp\nrelay unix - - y - - smtp\nlmtp unix - - y - - lmtp\n"
       "local unix - n n - - local\nvirtual unix - n n - - virtual\nerror unix - - y - - error\nretry unix - - y - - "
       "error\n"
       "discard unix - - y - - discard\nslow unix - - y - - smtp\nmaildrop unix - n n - - pipe flags=DRhu\n"}};
  return written;
}

struct Case {
  std::string_view reverse_path;
  std::string_view recipient;
  std::string_view answer;  // transport | next hop | resolved recipient | class
  std::string_view decided_by;
};

std::string answer_of(const Resolution& resolution) {
  if (resolution.status == Resolution::Status::deferred) return "deferred";
  if (resolution.status == Resolution::Status::unresolvable) return "unresolvable";
  return resolution.transport + "|" + resolution.nexthop + "|" + internal_form(resolution.recipient) + "|" +
         std::string(to_string(resolution.address_class)) + (resolution.has_routing_characters ? " routed" : "");
}

mail::ReversePath reverse(std::string_view text) {
  return text.empty() ? mail::ReversePath() : mail::ReversePath(address_from_internal(text));
}

TEST(Resolve, AnswersAsTrivialRewriteDoes) {
  const Resolver resolver(std::make_shared<const PostfixConfig>(folder().config()));
  constexpr std::string_view out = "smtp|[out.example.net]:587|";
  const std::string other = std::string(out) + "a@other.example|default";
  const Case cases[] = {
      {"n@n.example", "user@t.example", "smtp|[a]|user@t.example|default", "pf/transport:1 (transport_maps)"},
      {"n@n.example", "other@t.example", "smtp|[keep]|other@t.example|default", "pf/transport:2 (transport_maps)"},
      {"n@n.example", "USER@T.example", "smtp|[a]|USER@T.example|default", "pf/transport:1 (transport_maps)"},
      {"n@n.example", "user+x@t.example", "smtp|[a]|user+x@t.example|default", "pf/transport:1 (transport_maps)"},
      {"n@n.example", "q q@t.example", "smtp|[quoted]|q q@t.example|default", "pf/transport:14 (transport_maps)"},
      {"n@n.example", "a@u.example", "slow|u.example|a@u.example|default", "pf/transport:3 (transport_maps)"},
      {"n@n.example", "a@v.example", "error|mailbox gone|a@v.example|default", "pf/transport:4 (transport_maps)"},
      {"n@n.example", "a@w.example", "error|Address is undeliverable|a@w.example|default",
       "pf/transport:5 (transport_maps)"},
      {"n@n.example", "a@y.example", "retry|Address is undeliverable|a@y.example|default",
       "pf/transport:8 (transport_maps)"},
      {"n@n.example", "a@c.b.sub.example", "smtp|[sub]|a@c.b.sub.example|default", "pf/transport:6 (transport_maps)"},
      {"n@n.example", "a@sub.example", "smtp|[out.example.net]:587|a@sub.example|default", "pf/main.cf:14 (relayhost)"},
      {"n@n.example", "a@z.example", "smtp|[out.example.net]:587|a@z.example|default", "pf/main.cf:14 (relayhost)"},
      {"n@n.example", "a@q.example", "lmtp|unix:private/l|a@q.example|default", "pf/transport:10 (transport_maps)"},
      {"n@n.example", "vm2@vm.example", "smtp|vm.example|vm2@vm.example|virtual mailbox",
       "pf/transport:11 (transport_maps)"},
      {"n@n.example", "u@vm.example", "virtual|vm.example|u@vm.example|virtual mailbox",
       "postconf default virtual_transport"},
      {"n@n.example", "a@nocolon.example", "smtp|nocolon.example|a@nocolon.example|default",
       "pf/transport:13 (transport_maps)"},
      {"n@n.example", "local", "smtp|[l]|local@mx.example.com|local", "pf/transport:15 (transport_maps)"},
      {"n@n.example", "joe", "local|mx.example.com|joe@mx.example.com|local", "postconf default local_transport"},
      {"n@n.example", "joe@example.com.", "local|mx.example.com|joe@example.com|local",
       "postconf default local_transport"},
      {"n@n.example", "joe@[192.0.2.25]", "local|mx.example.com|joe@[192.0.2.25]|local",
       "postconf default local_transport"},
      {"n@n.example", "a@va.example", "error|5.1.1 User unknown in virtual alias table|a@va.example|virtual alias",
       "pf/main.cf:5 (virtual_alias_domains)"},
      {"n@n.example", "a@relay.example", "relay|[out.example.net]:587|a@relay.example|relay",
       "pf/main.cf:14 (relayhost)"},
      {"n@n.example", "a@x.r2.example", "relay|[out.example.net]:587|a@x.r2.example|relay",
       "pf/main.cf:14 (relayhost)"},
      {"n@n.example", "re1@re.example", "smtp|[re]|re1@re.example|default", "pf/transport.re:1 (transport_maps)"},
      {"n@n.example", "moved+e@example.com", "error|5.1.6 User has moved to new@new.example|moved+e@example.com|local",
       "pf/relocated:1 (relocated_maps)"},
      {"n@n.example", "k@allgone.example", "error|5.1.6 User has moved to there|k@allgone.example|default",
       "pf/relocated:3 (relocated_maps)"},
      {"n@n.example", "a%b.example@example.com", "smtp|[out.example.net]:587|a@b.example|default",
       "pf/main.cf:14 (relayhost)"},
      {"n@n.example", "b.example!a@mx.example.com", "smtp|[out.example.net]:587|a@b.example|default",
       "pf/main.cf:14 (relayhost)"},
      {"n@n.example", "a@b@c.example", "smtp|[out.example.net]:587|a@b@c.example|default routed",
       "pf/main.cf:14 (relayhost)"},
      {"n@n.example", "a%x@other.example", "smtp|[out.example.net]:587|a%x@other.example|default routed",
       "pf/main.cf:14 (relayhost)"},
      {"n@n.example", "a@[1.2.3.4]", "smtp|[out.example.net]:587|a@[1.2.3.4]|default", "pf/main.cf:14 (relayhost)"},
      {"n@n.example", "user+ext@e.example", "smtp|[ext]|user+ext@e.example|default",
       "pf/transport:16 (transport_maps)"},
      {"n@n.example", "user2+x@e.example", "smtp|[bare]|user2+x@e.example|default", "pf/transport:17 (transport_maps)"},
      {"n@n.example", "", "local|mx.example.com|MAILER-DAEMON@mx.example.com|local",
       "postconf default local_transport"},
      {"n@n.example", "a@1.2.3.4", "unresolvable", ""},
      {"n@n.example", "a@[bad]", "unresolvable", ""},
      {"n@n.example", "a@-bad.example", "unresolvable", ""},
      {"n@n.example", "a@foo..example", "unresolvable", ""},
      {"s@snd.example", "a@other.example", "smtp|[sr.example]|a@other.example|default",
       "pf/sdr:1 (sender_dependent_relayhost_maps)"},
      {"x@dom.example", "a@relay.example", "relay|[domr]|a@relay.example|relay",
       "pf/sdr:2 (sender_dependent_relayhost_maps)"},
      {"dunno@snd.example", "a@other.example", other, "pf/main.cf:14 (relayhost)"},
      {"", "a@other.example", "smtp|[nullr]|a@other.example|default", "pf/sdr:4 (sender_dependent_relayhost_maps)"},
      {"t@snd.example", "a@other.example", "lmtp|[out.example.net]:587|a@other.example|default",
       "pf/main.cf:14 (relayhost)"},
      {"t2@snd.example", "a@other.example", "lmtp|inet:h:24|a@other.example|default",
       "pf/sdt:2 (sender_dependent_default_transport_maps)"},
      {"t@snd.example", "a@relay.example", "relay|[out.example.net]:587|a@relay.example|relay",
       "pf/main.cf:14 (relayhost)"},
      {"d@snd.example", "a@other.example", other, "pf/main.cf:14 (relayhost)"},
  };
  for (const Case& each : cases) {
    const Resolution resolution = resolver.resolve(reverse(each.reverse_path), address_from_internal(each.recipient));
    EXPECT_EQ(answer_of(resolution), each.answer) << each.reverse_path << " to " << each.recipient;
    if (!each.decided_by.empty()) {
      EXPECT_EQ(describe(resolution.decided_by), each.decided_by) << each.recipient;
    }
  }
}

TEST(Resolve, NamesTheClassAndTheKind) {
  const Resolver resolver(std::make_shared<const PostfixConfig>(folder().config()));
  const auto resolve = [&](std::string_view recipient) {
    return resolver.resolve({}, address_from_internal(recipient));
  };
  EXPECT_EQ(describe(resolve("a@x.r2.example").class_by), "pf/relayd:1 (relay_domains)");
  EXPECT_EQ(describe(resolve("joe@example.com").class_by), "pf/main.cf:4 (mydestination)");
  EXPECT_EQ(resolve("a@y.example").kind, TransportKind::retry);
  EXPECT_EQ(resolve("a@r.example").kind, TransportKind::smtp);
  EXPECT_EQ(resolve("a@q.example").kind, TransportKind::lmtp);
  EXPECT_TRUE(resolve("a@u.example").not_understood.empty());
}

TEST(Resolve, UnmodelledTransportsAndFailingTablesAreSaid) {
  const TestFolder other{{"main.cf",
                          "mynetworks = 127.0.0.0/8\nmydestination =\ntransport_maps = "
                          "inline:{{p.example=maildrop:},{m.example=nosuch:}}\n"
                          "relay_domains = static:x\nvirtual_alias_domains = inline:{}\n"}};
  EXPECT_FALSE(other.load().has_value());
  const TestFolder good{{"main.cf", "mynetworks = 127.0.0.0/8\nmydestination = fail:x\n"},
                        {"master.cf", "maildrop unix - n n - - pipe\n"}};
  const Resolver failing(std::make_shared<const PostfixConfig>(good.config()));
  EXPECT_EQ(failing.resolve({}, {"a", "b.example"}).status, Resolution::Status::deferred);
  const TestFolder pipes{{"main.cf",
                          "mynetworks = 127.0.0.0/8\nmydestination =\nrelay_domains = ldap:x\n"
                          "virtual_mailbox_domains = v.example\nvirtual_transport = maildrop\n"},
                         {"master.cf", "# transports\nmaildrop unix - n n - - pipe\n"}};
  const Resolver piped(std::make_shared<const PostfixConfig>(pipes.config()));
  const Resolution to_pipe = piped.resolve({}, {"a", "v.example"});
  EXPECT_EQ(to_pipe.kind, TransportKind::pipe);
  ASSERT_EQ(to_pipe.not_understood.size(), 1U);
  EXPECT_EQ(to_file_line(to_pipe.not_understood.front().at), "pf/master.cf:2");
  const Resolution by_ldap = piped.resolve({}, {"a", "other.example"});
  EXPECT_EQ(by_ldap.status, Resolution::Status::deferred);
  ASSERT_EQ(by_ldap.not_understood.size(), 1U);
  EXPECT_EQ(to_file_line(by_ldap.not_understood.front().at), "pf/main.cf:3");
}

TEST(AddressRules, CompleteAsTheRewriteServiceDoes) {
  const PostfixConfig config = folder().config();
  const AddressRules rules(config, config.parameters());
  constexpr std::pair<std::string_view, std::string_view> cases[] = {
      {"joe", "joe@mx.example.com"},
      {"joe@host", "joe@host"},
      {"joe@host.", "joe@host"},
      {"a!b", "b@a"},
      {"a%b", "a@b"},
      {"a%b%c", "a%b@c"},
      {"a!b!c", "b!c@a"},
      {"@a:b@c", "b@c"},
      {"", ""},
      {"joe@host..", "joe@host.."},
      {"a b", "a b@mx.example.com"},
      {"a@[1.2.3.4]", "a@[1.2.3.4]"},
  };
  for (const auto& [from, to] : cases) EXPECT_EQ(rules.complete(from), to) << from;
  const TestFolder old{{"main.cf", "myhostname = a.b.example\nmyorigin = $mydomain\nmynetworks = 127.0.0.0/8\n"}};
  const PostfixConfig legacy = old.config();
  const AddressRules appending(legacy, legacy.parameters());  // compatibility_level 0: append_dot_mydomain = yes
  EXPECT_EQ(appending.complete("joe@host"), "joe@host.b.example");
  EXPECT_EQ(appending.complete("joe"), "joe@b.example");
}

TEST(AddressForm, LocalPartsAreQuotedWhereTheyHaveTo) {
  EXPECT_EQ(external_form("q q@x"), "\"q q\"@x");
  EXPECT_EQ(external_form("a.b@x"), "a.b@x");
  EXPECT_EQ(external_form("a..b@x"), "\"a..b\"@x");
}

TEST(AddressForm, ExtensionsAreNotSplitOffReservedNames) {
  const ExtensionRule rule{"+-", true, "double-bounce"};
  EXPECT_EQ(rule.split("user+x-y"), 4U);
  EXPECT_EQ(rule.split("user"), std::nullopt);
  EXPECT_EQ(rule.split("+x"), std::nullopt);
  EXPECT_EQ(rule.split("owner-list"), std::nullopt);
  EXPECT_EQ(rule.split("list-request"), std::nullopt);
  EXPECT_EQ(rule.split("double-bounce"), std::nullopt);
  EXPECT_EQ(rule.split("user+"), 4U);
}

TEST(Resolve, TrivialRewriteHasItsOwnDestinationsAndOrigin) {
  const TestFolder own{{"main.cf",
                        "compatibility_level = 3.6\nmyhostname = mx.example.com\nmydestination = example.com\n"
                        "mynetworks = 127.0.0.0/8\nvirtual_alias_maps = inline:{{u=main@x.example}}\n"},
                       {"master.cf",
                        "rewrite unix - - y - - trivial-rewrite -o mydestination=other.example -o myorigin=/etc/name\n"
                        "local unix - n n - - local\nsmtp unix - - y - - smtp\n"},
                       {"name", "origin.example\n"}};
  const auto config = std::make_shared<const PostfixConfig>(own.config());
  EXPECT_THAT(config->not_understood(), testing::IsEmpty());
  const Resolver resolver(config);
  EXPECT_EQ(answer_of(resolver.resolve({}, {"u", "other.example"})), "local|mx.example.com|u@other.example|local");
  EXPECT_EQ(answer_of(resolver.resolve({}, {"u", "example.com"})), "smtp|example.com|u@example.com|default");
  EXPECT_EQ(resolver.rules().complete("u"), "u@origin.example");
  // cleanup(8) looks for `u` in its tables where its own mydestination has the domain.
  const AddressRules cleanup(*config, config->parameters());
  const auto maps = config->maps(config->parameters(), "virtual_alias_maps");
  EXPECT_TRUE(cleanup.find(maps, "u@example.com")->has_value());
  EXPECT_FALSE(cleanup.find(maps, "u@other.example")->has_value());
}

}  // namespace
}  // namespace watershed::router
