// What the stub answers, read back by ldns (through talk's decoder) as an outside client would.
#include "fakes/dns/stub.hpp"

#include "talk/dns_message.hpp"
#include "talk/dns_name.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace std::string_literals;

namespace watershed::dns {
namespace {

using std::chrono::seconds;
using talk::DnsAnswer;
using talk::Rcode;
using talk::RecordType;

const std::string zone_text =
    "$ORIGIN ctbto.int.\n"                           // 1
    "$TTL 3600\n"                                    // 2
    "@ SOA ns hostmaster 1 7200 1800 1209600 300\n"  // 3
    "@ NS ns\n"                                      // 4
    "@ MX 10 mx\n"                                   // 5
    "@ MX 20 mx.ctbto.org.\n"                        // 6
    "@ TXT \"v=spf1 mx -all\"\n"                     // 7
    "ns A 192.0.2.53\n"                              // 8
    "mx A 192.0.2.25\n"                              // 9
    "mx AAAA 2001:db8::25\n"                         // 10
    "alias CNAME mx\n"                               // 11
    "far CNAME alias\n"                              // 12
    "out CNAME gone.example.\n"                      // 13
    "lost CNAME nothere\n"                           // 14
    "one CNAME two\n"                                // 15
    "two CNAME one\n"                                // 16
    "*.wild A 192.0.2.99\n"                          // 17
    "*.wild MX 5 mx\n"                               // 18
    "real.wild TXT here\n"                           // 19
    "deep.under.ent A 192.0.2.98\n"                  // 20
    "sub NS ns.elsewhere.example.\n"                 // 21
    "www.sub A 192.0.2.97\n"                         // 22
    "_25._tcp.mx TLSA 3 1 1 aabbccdd\n"              // 23
    "_sip._tcp SRV 1 2 5060 mx\n"                    // 24
    "big TXT \"" +
    std::string(250, 'a') +
    "\"\n"  // 25
    "big TXT \"" +
    std::string(250, 'b') +
    "\"\n"  // 26
    "big TXT \"" +
    std::string(250, 'c') +
    "\"\n"                                          // 27
    "$ORIGIN ctbto.org.\n"                          // 28
    "@ SOA ns hostmaster 1 7200 1800 1209600 60\n"  // 29
    "@ MX 10 mx\n"                                  // 30
    "mx A 203.0.113.25\n"                           // 31
    "$ORIGIN 192.in-addr.arpa.\n"                   // 32
    "@ SOA ns.ctbto.int. hostmaster.ctbto.int. 1 7200 1800 1209600 60\n"
    "25.2.0 PTR mx.ctbto.int.\n";

struct StubTest : testing::Test {
  DnsStub stub{*load_zones(zone_text, "w.zone")};
  IpAddress client = *parse_ip_address("192.0.2.25");
  StubAnswer last;

