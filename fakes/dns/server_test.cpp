// The stub on the network, asked by the real resolver: UDP, TCP after truncation, faults in virtual time, the journal.
#include "fakes/dns/server.hpp"

#include "stage/memory_network.hpp"
#include "talk/dns_mail_hosts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace watershed::dns {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using talk::DnsLookup;
using talk::LookupStatus;
using talk::RecordType;

std::string zone() {
  std::string text =
      "$ORIGIN ctbto.int.\n$TTL 60\n@ SOA ns hostmaster 1 2 3 4 30\n@ MX 10 mx\nmx A 192.0.2.25\nmx AAAA "
      "2001:db8::25\n";
  for (int number = 0; number < 20; ++number)
    text += "big TXT \"" + std::to_string(number) + std::string(200, 'x') + "\"\n";
  return text;
}

struct ServerTest : testing::Test {
  stage::VirtualExecutor executor;
  stage::Random random{1};
  stage::Journal journal;
  stage::MemoryNetwork network{executor, journal};
  stage::Stage stage{executor, random, network, journal};
  DnsStub stub{*load_zones(zone(), "w.zone")};
  stage::HostId ns = journal.add_host("ns");
  stage::HostId mx = journal.add_host("mx");
  Endpoint at{*parse_ip_address("192.0.2.53"), 53};
  IpAddress client = *parse_ip_address("192.0.2.25");
  DnsServer server{stage, ns, stub};
  std::unique_ptr<talk::Resolver> resolver;

  ServerTest() {
    network.add_address(at.address, ns);
    network.add_address(client, mx);
    EXPECT_EQ(*server.start(at), at);
    talk::ResolverSettings settings;
    settings.local = client;
    settings.servers = {at};
    resolver = std::make_unique<talk::Resolver>(stage, mx, settings);
  }
  ~ServerTest() override { executor.shut_down(); }

  static stage::Task<void> keep(stage::Task<DnsLookup> task, DnsLookup& into) { into = co_await std::move(task); }
  DnsLookup look_up(const std::string& name, RecordType type) {
    DnsLookup result;
    executor.spawn(keep(resolver->lookup(name, type), result));
    executor.run_until(executor.now() + std::chrono::minutes(1));
    EXPECT_EQ(executor.failure(), "");
    return result;
  }
  std::vector<stage::Fact> facts(stage::FactKind kind) const {
    std::vector<stage::Fact> found;
    std::copy_if(journal.facts().begin(), journal.facts().end(), std::back_inserter(found),
                 [kind](const stage::Fact& fact) { return fact.kind == kind; });
    return found;
  }
};

TEST_F(ServerTest, ALookupIsOneFactOnEachSide) {
  const DnsLookup found = look_up("ctbto.int", RecordType::mx);
  ASSERT_EQ(found.records.size(), 1U);
  EXPECT_EQ(std::get<talk::MailExchanger>(found.records[0].data).host, "mx.ctbto.int");
  const auto answered = facts(stage::FactKind::answered_query);
  ASSERT_EQ(answered.size(), 1U);
  EXPECT_EQ(answered[0].host, ns);
  EXPECT_EQ(answered[0].recipient, "ctbto.int");
  EXPECT_EQ(answered[0].detail, "MX");
  EXPECT_EQ(answered[0].text, "records: NOERROR");
  EXPECT_EQ(answered[0].decided_by, "w.zone:4");
  EXPECT_EQ(facts(stage::FactKind::looked_up).size(), 1U);
  EXPECT_EQ(look_up("unknown.example", RecordType::a).status, LookupStatus::nxdomain);
  EXPECT_EQ(facts(stage::FactKind::answered_query).back().text, "unknown name: NXDOMAIN");
  EXPECT_EQ(facts(stage::FactKind::answered_query).back().decided_by, "unknown name");
}

TEST_F(ServerTest, AnExchangerThatNoZoneHasIsNamed) {
  stub.replace(*load_zones(zone() + "@ MX 5 mx.hoster.example.\nnone MX 0 .\n", "w.zone"));
  look_up("ctbto.int", RecordType::mx);
  EXPECT_EQ(facts(stage::FactKind::answered_query).back().text, "records: NOERROR; in no zone: mx.hoster.example");
  look_up("none.ctbto.int", RecordType::mx);
  EXPECT_EQ(facts(stage::FactKind::answered_query).back().text, "records: NOERROR");
}

