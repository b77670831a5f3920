// Zone files read right, and every slip reported at its place.
#include "fakes/dns/zone.hpp"

#include "talk/dns_name.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace std::string_literals;

namespace watershed::dns {
namespace {

using talk::RecordType;
using testing::HasSubstr;

const std::string head =
    "$ORIGIN ctbto.int.\n"
    "$TTL 1h\n"
    "@ SOA ns hostmaster 1 2h 30m 2w 5m\n";  // three lines

std::string name_of(const Record& record) { return talk::to_text_name(record.owner); }

TEST(Zone, ReadsMasterFiles) {
  const Parsed<ZoneSet> zones = load_zones(
      "\xef\xbb\xbf$ORIGIN ctbto.int. ; the Linux part\r\n"
      "$TTL 1h\r\n"
      "@\tIN SOA ns.ctbto.int. hostmaster (\r\n"
      "      2026112001 ; serial\r\n"
      "      2h 30m 2w\r\n"
      "      300 )\r\n"
      "  60 IN MX 10 MX\r\n"
      "     IN 61 MX 20 mx.ctbto.org.\r\n"
      "MX A 192.0.2.25\n"
      "   AAAA 2001:db8::25\n"
      "txt TXT \"v=DKIM1; k=rsa; p=AB(C)\" \"second \\\" part\"\n"
      "_25._tcp.mx 1h30m TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
      "*.wild CNAME mx\n"
      "odd TYPE65280 \\# 3 010203\n"
      "caa CAA 0 issue \"ca.example\"\n"
      "$ORIGIN org.\n"
      "ctbto SOA ns.ctbto.int. h 1 2 3 4 5\n"
      "mx.ctbto A 192.0.2.26\n",
      "phase2.zone");
  ASSERT_TRUE(zones) << render(zones.error());
  const std::vector<Record>& records = zones->records;
  ASSERT_EQ(records.size(), 12U);
  EXPECT_EQ(name_of(records[0]), "ctbto.int");
  EXPECT_EQ(records[0].ttl_s, 3600U);
  EXPECT_EQ(records[0].at, (SourcePosition{"phase2.zone", 3, 1}));
  EXPECT_EQ(records[1].ttl_s, 60U);
  EXPECT_EQ(records[1].at.line, 7);
  EXPECT_EQ(records[1].rdata, "\0\x0a"s + *talk::to_wire_name("MX.ctbto.int"));
  EXPECT_EQ(records[2].ttl_s, 61U);
  EXPECT_EQ(name_of(records[3]), "mx.ctbto.int");  // names are held in lower case
  EXPECT_EQ(records[3].rdata, "\xc0\0\2\x19"s);
  EXPECT_EQ(records[4].type, RecordType::aaaa);
  EXPECT_EQ(records[5].rdata, "\x17v=DKIM1; k=rsa; p=AB(C)\x0dsecond \" part"s);
  EXPECT_EQ(records[6].ttl_s, 5400U);
  EXPECT_EQ(records[6].rdata.size(), 35U);
  EXPECT_EQ(name_of(records[7]), "*.wild.ctbto.int");
  EXPECT_EQ(records[8].rdata, "\1\2\3");
  EXPECT_EQ(name_of(records[11]), "mx.ctbto.org");
  EXPECT_TRUE(zones->warnings.empty()) << render(zones->warnings);
}

struct SlipRow {
  std::string text;  ///< after the head
  int line;
  int column;
  std::string message;
};

TEST(Zone, ErrorsNameTheirPlace) {
  const std::vector<SlipRow> rows = {
      {"mx A 192.0.2.300\n", 4, 6, "A needs an IPv4 address"},
      {"mx A 192.0.2.1 192.0.2.2\n", 4, 16, "too much"},
      {"mx A\n", 4, 4, "ends too early"},
      {"mx AAAA 192.0.2.1\n", 4, 9, "AAAA needs an IPv6 address"},
      {"@ MX mx 10\n", 4, 6, "MX needs a preference"},
      {"@ MX 70000 mx\n", 4, 6, "expected at most 65535"},
      {"@ MX 10\n", 4, 3, "ends too early"},
      {"@ MX 10 a..b\n", 4, 9, "not a domain name"},
      {"@ MX 10 \"mx\"\n", 4, 9, "expected a domain name"},
      {"mx TLSA 3 1 1 xyz\n", 4, 15, "TLSA needs"},
      {"mx TLSA 3 1 300 aa\n", 4, 13, "expected at most 255"},
      {"mx TXT \"" + std::string(256, 'x') + "\"\n", 4, 8, "at most 255 octets"},
      {"mx TXT \"open\n", 4, 8, "without a closing"},
      {"mx ( A 192.0.2.1\n", 4, 4, "'(' without ')'"},
      {"mx A 192.0.2.1 )\n", 4, 16, "')' without '('"},
      {"mx (( A 192.0.2.1 ))\n", 4, 5, "inside parentheses"},
      {"mx AAA 192.0.2.1\n", 4, 4, "not a record type"},
      {"mx ANY 192.0.2.1\n", 4, 4, "not a record type"},
      {"mx 300\n", 4, 4, "without type"},
      {"mx 99999999999 A 192.0.2.1\n", 4, 4, "not a TTL"},
      {"mx 5x A 192.0.2.1\n", 4, 4, "not a TTL"},
      {"mx CH A 192.0.2.1\n", 4, 4, "expected IN"},
      {"mx DNAME ctbto.org.\n", 4, 4, "DNAME is not supported"},
      {"$INCLUDE other.zone\n", 4, 1, "expected $ORIGIN or $TTL"},
      {"$TTTL 5\n", 4, 1, "not a directive"},
      {"$TTL\n", 4, 1, "expected one"},
      {"$TTL soon\n", 4, 6, "not a TTL"},
      {"$ORIGIN a..b.\n", 4, 9, "not a domain name"},
      {"mx A 192.0.2.\0001\n"s, 4, 14, "NUL byte"},
      {"mx TXT a\\\n", 4, 8, "nothing after it"},
      {"mx.ctbto.org. A 192.0.2.1\n", 4, 1, "in none of the zones"},
      {"@ SOA ns hostmaster 1 2 3 4 5\n", 4, 1, "a second SOA record"},
      {"mx CNAME a\nmx A 192.0.2.1\n", 4, 1, "nothing beside a CNAME"},
      {"mx CNAME a\nmx CNAME b\n", 4, 1, "nothing beside a CNAME"},
      {"a 1 A 192.0.2.1\n\n; fine\nb 1 A 192.0.2.256 ; not\n", 7, 7, "IPv4"},
  };
  for (const SlipRow& row : rows) {
    const Parsed<ZoneSet> zones = load_zones(head + row.text, "z");
    ASSERT_FALSE(zones) << row.text;
    const Diagnostic first = zones.error().front();
    EXPECT_EQ(first.at, (SourcePosition{"z", row.line, row.column})) << row.text << render(zones.error());
    EXPECT_THAT(first.message, HasSubstr(row.message)) << row.text;
    EXPECT_EQ(first.severity, Severity::error);
    EXPECT_FALSE(first.source_line.empty()) << row.text;
  }
}

TEST(Zone, ErrorsWithoutHead) {
  struct Row {
    std::string text;
    int line;
    std::string message;
  };
  for (const Row& row : {Row{"", 0, "no SOA"}, Row{"$ORIGIN a.\n$TTL 5\nb A 192.0.2.1\n", 0, "no SOA"},
                         Row{"mx A 192.0.2.1\n", 1, "no $ORIGIN is given"}, Row{"mx. A 192.0.2.1\n", 1, "no TTL"},
                         Row{" A 192.0.2.1\n", 1, "there is none"}, Row{"mx. 5 MX 10 a\n", 1, "no $ORIGIN is given"}}) {
    const Parsed<ZoneSet> zones = load_zones(row.text, "z");
    ASSERT_FALSE(zones) << row.text;
    EXPECT_EQ(zones.error().front().at.line, row.line) << row.text;
    EXPECT_THAT(zones.error().front().message, HasSubstr(row.message)) << row.text;
  }
  EXPECT_FALSE(load_zone_file("no/such/file", "no/such/file"));
  EXPECT_FALSE(load_zone_file("/", "a folder"));
  const Parsed<ZoneSet> many = load_zones(std::string(5000, 'x') + std::string(10000, '\n') + "x\n", "z");
  EXPECT_FALSE(many);
}

TEST(Zone, WarningsForWhatLooksLikeASlip) {
  const std::vector<SlipRow> rows = {
      {"@ MX 10 mx.ctbto.int\nmx A 192.0.2.1\n", 4, 9, "'mx.ctbto.int' without trailing dot means"},
      {"mx.ctbto.int A 192.0.2.1\n", 4, 1, "without trailing dot"},
      {"@ MX 10 alias\nalias CNAME mx\nmx A 192.0.2.1\n", 4, 1, "which is a CNAME"},
      {"@ NS alias\nalias CNAME mx\nmx A 192.0.2.1\n", 4, 1, "which is a CNAME"},
      {"@ MX 10 nowhere\n", 4, 1, "has no address here"},
      {"a CNAME b\nb CNAME a\n", 4, 1, "leads back to itself"},
      {"sub NS ns.example.\n", 4, 1, "is delegated, but its zone is not here"},
      {"a TXT v=spf1 -all\n", 4, 14, "words without quotes"},
      {"a A 192.0.2.1\na A 192.0.2.1\n", 5, 1, "here twice"},
  };
  for (const SlipRow& row : rows) {
    const Parsed<ZoneSet> zones = load_zones(head + row.text, "z");
    ASSERT_TRUE(zones) << row.text << render(zones.error());
    ASSERT_FALSE(zones->warnings.empty()) << row.text;
    EXPECT_EQ(zones->warnings[0].at, (SourcePosition{"z", row.line, row.column})) << render(zones->warnings);
    EXPECT_THAT(zones->warnings[0].message, HasSubstr(row.message));
    EXPECT_EQ(zones->warnings[0].severity, Severity::warning);
  }
  const std::string fine =
      "@ MX 0 .\n@ MX 10 any.wild\n@ MX 20 mx.example.\n*.wild A 192.0.2.1\nint A 192.0.2.1\nnotctbto.int A "
      "192.0.2.1\n";
  const Parsed<ZoneSet> zones = load_zones(head + fine, "z");
  ASSERT_TRUE(zones);
  EXPECT_TRUE(zones->warnings.empty()) << render(zones->warnings);
}

TEST(Zone, OneSetFromSeveralFiles) {
  const Parsed<ZoneSet> zones =
      load_zones({{"int.zone", head + "mx A 192.0.2.1\n"},
                  {"org.zone", "$ORIGIN ctbto.org.\n$TTL 5\n@ SOA a b 1 2 3 4 5\nx A 192.0.2.2\n"}});
  ASSERT_TRUE(zones) << render(zones.error());
  EXPECT_EQ(zones->records.size(), 4U);
  EXPECT_EQ(zones->records[3].at.file, "org.zone");
  const Parsed<ZoneSet> wrong = load_zones({{"int.zone", head}, {"org.zone", "x.org. 5 A 192.0.2.2\n"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error()[0].at.file, "org.zone");
}

TEST(Zone, RecordsForChangesAtRunTime) {
  const SourcePosition at{"scenario.yaml", 12, 5};
  const Parsed<Record> record = parse_record("mx.ctbto.int 60 MX 10 mx2.ctbto.int.", at);
  ASSERT_TRUE(record) << render(record.error());
  EXPECT_EQ(name_of(*record), "mx.ctbto.int");
  EXPECT_EQ(record->ttl_s, 60U);
  EXPECT_EQ(record->rdata, "\0\x0a"s + *talk::to_wire_name("mx2.ctbto.int"));
  EXPECT_EQ(record->at, at);
  EXPECT_EQ(parse_record("a.example A 192.0.2.1", at)->ttl_s, 300U);
  for (const std::string text : {"", "a A", "a A 192.0.2.1\nb A 192.0.2.2", "$TTL 5", "a AA 1", " A 192.0.2.1"}) {
    const Parsed<Record> wrong = parse_record(text, at);
    ASSERT_FALSE(wrong) << text;
    EXPECT_EQ(wrong.error()[0].at, at) << text;
  }
}

TEST(Zone, OverlayReplacesWholeZones) {
  const ZoneSet base =
      *load_zones(head + "mx A 192.0.2.1\nold A 192.0.2.3\nsub SOA a b 1 2 3 4 5\nx.sub A 192.0.2.4\n", "base");
  const ZoneSet stale = *load_zones(head + "mx A 192.0.2.2\n", "stale");
  const ZoneSet both = overlay(base, stale);
  std::vector<std::string> found;
  for (const Record& record : both.records) {
    if (record.type == RecordType::a) found.push_back(name_of(record) + " " + record.at.file);
  }
  EXPECT_THAT(found, testing::UnorderedElementsAre("mx.ctbto.int stale", "x.sub.ctbto.int base"));
}

}  // namespace
}  // namespace watershed::dns