  DnsAnswer ask(const std::string& name, RecordType type, std::uint16_t edns = 1232, bool over_tcp = false,
                stage::Time now = {}) {
    last = stub.answer(*talk::encode_query(77, name, type, edns), over_tcp, client, now);
    if (!last.wire) return {};
    const auto decoded = talk::decode_answer(*last.wire);
    EXPECT_TRUE(decoded) << decoded.error().message;
    if (!decoded) return {};
    EXPECT_EQ(decoded->id, 77);
    EXPECT_TRUE(decoded->is_response);
    EXPECT_EQ(decoded->rcode, last.rcode);
    EXPECT_EQ(decoded->truncated, last.truncated);
    return *decoded;
  }
  IpAddress address(const std::string& name) {
    const DnsAnswer answer = ask(name, RecordType::a);
    return answer.records.empty() ? IpAddress{} : std::get<IpAddress>(answer.records.back().data);
  }
};

TEST_F(StubTest, AnswersByTypeAndSaysWhichLineDecided) {
  struct Row {
    std::string name;
    RecordType type;
    Rcode rcode;
    std::size_t answers;
    Decision decision;
    std::string decided_by;
    std::uint32_t negative_ttl_s;  ///< of the SOA in the authority section; 0: none
  };
  const std::vector<Row> rows = {
      {"ctbto.int", RecordType::mx, Rcode::no_error, 2, Decision::records, "w.zone:5", 0},
      {"CTBTO.Int.", RecordType::mx, Rcode::no_error, 2, Decision::records, "w.zone:5", 0},
      {"mx.ctbto.int", RecordType::a, Rcode::no_error, 1, Decision::records, "w.zone:9", 0},
      {"mx.ctbto.int", RecordType::aaaa, Rcode::no_error, 1, Decision::records, "w.zone:10", 0},
      {"mx.ctbto.int", RecordType::any, Rcode::no_error, 2, Decision::records, "w.zone:9", 0},
      {"_25._tcp.mx.ctbto.int", RecordType::tlsa, Rcode::no_error, 1, Decision::records, "w.zone:23", 0},
      {"_sip._tcp.ctbto.int", RecordType::srv, Rcode::no_error, 1, Decision::records, "w.zone:24", 0},
      {"25.2.0.192.in-addr.arpa", RecordType::ptr, Rcode::no_error, 1, Decision::records, "w.zone:34", 0},
      {"mx.ctbto.int", RecordType::mx, Rcode::no_error, 0, Decision::no_data, "w.zone:3", 300},
      {"absent.ctbto.int", RecordType::a, Rcode::name_error, 0, Decision::no_name, "w.zone:3", 300},
      {"absent.ctbto.org", RecordType::a, Rcode::name_error, 0, Decision::no_name, "w.zone:29", 60},
      {"example.com", RecordType::mx, Rcode::name_error, 0, Decision::unknown_name, "unknown name", 300},
      {".", RecordType::ns, Rcode::name_error, 0, Decision::unknown_name, "unknown name", 300},
      // CNAME: the chain and what is at its end (RFC 1034 §4.3.2), the code of the last name (RFC 2308 §2.1).
      {"far.ctbto.int", RecordType::a, Rcode::no_error, 3, Decision::records, "w.zone:12", 0},
      {"far.ctbto.int", RecordType::cname, Rcode::no_error, 1, Decision::records, "w.zone:12", 0},
      {"alias.ctbto.int", RecordType::mx, Rcode::no_error, 1, Decision::no_data, "w.zone:3", 300},
      {"lost.ctbto.int", RecordType::a, Rcode::name_error, 1, Decision::no_name, "w.zone:3", 300},
      {"out.ctbto.int", RecordType::a, Rcode::name_error, 1, Decision::unknown_name, "unknown name", 300},
      {"one.ctbto.int", RecordType::a, Rcode::server_failure, 0, Decision::broken_zone, "w.zone:15", 0},
      // RFC 4592: wildcards answer below their encloser, but not beside names that exist.
      {"x.wild.ctbto.int", RecordType::a, Rcode::no_error, 1, Decision::records, "w.zone:17", 0},
      {"x.y.wild.ctbto.int", RecordType::a, Rcode::no_error, 1, Decision::records, "w.zone:17", 0},
      {"x.wild.ctbto.int", RecordType::txt, Rcode::no_error, 0, Decision::no_data, "w.zone:3", 300},
      {"real.wild.ctbto.int", RecordType::a, Rcode::no_error, 0, Decision::no_data, "w.zone:3", 300},
      {"x.real.wild.ctbto.int", RecordType::a, Rcode::name_error, 0, Decision::no_name, "w.zone:3", 300},
      {"wild.ctbto.int", RecordType::a, Rcode::no_error, 0, Decision::no_data, "w.zone:3", 300},
      // Empty non-terminals exist.
      {"under.ent.ctbto.int", RecordType::a, Rcode::no_error, 0, Decision::no_data, "w.zone:3", 300},
      {"ent.ctbto.int", RecordType::a, Rcode::no_error, 0, Decision::no_data, "w.zone:3", 300},
      {"other.ent.ctbto.int", RecordType::a, Rcode::name_error, 0, Decision::no_name, "w.zone:3", 300},
      // A zone that was delegated to servers outside this world.
      {"www.sub.ctbto.int", RecordType::a, Rcode::server_failure, 0, Decision::broken_zone, "w.zone:21", 0},
  };
  for (int round = 0; round < 2; ++round) {  // the second answer comes from the encoded ones
    for (const Row& row : rows) {
      const DnsAnswer answer = ask(row.name, row.type);
      const std::string what = row.name + " " + talk::to_string(row.type);
      EXPECT_EQ(answer.rcode, row.rcode) << what;
      EXPECT_EQ(answer.records.size(), row.answers) << what;
      EXPECT_EQ(last.decision, row.decision) << what;
      EXPECT_EQ(last.decided_by, row.decided_by) << what;
      EXPECT_EQ(answer.authoritative, row.rcode != Rcode::server_failure) << what;
      ASSERT_EQ(answer.authority.size(), row.negative_ttl_s == 0 ? 0U : 1U) << what;
      if (row.negative_ttl_s != 0) {
        EXPECT_EQ(answer.authority[0].ttl_s, row.negative_ttl_s) << what;
        EXPECT_EQ(answer.authority[0].type, RecordType::soa) << what;
      }
    }
  }
}

TEST_F(StubTest, RecordsSayWhatTheFileSays) {
  const DnsAnswer mx = ask("ctbto.int", RecordType::mx);
  EXPECT_EQ(mx.records[0],
            (talk::DnsRecord{"ctbto.int", RecordType::mx, 3600, talk::MailExchanger{10, "mx.ctbto.int"}}));
  ASSERT_EQ(mx.additional.size(), 3U);  // the addresses of both exchangers
  EXPECT_EQ(mx.additional[2].name, "mx.ctbto.org");
  const DnsAnswer chain = ask("far.ctbto.int", RecordType::a);
  EXPECT_EQ(chain.records[0].name, "far.ctbto.int");
  EXPECT_EQ(chain.records[1].name, "alias.ctbto.int");
  EXPECT_EQ(chain.records[2].name, "mx.ctbto.int");
  EXPECT_EQ(ask("x.y.wild.ctbto.int", RecordType::mx).records[0].name, "x.y.wild.ctbto.int");
  // The question comes back in the asker's spelling (0x20).
  ask("cTbTo.InT", RecordType::mx);
  EXPECT_EQ(last.wire->substr(12, 11), "\5cTbTo\3InT\0"s);
  EXPECT_EQ(last.name, "ctbto.int");
}

TEST_F(StubTest, TruncatesByWhatTheAskerTakes) {
  struct Row {
    std::uint16_t edns;
    bool over_tcp;
    bool truncated;
  };
  // The TXT records take about 800 octets. RFC 6891 §6.2.3: a payload under 512 counts as 512.
  for (const Row& row : {Row{0, false, true}, Row{512, false, true}, Row{100, false, true}, Row{900, false, false},
                         Row{4096, false, false}, Row{0, true, false}}) {
    const DnsAnswer answer = ask("big.ctbto.int", RecordType::txt, row.edns, row.over_tcp);
    EXPECT_EQ(answer.truncated, row.truncated) << row.edns;
    EXPECT_EQ(answer.records.size(), row.truncated ? 0U : 3U) << row.edns;
    if (!row.over_tcp) {
      EXPECT_LE(last.wire->size(), row.edns < 512 ? 512U : row.edns);
    }
  }
  EXPECT_EQ(ask("ctbto.int", RecordType::mx, 100).records.size(), 2U);
  // Whatever the asker says it takes, a datagram has at most 4096 octets.
  std::string large = "$ORIGIN e.\n$TTL 9\n@ SOA n h 1 2 3 4 5\n";
  for (int number = 0; number < 20; ++number) large += fmt::format("@ TXT \"{}{}\"\n", number, std::string(220, 'x'));
  stub.replace(*load_zones(large, "large"));
  EXPECT_TRUE(ask("e", RecordType::txt, 65535).truncated);
  // Additional records that do not fit are left out without TC (RFC 2181 §9).
  std::string many = "$ORIGIN e.\n$TTL 9\n@ SOA n h 1 2 3 4 5\n";
  for (int host = 0; host < 20; ++host) {
    many += "@ MX 10 h" + std::to_string(host) + "\nh" + std::to_string(host) + " A 192.0.2.1\n";
  }
  stub.replace(*load_zones(many, "many"));
  const DnsAnswer answer = ask("e", RecordType::mx, 0);
  EXPECT_FALSE(answer.truncated);
  EXPECT_EQ(answer.records.size(), 20U);
  EXPECT_TRUE(answer.additional.empty());
  EXPECT_EQ(ask("e", RecordType::mx, 4096).additional.size(), 20U);
}

TEST_F(StubTest, MoreThanAMessageHoldsIsServfail) {
  std::string huge = "$ORIGIN e.\n$TTL 9\n@ SOA n h 1 2 3 4 5\n";
  for (int number = 0; number < 300; ++number) {
    huge += "t TXT \"" + std::to_string(number) + std::string(240, 'x') + "\"\n";
  }
  stub.replace(*load_zones(huge, "huge"));
  EXPECT_EQ(ask("t.e", RecordType::txt, 0, true).rcode, Rcode::server_failure);
  EXPECT_EQ(last.decision, Decision::broken_zone);
}

TEST_F(StubTest, RefusesWhatIsNoProperQuery) {
  const std::string good = *talk::encode_query(0x1234, "ctbto.int", RecordType::mx, 0);
  const std::string edns = *talk::encode_query(0x1234, "ctbto.int", RecordType::mx, 1232);
  const auto with = [](std::string bytes, std::size_t at, char value) {
    bytes[at] = value;
    return bytes;
  };
  const std::string opt = edns.substr(good.size());
  struct Row {
    std::string what;
    std::string query;
    int rcode;  ///< -1: silence
  };
  const std::vector<Row> rows = {
      {"empty", "", -1},
      {"short header", good.substr(0, 11), -1},
      {"a response", with(good, 2, '\x81'), -1},
      {"header only", good.substr(0, 12), 1},
      {"cut question", good.substr(0, good.size() - 1), 1},
      {"no question", with(good.substr(0, 12), 5, 0), 1},
      {"two questions", with(good, 5, 2), 1},
      {"an answer in the query", with(good, 7, 1), 1},
      {"bytes after the end", good + "x", 1},
      {"missing additional", with(good, 11, 1), 1},
      {"compressed question", good.substr(0, 12) + "\xc0\x0c\0\x0f\0\1"s, 1},
      {"two OPT records", with(edns + opt, 11, 2), 1},
      {"OPT with an owner", with(good + "\1a" + opt, 11, 1), 1},
      {"OPT with half an option", with(edns, edns.size() - 1, 2) + "ab", 1},
      {"status opcode", with(good, 2, '\x11'), 4},
      {"update opcode", with(good, 2, '\x29'), 4},
      {"EDNS version 1", with(edns, good.size() + 6, 1), 16},
      {"class CH", with(good, good.size() - 1, 3), 5},
      {"AXFR", with(good, good.size() - 3, '\xfc'), 5},
      {"MAILA", with(good, good.size() - 3, '\xfe'), 4},
      {"type OPT", with(good, good.size() - 3, '\x29'), 1},
      {"class ANY", with(good, good.size() - 1, '\xff'), 0},
      {"OPT with an option", with(edns, edns.size() - 1, 6) + "\0\x0a\0\2xy"s, 0},
      {"as it should be", edns, 0},
  };
  for (const Row& row : rows) {
    const StubAnswer answer = stub.answer(row.query, false, client, {});
    ASSERT_EQ(answer.wire.has_value(), row.rcode >= 0) << row.what;
    if (row.rcode != 0) {
      EXPECT_EQ(answer.decision, Decision::bad_query) << row.what;
      EXPECT_FALSE(answer.decided_by.empty()) << row.what;
    }
    if (!answer.wire) continue;
    const auto decoded = talk::decode_answer(*answer.wire);
    ASSERT_TRUE(decoded) << row.what;
    EXPECT_EQ(static_cast<int>(decoded->rcode), row.rcode) << row.what;
    EXPECT_EQ(decoded->id, 0x1234) << row.what;
  }
}

TEST_F(StubTest, FaultsByNameTypeCountAndTime) {
  const auto fault = [](std::string name, FaultKind kind) {
    Fault made;
    made.name = std::move(name);
    made.kind = kind;
    made.at = {"s.yaml", 9, 3};
    return made;
  };
  const FaultId servfail = *stub.faults().set(fault("CTBTO.int", FaultKind::servfail));
  EXPECT_EQ(ask("ctbto.int", RecordType::mx).rcode, Rcode::server_failure);
  EXPECT_EQ(last.decision, Decision::fault);
  EXPECT_EQ(last.decided_by, "fault servfail on CTBTO.int (s.yaml:9)");
  EXPECT_EQ(ask("mx.ctbto.int", RecordType::a).rcode, Rcode::no_error);
  EXPECT_TRUE(stub.faults().clear(servfail));
  EXPECT_FALSE(stub.faults().clear(servfail));
  EXPECT_EQ(ask("ctbto.int", RecordType::mx).rcode, Rcode::no_error);

  ASSERT_TRUE(stub.faults().set(fault("*.ctbto.int", FaultKind::nxdomain)));
  EXPECT_EQ(ask("mx.ctbto.int", RecordType::a).rcode, Rcode::name_error);
  EXPECT_EQ(ask("mx.ctbto.int", RecordType::a).authority.size(), 1U);
  EXPECT_EQ(ask("ctbto.int", RecordType::mx).rcode, Rcode::no_error);
  stub.faults().clear_all();

  Fault second_a_query = fault("*", FaultKind::refused);
  second_a_query.type = RecordType::a;
  second_a_query.first_query = second_a_query.last_query = 2;
  second_a_query.start = seconds(10);
  second_a_query.end = seconds(20);
  ASSERT_TRUE(stub.faults().set(second_a_query));
  const auto rcode_at = [&](RecordType type, int at_s) {
    return ask("mx.ctbto.int", type, 0, false, seconds(at_s)).rcode;
  };
  EXPECT_EQ(rcode_at(RecordType::a, 9), Rcode::no_error);  // not yet, and not counted
  EXPECT_EQ(rcode_at(RecordType::a, 10), Rcode::no_error);
  EXPECT_EQ(rcode_at(RecordType::aaaa, 11), Rcode::no_error);
  EXPECT_EQ(rcode_at(RecordType::a, 12), Rcode::refused);
  EXPECT_EQ(rcode_at(RecordType::a, 13), Rcode::no_error);
  stub.faults().clear_all();

  Fault slow = fault("mx.ctbto.int", FaultKind::delay);
  slow.delay = seconds(3);
  ASSERT_TRUE(stub.faults().set(slow));
  ASSERT_TRUE(stub.faults().set(slow));
  EXPECT_EQ(ask("mx.ctbto.int", RecordType::a).records.size(), 1U);
  EXPECT_EQ(last.delay, seconds(6));
  EXPECT_EQ(last.fault, "fault delay on mx.ctbto.int (s.yaml:9)");
  EXPECT_EQ(last.decided_by, "w.zone:9");
  ASSERT_TRUE(stub.faults().set(fault("mx.ctbto.int", FaultKind::timeout)));
  ask("mx.ctbto.int", RecordType::a);
  EXPECT_FALSE(last.wire.has_value());
  stub.faults().clear_all();

  ASSERT_TRUE(stub.faults().set(fault("mx.ctbto.int", FaultKind::truncate)));
  EXPECT_TRUE(ask("mx.ctbto.int", RecordType::a).truncated);
  EXPECT_FALSE(last.fault.empty());
  EXPECT_EQ(ask("mx.ctbto.int", RecordType::a, 0, true).records.size(), 1U);
  EXPECT_TRUE(last.fault.empty());
  EXPECT_FALSE(stub.faults().set(fault("a..b", FaultKind::servfail)));
  EXPECT_FALSE(stub.faults().set(fault("*.", FaultKind::servfail)));
}

TEST_F(StubTest, ChangesAtRunTimeShowAtOnce) {
  const SourcePosition at{"s.yaml", 5, 1};
  EXPECT_EQ(address("mx.ctbto.int"), *parse_ip_address("192.0.2.25"));
  ASSERT_TRUE(stub.set_record(*parse_record("mx.ctbto.int 30 A 192.0.2.26", at)));
  EXPECT_EQ(address("mx.ctbto.int"), *parse_ip_address("192.0.2.26"));
  EXPECT_EQ(last.decided_by, "s.yaml:5");
  EXPECT_EQ(ask("mx.ctbto.int", RecordType::a).records[0].ttl_s, 30U);
  ASSERT_TRUE(stub.add_record(*parse_record("mx.ctbto.int 30 A 192.0.2.27", at)));
  EXPECT_EQ(ask("mx.ctbto.int", RecordType::a).records.size(), 2U);
  EXPECT_EQ(stub.remove_records("MX.ctbto.int", RecordType::a), 2U);
  EXPECT_EQ(ask("mx.ctbto.int", RecordType::a).rcode, Rcode::no_error);
  EXPECT_EQ(last.decision, Decision::no_data);
  EXPECT_EQ(stub.remove_records("mx.ctbto.int", std::nullopt), 1U);
  EXPECT_EQ(stub.remove_records("ctbto.int", RecordType::soa), 0U);
  EXPECT_FALSE(stub.set_record(*parse_record("mx.example A 192.0.2.26", at)));
  EXPECT_FALSE(stub.set_record(*parse_record("ns.ctbto.int CNAME a.ctbto.int", at)));
  ASSERT_TRUE(stub.set_record(*parse_record("new.example SOA a b 1 2 3 4 5", at)));
  ASSERT_TRUE(stub.set_record(*parse_record("mx.new.example A 192.0.2.28", at)));
  EXPECT_EQ(address("mx.new.example"), *parse_ip_address("192.0.2.28"));
  stub.replace(*load_zones("$ORIGIN e.\n$TTL 9\n@ SOA n h 1 2 3 4 5\n", "e"));
  EXPECT_EQ(ask("ctbto.int", RecordType::mx).rcode, Rcode::name_error);
}

TEST_F(StubTest, ViewsShowOtherZonesToSomeClients) {
  const auto stale = load_zones("$ORIGIN ctbto.int.\n$TTL 9\n@ SOA n h 0 2 3 4 5\nmx A 198.51.100.1\n", "stale");
  View view{"inside", {{*parse_ip_address("192.0.2.0"), 24}}, *stale};
  stub.set_view(view);
  EXPECT_EQ(address("mx.ctbto.int"), *parse_ip_address("198.51.100.1"));
  EXPECT_EQ(last.decided_by, "stale:4");
  EXPECT_EQ(address("mx.ctbto.org"), *parse_ip_address("203.0.113.25"));  // the world's other zones stay
  ASSERT_TRUE(stub.set_record(*parse_record("mx.ctbto.org 5 A 203.0.113.26", {})));
  EXPECT_EQ(address("mx.ctbto.org"), *parse_ip_address("203.0.113.26"));
  EXPECT_EQ(address("mx.ctbto.int"), *parse_ip_address("198.51.100.1"));
  client = *parse_ip_address("192.0.3.1");
  EXPECT_EQ(address("mx.ctbto.int"), *parse_ip_address("192.0.2.25"));
  client = *parse_ip_address("192.0.2.1");
  EXPECT_TRUE(stub.remove_view("inside"));
  EXPECT_FALSE(stub.remove_view("inside"));
  EXPECT_EQ(address("mx.ctbto.int"), *parse_ip_address("192.0.2.25"));
}

}  // namespace
}  // namespace watershed::dns
