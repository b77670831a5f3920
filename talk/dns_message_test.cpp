// Queries and answers as bytes, checked against ldns as the other side, and against bytes that no honest server sends.
#include "talk/dns_message.hpp"

#include "talk/dns_name.hpp"
#include "talk/dns_test_answers.hpp"

#include <gtest/gtest.h>

using namespace std::string_literals;

namespace watershed::talk {
namespace {

TEST(DnsName, ReadsTextAndWritesItBack) {
  EXPECT_EQ(*to_wire_name("mx.ctbto.int"), "\2mx\5ctbto\3int\0"s);
  EXPECT_EQ(*to_wire_name("mx.ctbto.int."), "\2mx\5ctbto\3int\0"s);
  EXPECT_EQ(*to_wire_name("."), "\0"s);
  EXPECT_EQ(to_text_name("\2mx\5ctbto\3int\0"s), "mx.ctbto.int");
  EXPECT_EQ(to_text_name("\0"s), ".");
  for (const std::string text : {"a\\.b.example", "a\\\\b.example", "\\000\\255x.example", "_25._tcp.mx.example"}) {
    EXPECT_EQ(to_text_name(*to_wire_name(text)), text);
  }
}

TEST(DnsName, RefusesWhatIsNoName) {
  const std::string label_64(64, 'a');
  std::string name_256 = "a";
  for (int label = 0; label < 127; ++label) name_256 += ".a";
  for (const std::string& text : {""s, "a..b"s, ".a"s, "a\0b"s, "a\\"s, "a\\999"s, label_64, name_256}) {
    EXPECT_FALSE(to_wire_name(text)) << text;
  }
  EXPECT_TRUE(to_wire_name(label_64.substr(1)));
  EXPECT_TRUE(to_wire_name(name_256.substr(2)));
}

TEST(DnsName, WalksWireNames) {
  const std::string name = *to_wire_name("mx.ctbto.int");
  EXPECT_EQ(parent_of(name), *to_wire_name("ctbto.int"));
  EXPECT_EQ(parent_of("\0"s), "\0"s);
  EXPECT_TRUE(is_at_or_below(name, name));
  EXPECT_TRUE(is_at_or_below(name, *to_wire_name("int")));
  EXPECT_TRUE(is_at_or_below(name, "\0"s));
  EXPECT_FALSE(is_at_or_below(name, *to_wire_name("to.int")));  // no label boundary
  EXPECT_FALSE(is_at_or_below(*to_wire_name("int"), name));
  EXPECT_EQ(wire_name_length(name + "rest"), name.size());
  EXPECT_EQ(wire_name_length(name.substr(0, 5)), 0U);
  EXPECT_EQ(wire_name_length("\xc0\x0c"s), 0U);
  EXPECT_EQ(wire_name_length(""), 0U);
  std::string long_name;
  for (int label = 0; label < 128; ++label) long_name += "\1a";
  EXPECT_EQ(wire_name_length(long_name + '\0'), 0U);
  EXPECT_EQ(wire_name_length(long_name.substr(2) + '\0'), 255U);
}

TEST(DnsMessage, QueryIsReadByLdns) {
  const auto wire = encode_query(0xbeef, "MX.ctbto.int", RecordType::mx, 1232);
  ASSERT_TRUE(wire);
  ldns_pkt* raw = nullptr;
  ASSERT_EQ(ldns_wire2pkt(&raw, octets(*wire), wire->size()), LDNS_STATUS_OK);
  const LdnsPacket packet(raw);
  EXPECT_EQ(ldns_pkt_id(raw), 0xbeef);
  EXPECT_FALSE(ldns_pkt_qr(raw));
  EXPECT_TRUE(ldns_pkt_rd(raw));
  EXPECT_EQ(ldns_pkt_edns_udp_size(raw), 1232);
  const ldns_rr* question = ldns_rr_list_rr(ldns_pkt_question(raw), 0);
  EXPECT_EQ(ldns_rr_get_type(question), LDNS_RR_TYPE_MX);
  EXPECT_EQ(to_text_name(bytes_of(ldns_rr_owner(question))), "MX.ctbto.int");
  EXPECT_EQ(encode_query(1, "a.example", RecordType::a, 0)->size(), 12U + 11 + 4);
  EXPECT_FALSE(encode_query(1, "a..example", RecordType::a, 0));
}

TEST(DnsMessage, EveryTypeIsDecoded) {
  const std::string wire =
      encode_answer(7, "w.example", RecordType::any,
                    {.rcode = 0,
                     .answer = {"w.example. 60 IN A 192.0.2.25", "w.example. 61 IN AAAA 2001:db8::25",
                                "W.Example. 62 IN MX 10 MX.W.example.", "w.example. 63 IN TXT \"v=spf1 \" \"-all\"",
                                "w.example. 64 IN CNAME c.example.", "w.example. 65 IN NS ns.example.",
                                "w.example. 66 IN SRV 1 2 25 s.example.", "w.example. 67 IN TLSA 3 1 1 aabb",
                                "w.example. 68 IN PTR p.example.", "w.example. 69 IN CAA 0 issue \"ca.example\""},
                     .authority = {"example. 300 IN SOA ns.example. root.example. 5 1 2 3 77"}});
  const auto answer = decode_answer(wire);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->id, 7);
  EXPECT_TRUE(answer->is_response);
  EXPECT_TRUE(answer->authoritative);
  EXPECT_EQ(answer->question_name, "w.example");
  ASSERT_EQ(answer->records.size(), 10U);
  const std::vector<DnsRecord>& records = answer->records;
  EXPECT_EQ(std::get<IpAddress>(records[0].data), *parse_ip_address("192.0.2.25"));
  EXPECT_EQ(std::get<IpAddress>(records[1].data), *parse_ip_address("2001:db8::25"));
  EXPECT_EQ(records[2], (DnsRecord{"w.example", RecordType::mx, 62, MailExchanger{10, "mx.w.example"}}));
  EXPECT_EQ(std::get<TextStrings>(records[3].data).strings, (std::vector<std::string>{"v=spf1 ", "-all"}));
  EXPECT_EQ(std::get<TextStrings>(records[3].data).joined(), "v=spf1 -all");
  EXPECT_EQ(std::get<TargetName>(records[4].data).name, "c.example");
  EXPECT_EQ(std::get<TargetName>(records[5].data).name, "ns.example");
  EXPECT_EQ(std::get<ServiceLocation>(records[6].data), (ServiceLocation{1, 2, 25, "s.example"}));
  EXPECT_EQ(std::get<TlsaAssociation>(records[7].data), (TlsaAssociation{3, 1, 1, "\xaa\xbb"}));
  EXPECT_EQ(std::get<TargetName>(records[8].data).name, "p.example");
  EXPECT_TRUE(std::holds_alternative<OpaqueData>(records[9].data));
  ASSERT_EQ(answer->authority.size(), 1U);
  EXPECT_EQ(std::get<StartOfAuthority>(answer->authority[0].data),
            (StartOfAuthority{"ns.example", "root.example", 5, 77}));
}

TEST(DnsMessage, HostileBytesAreAnError) {
  const std::string good =
      encode_answer(7, "w.example", RecordType::mx, {.answer = {"w.example. 60 IN MX 10 m.w.example."}});
  ASSERT_TRUE(decode_answer(good));
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(decode_answer(good.substr(0, size))) << size;
  const std::string header = "\0\1\x84\0\0\1\0\1\0\0\0\0"s;
  const std::string question = "\1a\0\0\1\0\1"s;
  // A name that points to itself, a pointer past the end, an A record of three octets.
  EXPECT_FALSE(decode_answer(header + question + "\xc0\x13\0\1\0\1\0\0\0\1\0\4abcd"s));
  EXPECT_FALSE(decode_answer(header + question + "\xff\xff\0\1\0\1\0\0\0\1\0\4abcd"s));
  EXPECT_FALSE(decode_answer(header + question + "\xc0\x0c\0\1\0\1\0\0\0\1\0\3abc"s));
  EXPECT_TRUE(decode_answer(header + question + "\xc0\x0c\0\1\0\1\0\0\0\1\0\4abcd"s));
  // A TTL with its first bit set is zero (RFC 2181 §8).
  EXPECT_EQ(decode_answer(header + question + "\xc0\x0c\0\1\0\1\x80\0\0\1\0\4abcd"s)->records.at(0).ttl_s, 0U);
}

TEST(DnsMessage, NamesOfTypesAndCodes) {
  EXPECT_EQ(to_string(RecordType::aaaa), "AAAA");
  EXPECT_EQ(to_string(RecordType::any), "ANY");
  EXPECT_EQ(to_string(static_cast<RecordType>(65280)), "TYPE65280");
  EXPECT_EQ(*parse_record_type("mx"), RecordType::mx);
  EXPECT_EQ(*parse_record_type("ANY"), RecordType::any);
  EXPECT_EQ(*parse_record_type("TYPE65280"), static_cast<RecordType>(65280));
  EXPECT_FALSE(parse_record_type("MXX"));
  EXPECT_FALSE(parse_record_type(""));
  EXPECT_EQ(to_string(Rcode::name_error), "NXDOMAIN");
  EXPECT_EQ(to_string(static_cast<Rcode>(23)), "RCODE23");
}

}  // namespace
}  // namespace watershed::talk
