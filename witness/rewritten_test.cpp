// Packets of a run on loopback addresses, as the world would have them.
#include "witness/rewritten.hpp"

#include "witness/test_packets.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace watershed::witness {
namespace {

struct Seen {
  std::string bytes;
  Packet packet;
};

class Rewriting : public testing::Test {
 protected:
  Rewriting() : rewriter_(map(), {*parse_ip_address("127.4.5.252"), 9}) {}

  static AddressMap map() {
    AddressMap addresses;
    addresses.add(*parse_ip_address("127.0.0.1"), *parse_ip_address("127.4.5.1"));
    addresses.add(*parse_ip_address("192.0.2.25"), *parse_ip_address("127.4.5.2"));
    addresses.add(*parse_ip_address("192.0.2.30"), *parse_ip_address("127.4.5.3"));
    return addresses;
  }

  std::vector<Seen> take(const std::string& bytes) {
    std::vector<Seen> seen;
    rewriter_.take(raw(bytes), [&](const RawPacket& packet) {
      const auto decoded = decode_packet(packet);
      EXPECT_TRUE(decoded && *decoded);
      if (decoded && *decoded) seen.push_back({std::string(packet.bytes), **decoded});
    });
    return seen;
  }

  Rewriter rewriter_;
};

TEST_F(Rewriting, BothEndsGetTheWorldsAddresses) {
  const auto seen = take(tcp_packet(endpoint("127.4.5.2", 4711), endpoint("127.4.5.3", 25), 7, {}, "EHLO"));
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].packet.from, endpoint("192.0.2.25", 4711));
  EXPECT_EQ(seen[0].packet.to, endpoint("192.0.2.30", 25));
  EXPECT_EQ(seen[0].packet.tcp.sequence, 7U);
  EXPECT_TRUE(seen[0].bytes.ends_with("EHLO"));
}

TEST_F(Rewriting, TheHeadersChecksumFits) {
  const auto seen = take(tcp_packet(endpoint("127.4.5.2", 4711), endpoint("127.4.5.3", 25), 7, {}, "x"));
  ASSERT_EQ(seen.size(), 1U);
  std::uint32_t sum = 0;
  for (std::size_t at = 14; at < 34; at += 2) {
    sum += static_cast<unsigned>(static_cast<unsigned char>(seen[0].bytes[at]) << 8 |
                                 static_cast<unsigned char>(seen[0].bytes[at + 1]));
  }
  EXPECT_EQ((sum & 0xffff) + (sum >> 16), 0xffffU);  // RFC 1071: with its checksum a header sums up to ones
}

TEST_F(Rewriting, LibcsResolverSpeaksForTheHostThatItAsks) {
  const auto asked = take(udp_packet(endpoint("127.0.0.1", 5353), endpoint("127.4.5.2", 53), "?"));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].packet.from, endpoint("192.0.2.25", 5353));
  const auto answered = take(udp_packet(endpoint("127.4.5.2", 53), endpoint("127.0.0.1", 5353), "!"));
  ASSERT_EQ(answered.size(), 1U);
  EXPECT_EQ(answered[0].packet.to, endpoint("192.0.2.25", 5353));
}

TEST_F(Rewriting, WhatIsNotInTheMapStays) {
  const auto seen = take(udp_packet(endpoint("127.4.5.77", 1), endpoint("127.4.5.2", 2), ""));
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].packet.from, endpoint("127.4.5.77", 1)) << "a stray, for the witness to report";
}

TEST_F(Rewriting, ANoticeBecomesThePacketThatWasNotSent) {
  const std::string v4("\2\6\0\x19\xcb\0\x71\x63\0\0\0\0\0\0\0\0\0\0\0\0", 20);
  const auto tcp = take(udp_packet(endpoint("127.4.5.2", 4711), endpoint("127.4.5.252", 9), v4));
  ASSERT_EQ(tcp.size(), 1U);
  EXPECT_EQ(tcp[0].packet.protocol, Protocol::tcp);
  EXPECT_TRUE(tcp[0].packet.tcp.syn);
  EXPECT_EQ(tcp[0].packet.from, endpoint("192.0.2.25", 4711));
  EXPECT_EQ(tcp[0].packet.to, endpoint("203.0.113.99", 25));
  const std::string v6("\x0a\x11\0\x35\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 20);
  const auto udp = take(udp_packet(endpoint("127.4.5.2", 4711), endpoint("127.4.5.252", 9), v6));
  ASSERT_EQ(udp.size(), 1U);
  EXPECT_EQ(udp[0].packet.protocol, Protocol::udp);
  EXPECT_EQ(udp[0].packet.to, endpoint("2001:db8::1", 53));
}

TEST_F(Rewriting, NobodyAnswersNotices) {
  EXPECT_TRUE(take(udp_packet(endpoint("127.4.5.252", 9), endpoint("127.4.5.2", 4711), "")).empty());
}

TEST_F(Rewriting, TruncatedPacketsAreHandedOver) {
  const std::string whole = udp_packet(endpoint("127.4.5.2", 4711), endpoint("127.4.5.252", 9), "short");
  for (std::size_t octets = 0; octets <= whole.size(); ++octets) {
    std::size_t count = 0;
    rewriter_.take(raw(whole.substr(0, octets)), [&](const RawPacket&) { ++count; });
    EXPECT_EQ(count, 1U) << octets;
  }
}

}  // namespace
}  // namespace watershed::witness
