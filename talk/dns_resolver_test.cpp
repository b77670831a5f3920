// The resolver and mail routing against a scripted name server on the virtual clock.
#include "talk/dns_resolver.hpp"

#include "talk/dns_mail_hosts.hpp"
#include "talk/dns_test_answers.hpp"

#include <gtest/gtest.h>

#include <set>

namespace watershed::talk {
namespace {

using std::chrono::seconds;

const std::string soa_line = "example. 300 IN SOA ns.example. root.example. 1 2 3 4 100";

struct ResolverTest : testing::Test {
  stage::VirtualExecutor executor;
  stage::Random random{1};
  stage::Journal journal;
  stage::MemoryNetwork network{executor, journal};
  stage::Stage stage{executor, random, network, journal};
  ScriptedNameServer server;
  Endpoint server_at{*parse_ip_address("192.0.2.53"), 53};
  stage::HostId host = journal.add_host("mx.ctbto.int");
  std::unique_ptr<Resolver> resolver;

  ResolverTest() {
    const IpAddress local = *parse_ip_address("192.0.2.25");
    network.add_address(local, host);
    network.add_address(server_at.address, journal.add_host("ns"));
    EXPECT_TRUE(network.serve_datagrams(
        server_at, [this](std::string query, Endpoint) { return server.answer(std::move(query), executor.now()); }));
    ResolverSettings settings;
    settings.local = local;
    settings.servers = {server_at};
    resolver = std::make_unique<Resolver>(stage, host, settings);
  }

