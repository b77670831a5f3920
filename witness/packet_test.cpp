// What must hold of single packets: addresses, ports, flags and payload as sent; malformed ones are errors.
#include "witness/packet.hpp"

#include "witness/test_packets.hpp"

#include <gmock/gmock.h>

namespace watershed::witness {
namespace {

const Endpoint station = endpoint("198.51.100.10", 40000);
const Endpoint mx = endpoint("192.0.2.25", 25);

TEST(PacketTest, ReadsTcpOverIpv4) {
  const std::string bytes = tcp_packet(station, mx, 17, {.syn = true, .ack = false}, "");
  const auto packet = decode_packet(raw(bytes, 5));
  ASSERT_TRUE(packet && *packet);
  EXPECT_EQ((*packet)->protocol, Protocol::tcp);
  EXPECT_EQ((*packet)->from, station);
  EXPECT_EQ((*packet)->to, mx);
  EXPECT_EQ((*packet)->unix_ns, 5);
  EXPECT_EQ((*packet)->tcp.sequence, 17U);
  EXPECT_TRUE((*packet)->tcp.syn);
  EXPECT_FALSE((*packet)->tcp.ack);
}

TEST(PacketTest, ReadsUdpOverIpv6WithPayload) {
  const Endpoint from = endpoint("2001:db8::1", 1000);
  const Endpoint to = endpoint("2001:db8::53", 53);
  const std::string bytes = udp_packet(from, to, "question");
  const auto packet = decode_packet(raw(bytes));
  ASSERT_TRUE(packet && *packet);
  EXPECT_EQ((*packet)->protocol, Protocol::udp);
  EXPECT_EQ((*packet)->from, from);
  EXPECT_EQ((*packet)->to, to);
  EXPECT_EQ((*packet)->payload, "question");
}

TEST(PacketTest, ReadsAddressesOfIcmp) {
  const auto packet = decode_packet(raw(with_ip({station.address, 0}, {mx.address, 0}, 1, "ping")));
  ASSERT_TRUE(packet && *packet);
  EXPECT_EQ((*packet)->protocol, Protocol::icmp);
  EXPECT_EQ((*packet)->to.address, mx.address);
}

TEST(PacketTest, PassesOverWhatIsNoIp) {
  const auto packet = decode_packet(raw(std::string(12, '\0') + "\x08\x06" + std::string(28, '\0')));
  ASSERT_TRUE(packet);
  EXPECT_FALSE(*packet);
}

TEST(PacketTest, EthernetPaddingIsNoPayload) {
  const std::string bytes = tcp_packet(station, mx, 1, {}, "ab") + std::string(8, '\0');
  EXPECT_EQ((*decode_packet(raw(bytes)))->payload, "ab");
}

TEST(PacketTest, SaysThatAPacketWasCut) {
  const std::string bytes = tcp_packet(station, mx, 1, {}, "abcdef");
  const std::string_view cut = std::string_view(bytes).substr(0, bytes.size() - 2);
  const auto packet = decode_packet({1, static_cast<std::uint32_t>(bytes.size()), LinkType::ethernet, cut});
  ASSERT_TRUE(packet && *packet);
  EXPECT_TRUE((*packet)->is_cut);
  EXPECT_EQ((*packet)->payload, "abcd");
}

TEST(PacketTest, EveryShorterHeaderIsAnError) {
  const std::string bytes = tcp_packet(station, mx, 1, {}, "");
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const std::string_view cut = std::string_view(bytes).substr(0, length);
    EXPECT_FALSE(decode_packet({1, static_cast<std::uint32_t>(length), LinkType::ethernet, cut})) << length;
  }
}

TEST(PacketTest, RefusesFragments) {
  std::string bytes = tcp_packet(station, mx, 1, {}, "x");
  bytes[14 + 6] = 0x20;  // more fragments
  EXPECT_FALSE(decode_packet(raw(bytes)));
}

}  // namespace
}  // namespace watershed::witness