TEST_F(ServerTest, ALargeAnswerComesOverTcp) {
  EXPECT_EQ(look_up("big.ctbto.int", RecordType::txt).records.size(), 20U);
  const auto answered = facts(stage::FactKind::answered_query);
  ASSERT_EQ(answered.size(), 2U);
  EXPECT_EQ(answered[0].text, "records: NOERROR, truncated");
  EXPECT_EQ(answered[1].text, "records: NOERROR");
  EXPECT_EQ(facts(stage::FactKind::connected).size(), 1U);
}

TEST_F(ServerTest, FaultsShowInTimeAndInTheJournal) {
  Fault silence;
  silence.name = "mx.ctbto.int";
  silence.type = RecordType::a;
  silence.kind = FaultKind::timeout;
  silence.last_query = 1;
  ASSERT_TRUE(stub.faults().set(silence));
  EXPECT_EQ(look_up("mx.ctbto.int", RecordType::a).status, LookupStatus::ok);  // at the second attempt
  EXPECT_EQ(facts(stage::FactKind::looked_up).back().at, seconds(5));
  ASSERT_EQ(facts(stage::FactKind::fault).size(), 1U);
  EXPECT_EQ(facts(stage::FactKind::fault)[0].detail, "fault timeout on mx.ctbto.int A");
  EXPECT_EQ(facts(stage::FactKind::answered_query)[0].text, "fault: silence");

  Fault slow;
  slow.name = "mx.ctbto.int";
  slow.kind = FaultKind::delay;
  slow.delay = milliseconds(700);
  ASSERT_TRUE(stub.faults().set(slow));
  const stage::Time start = executor.now();
  EXPECT_EQ(look_up("mx.ctbto.int", RecordType::aaaa).status, LookupStatus::ok);
  EXPECT_EQ(facts(stage::FactKind::looked_up).back().at - start, milliseconds(700));
}

TEST_F(ServerTest, ManyQueriesAndGarbageOnOneTcpConnection) {
  const auto talk_tcp = [](ServerTest* test, std::string bytes, std::string& received) -> stage::Task<void> {
    auto stream = co_await test->network.connect(test->client, test->at, stage::forever);
    if (!stream) co_return;
    co_await (*stream)->write(bytes, stage::forever);
    (*stream)->close();
    while (co_await (*stream)->read(received, stage::forever) == stage::IoStatus::ok) continue;
  };
  const std::string query = *talk::encode_query(1, "mx.ctbto.int", RecordType::a, 0);
  const std::string framed = std::string("\0", 1) + static_cast<char>(query.size()) + query;
  const std::string empty(2, '\0');
  std::string received;
  executor.spawn(talk_tcp(this, framed + empty + framed + framed.substr(0, 9), received));
  executor.run_until(seconds(100));
  ASSERT_GT(received.size(), 2U);
  const std::size_t one = 2 + static_cast<unsigned char>(received[1]);
  EXPECT_EQ(received.size(), 2 * one);
  EXPECT_EQ(received.substr(0, one), received.substr(one));
  EXPECT_TRUE(talk::decode_answer(received.substr(2, one - 2)));
  EXPECT_EQ(executor.failure(), "");
}

TEST_F(ServerTest, MailHostsThroughTheStub) {
  const auto resolve = [](ServerTest* test, talk::MailHosts& into) -> stage::Task<void> {
    const std::string domain = "ctbto.int";
    into = co_await talk::resolve_mail_hosts(*test->resolver, test->random, domain);
  };
  talk::MailHosts hosts;
  executor.spawn(resolve(this, hosts));
  executor.run_until(seconds(1));
  EXPECT_EQ(hosts.status, talk::MailHostsStatus::ok);
  ASSERT_EQ(hosts.hosts.size(), 1U);
  EXPECT_EQ(hosts.hosts[0].addresses.size(), 2U);
}

}  // namespace
}  // namespace watershed::dns