  template <class T>
  static stage::Task<void> keep(stage::Task<T> task, std::optional<T>& into) {
    into = co_await std::move(task);
  }
  template <class T>
  T run(stage::Task<T> task) {
    std::optional<T> result;
    executor.spawn(keep(std::move(task), result));
    executor.run_until(executor.now() + std::chrono::hours(1));
    EXPECT_TRUE(result.has_value()) << executor.failure();
    return result ? *result : T{};
  }
  DnsLookup look_up(const std::string& name, RecordType type) { return run(resolver->lookup(name, type)); }
  MailHosts mail_hosts(const std::string& domain) { return run(resolve_mail_hosts(*resolver, random, domain)); }
};

TEST_F(ResolverTest, AsksOnceWithinTheTtlAndWritesTheJournal) {
  server.answers[{"a.example", RecordType::a}] = {.answer = {"a.example. 60 IN A 192.0.2.1"}};
  EXPECT_EQ(look_up("A.example", RecordType::a).records.size(), 1U);
  executor.run_until(seconds(0));
  EXPECT_EQ(server.asked.size(), 1U);
  ASSERT_EQ(journal.facts().size(), 1U);
  EXPECT_EQ(journal.facts()[0].kind, stage::FactKind::looked_up);
  EXPECT_EQ(journal.facts()[0].recipient, "A.example");
  EXPECT_EQ(journal.facts()[0].detail, "A");
  EXPECT_EQ(journal.facts()[0].text, "ok");
  EXPECT_EQ(journal.facts()[0].host, host);
}

TEST_F(ResolverTest, RemembersForTheTtlOnly) {
  server.answers[{"a.example", RecordType::a}] = {.answer = {"a.example. 60 IN A 192.0.2.1"}};
  server.answers[{"b.example", RecordType::a}] = {.answer = {}, .authority = {soa_line}};
  const auto ask = [](ResolverTest* test) -> stage::Task<void> {
    stage::Executor& clock = test->executor;
    for (const int at_s : {0, 59, 60, 99, 100}) {
      co_await clock.sleep_until(seconds(at_s));
      co_await test->resolver->lookup("a.example", RecordType::a);
      co_await test->resolver->lookup("b.example", RecordType::a);
    }
  };
  executor.spawn(ask(this));
  executor.run_until(seconds(200));
  // a at 0 and 60, b (negative, minimum 100) at 0 and 100; none of the others.
  EXPECT_EQ(server.asked.size(), 4U);
}

TEST_F(ResolverTest, TriesTwiceFiveSecondsEach) {
  server.silent_first = 1;
  server.answers[{"a.example", RecordType::a}] = {.answer = {"a.example. 60 IN A 192.0.2.1"}};
  EXPECT_EQ(look_up("a.example", RecordType::a).status, LookupStatus::ok);
  EXPECT_EQ(journal.facts().back().at, seconds(5));
  server.silent_first = 2;
  const stage::Time start = executor.now();
  EXPECT_EQ(look_up("b.example", RecordType::a).status, LookupStatus::timeout);
  EXPECT_EQ(journal.facts().back().at - start, seconds(10));
  EXPECT_EQ(server.asked.size(), 4U);
}

TEST_F(ResolverTest, ServfailIsTriedAgainAndNotRemembered) {
  server.answers[{"a.example", RecordType::a}] = {.rcode = 2};
  EXPECT_EQ(look_up("a.example", RecordType::a).status, LookupStatus::servfail);
  EXPECT_EQ(server.asked.size(), 2U);
  server.answers[{"a.example", RecordType::a}] = {.answer = {"a.example. 60 IN A 192.0.2.1"}};
  EXPECT_EQ(look_up("a.example", RecordType::a).status, LookupStatus::ok);
}

TEST_F(ResolverTest, BelievesOnlyAnswersToItsQuestion) {
  server.answers[{"a.example", RecordType::a}] = {.answer = {"a.example. 60 IN A 192.0.2.1"}};
  server.id_offset = 1;
  EXPECT_EQ(look_up("a.example", RecordType::a).status, LookupStatus::timeout);
  server.id_offset = 0;
  server.other_question_name = "b.example";
  EXPECT_EQ(look_up("a.example", RecordType::a).status, LookupStatus::timeout);
  server.other_question_name = "";
  EXPECT_EQ(look_up("a.example", RecordType::a).status, LookupStatus::ok);
}

TEST_F(ResolverTest, FollowsAliasesOverSeveralAnswersButNotForEver) {
  server.answers[{"a.example", RecordType::a}] = {.answer = {"a.example. 60 IN CNAME b.example."}};
  server.answers[{"b.example", RecordType::a}] = {.answer = {"b.example. 90 IN A 192.0.2.1"}};
  const DnsLookup found = look_up("a.example", RecordType::a);
  ASSERT_EQ(found.records.size(), 1U);
  EXPECT_EQ(found.canonical_name, "b.example");
  EXPECT_EQ(found.ttl_s, 60U);
  server.answers[{"c.example", RecordType::a}] = {.answer = {"c.example. 60 IN CNAME d.example."}};
  server.answers[{"d.example", RecordType::a}] = {.answer = {"d.example. 60 IN CNAME c.example."}};
  EXPECT_EQ(look_up("c.example", RecordType::a).status, LookupStatus::servfail);
}

TEST_F(ResolverTest, TruncationWithoutTcpIsAFailure) {
  server.answers[{"a.example", RecordType::a}] = {.truncated = true};
  EXPECT_EQ(look_up("a.example", RecordType::a).status, LookupStatus::servfail);
}

TEST_F(ResolverTest, WhatIsNoNameDoesNotExist) {
  EXPECT_EQ(look_up("a..example", RecordType::a).status, LookupStatus::nxdomain);
  EXPECT_TRUE(server.asked.empty());
}

TEST_F(ResolverTest, MailHostsComeByPreferenceWithAddresses) {
  server.answers[{"d.example", RecordType::mx}] = {.answer = {"d.example. 60 IN MX 20 second.example.",
                                                              "d.example. 60 IN MX 10 first.example.",
                                                              "d.example. 60 IN MX 5 gone.example."}};
  server.answers[{"first.example", RecordType::a}] = {.answer = {"first.example. 60 IN A 192.0.2.1"}};
  server.answers[{"first.example", RecordType::aaaa}] = {.answer = {"first.example. 60 IN AAAA 2001:db8::1"}};
  server.answers[{"second.example", RecordType::aaaa}] = {.answer = {"second.example. 60 IN AAAA 2001:db8::2"}};
  const MailHosts hosts = mail_hosts("d.example");
  EXPECT_EQ(hosts.status, MailHostsStatus::ok);
  EXPECT_FALSE(hosts.implicit_mx);
  ASSERT_EQ(hosts.hosts.size(), 2U);
  EXPECT_EQ(hosts.hosts[0].name, "first.example");
  EXPECT_EQ(hosts.hosts[0].preference, 10);
  ASSERT_EQ(hosts.hosts[0].addresses.size(), 2U);
  EXPECT_FALSE(hosts.hosts[0].addresses[0].is_v6);
  EXPECT_EQ(hosts.hosts[1].name, "second.example");
}

TEST_F(ResolverTest, EqualPreferenceIsSharedOut) {
  AnswerText mx;
  for (const std::string name : {"a", "b", "c"}) {
    mx.answer.push_back("d.example. 60 IN MX 10 " + name + ".example.");
    server.answers[{name + ".example", RecordType::a}] = {.answer = {name + ".example. 60 IN A 192.0.2.1"}};
  }
  server.answers[{"d.example", RecordType::mx}] = mx;
  std::map<std::string, int> first;
  for (int time = 0; time < 60; ++time) ++first[mail_hosts("d.example").hosts.at(0).name];
  EXPECT_EQ(first.size(), 3U);
  for (const auto& [name, count] : first) EXPECT_GT(count, 8) << name;
}

TEST_F(ResolverTest, MailHostsFailuresArePermanentOrTemporary) {
  const AnswerText nodata{.answer = {}, .authority = {soa_line}};
  const AnswerText servfail{.rcode = 2};
  const AnswerText address{.answer = {"implicit.example. 60 IN A 192.0.2.1"}};
  server.answers[{"null.example", RecordType::mx}] = {.answer = {"null.example. 60 IN MX 0 ."}};
  server.answers[{"implicit.example", RecordType::mx}] = nodata;
  server.answers[{"implicit.example", RecordType::a}] = address;
  server.answers[{"empty.example", RecordType::mx}] = nodata;
  server.answers[{"empty.example", RecordType::a}] = nodata;
  server.answers[{"empty.example", RecordType::aaaa}] = nodata;
  server.answers[{"half.example", RecordType::mx}] = nodata;
  server.answers[{"half.example", RecordType::a}] = servfail;
  server.answers[{"half.example", RecordType::aaaa}] = nodata;
  server.answers[{"broken.example", RecordType::mx}] = servfail;
  // Its own address must not be used: it has an MX, though a useless one.
  server.answers[{"dead.example", RecordType::mx}] = {.answer = {"dead.example. 60 IN MX 5 gone.example."}};
  server.answers[{"dead.example", RecordType::a}] = {.answer = {"dead.example. 60 IN A 192.0.2.1"}};
  server.answers[{"maybe.example", RecordType::mx}] = {
      .answer = {"maybe.example. 60 IN MX 5 gone.example.", "maybe.example. 60 IN MX 6 sick.example."}};
  server.answers[{"sick.example", RecordType::a}] = servfail;
  struct Row {
    std::string domain;
    MailHostsStatus status;
    std::string failed_name;
    RecordType failed_type;
  };
  for (const Row& row : {Row{"null.example", MailHostsStatus::null_mx, "null.example", RecordType::mx},
                         Row{"absent.example", MailHostsStatus::no_such_domain, "absent.example", RecordType::mx},
                         Row{"empty.example", MailHostsStatus::no_address, "empty.example", RecordType::aaaa},
                         Row{"half.example", MailHostsStatus::temporary, "half.example", RecordType::a},
                         Row{"broken.example", MailHostsStatus::temporary, "broken.example", RecordType::mx},
                         Row{"dead.example", MailHostsStatus::no_address, "gone.example", RecordType::aaaa},
                         Row{"maybe.example", MailHostsStatus::temporary, "sick.example", RecordType::a}}) {
    const MailHosts hosts = mail_hosts(row.domain);
    EXPECT_EQ(hosts.status, row.status) << row.domain;
    EXPECT_TRUE(hosts.hosts.empty()) << row.domain;
    EXPECT_EQ(hosts.failed_name, row.failed_name) << row.domain;
    EXPECT_EQ(hosts.failed_type, row.failed_type) << row.domain;
    EXPECT_EQ(hosts.is_permanent(), row.status != MailHostsStatus::temporary) << row.domain;
  }
  const MailHosts implicit = mail_hosts("implicit.example");
  EXPECT_EQ(implicit.status, MailHostsStatus::ok);
  EXPECT_TRUE(implicit.implicit_mx);
  ASSERT_EQ(implicit.hosts.size(), 1U);
  EXPECT_EQ(implicit.hosts[0].name, "implicit.example");
}

TEST(ReverseName, BothFamilies) {
  EXPECT_EQ(reverse_name(*parse_ip_address("192.0.2.1")), "1.2.0.192.in-addr.arpa");
  EXPECT_EQ(reverse_name(*parse_ip_address("2001:db8::567:89ab")),
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

}  // namespace
}  // namespace watershed::talk
