// What is remembered for how long (RFC 2308), and what an answer means.
#include "talk/dns_cache.hpp"

#include <gtest/gtest.h>

namespace watershed::talk {
namespace {

using std::chrono::seconds;

DnsLookup lookup_of(LookupStatus status, std::uint32_t ttl_s) {
  return {.status = status, .records = {}, .canonical_name = "a.example", .ttl_s = ttl_s};
}

TEST(DnsCache, ForgetsWhenTheTtlIsOver) {
  DnsCache cache;
  cache.store("A.example.", RecordType::mx, lookup_of(LookupStatus::ok, 60), seconds(100));
  ASSERT_NE(cache.find("a.EXAMPLE", RecordType::mx, seconds(159)), nullptr);
  EXPECT_EQ(cache.find("a.example", RecordType::mx, seconds(160)), nullptr);
  EXPECT_EQ(cache.find("a.example", RecordType::a, seconds(100)), nullptr);
  EXPECT_EQ(cache.find("b.example", RecordType::mx, seconds(100)), nullptr);
  cache.clear();
  EXPECT_EQ(cache.find("a.example", RecordType::mx, seconds(100)), nullptr);
}

TEST(DnsCache, KeepsNegativeAnswersButNoFailures) {
  struct Row {
    LookupStatus status;
    std::uint32_t ttl_s;
    int kept_until_s;
  };
  for (const Row& row :
       {Row{LookupStatus::ok, 1000, 500}, Row{LookupStatus::nodata, 1000, 200}, Row{LookupStatus::nxdomain, 50, 50},
        Row{LookupStatus::servfail, 60, 0}, Row{LookupStatus::timeout, 60, 0}, Row{LookupStatus::ok, 0, 0}}) {
    DnsCache cache({.entries_max = 10, .positive_ttl_s_max = 500, .negative_ttl_s_max = 200});
    cache.store("a.example", RecordType::a, lookup_of(row.status, row.ttl_s), seconds(0));
    EXPECT_EQ(cache.find("a.example", RecordType::a, seconds(row.kept_until_s)), nullptr) << to_string(row.status);
    if (row.kept_until_s > 0) {
      EXPECT_NE(cache.find("a.example", RecordType::a, seconds(row.kept_until_s - 1)), nullptr)
          << to_string(row.status);
    }
  }
}

TEST(DnsCache, IsBounded) {
  DnsCache cache({.entries_max = 3});
  for (const char* name : {"a", "b", "c", "a", "d"}) {
    cache.store(name, RecordType::a, lookup_of(LookupStatus::ok, 60), seconds(0));
  }
  EXPECT_EQ(cache.size(), 3U);
  EXPECT_EQ(cache.find("a", RecordType::a, seconds(0)), nullptr);
  for (const char* name : {"b", "c", "d"}) EXPECT_NE(cache.find(name, RecordType::a, seconds(0)), nullptr) << name;
}

DnsRecord alias(std::string name, std::string target, std::uint32_t ttl_s) {
  return {std::move(name), RecordType::cname, ttl_s, TargetName{std::move(target)}};
}
DnsRecord mx(std::string name, std::uint32_t ttl_s) {
  return {std::move(name), RecordType::mx, ttl_s, MailExchanger{10, "mx.example"}};
}
DnsRecord soa(std::uint32_t ttl_s, std::uint32_t minimum_s) {
  return {"example", RecordType::soa, ttl_s, StartOfAuthority{"ns.example", "root.example", 1, minimum_s}};
}

TEST(DnsInterpret, TellsAnswersApart) {
  struct Row {
    std::string what;
    Rcode rcode;
    std::vector<DnsRecord> records;
    std::vector<DnsRecord> authority;
    LookupStatus status;
    std::size_t record_count;
    std::string canonical_name;
    std::uint32_t ttl_s;
  };
  const std::vector<Row> rows = {
      {"answer", Rcode::no_error, {mx("a.example", 60), mx("a.example", 50)}, {}, LookupStatus::ok, 2, "a.example", 50},
      {"somebody else's record",
       Rcode::no_error,
       {mx("b.example", 60)},
       {soa(9, 9)},
       LookupStatus::nodata,
       0,
       "a.example",
       9},
      {"chain",
       Rcode::no_error,
       {alias("a.example", "b.example", 7), mx("b.example", 60)},
       {},
       LookupStatus::ok,
       1,
       "b.example",
       7},
      {"chain out of order",
       Rcode::no_error,
       {mx("b.example", 60), alias("a.example", "b.example", 7)},
       {},
       LookupStatus::ok,
       1,
       "b.example",
       7},
      {"open chain", Rcode::no_error, {alias("a.example", "b.example", 7)}, {}, LookupStatus::ok, 0, "b.example", 7},
      {"loop",
       Rcode::no_error,
       {alias("a.example", "b.example", 7), alias("b.example", "a.example", 7)},
       {},
       LookupStatus::servfail,
       0,
       "a.example",
       0},
      {"nodata", Rcode::no_error, {}, {soa(300, 100)}, LookupStatus::nodata, 0, "a.example", 100},
      {"nodata, short SOA", Rcode::no_error, {}, {soa(30, 100)}, LookupStatus::nodata, 0, "a.example", 30},
      {"nodata without SOA", Rcode::no_error, {}, {}, LookupStatus::nodata, 0, "a.example", 0},
      {"nxdomain", Rcode::name_error, {}, {soa(300, 100)}, LookupStatus::nxdomain, 0, "a.example", 100},
      {"chain to nowhere",
       Rcode::name_error,
       {alias("a.example", "b.example", 7)},
       {soa(300, 100)},
       LookupStatus::nxdomain,
       0,
       "b.example",
       7},
      {"servfail", Rcode::server_failure, {}, {}, LookupStatus::servfail, 0, "a.example", 0},
      {"refused", Rcode::refused, {mx("a.example", 60)}, {}, LookupStatus::servfail, 0, "a.example", 0},
  };
  for (const Row& row : rows) {
    DnsAnswer answer;
    answer.rcode = row.rcode;
    answer.records = row.records;
    answer.authority = row.authority;
    const DnsLookup lookup = interpret(answer, "A.example.", RecordType::mx);
    EXPECT_EQ(lookup.status, row.status) << row.what;
    EXPECT_EQ(lookup.records.size(), row.record_count) << row.what;
    if (lookup.status != LookupStatus::servfail) {
      EXPECT_EQ(lookup.canonical_name, row.canonical_name) << row.what;
    }
    EXPECT_EQ(lookup.ttl_s, row.ttl_s) << row.what;
  }
}

}  // namespace
}  // namespace watershed::talk
