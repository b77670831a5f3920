// What must hold of the witness as a whole: packets in, transactions, lookups, strays and faults out.
#include "witness/witness.hpp"

#include "witness/capture.hpp"
#include "witness/pcapng.hpp"
#include "witness/test_packets.hpp"

#include <gmock/gmock.h>

#include <filesystem>

namespace watershed::witness {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Endpoint station = endpoint("198.51.100.10", 40000);
const Endpoint mx = endpoint("192.0.2.25", 25);
const Endpoint dns = endpoint("192.0.2.53", 53);

Wire one_message() {
  Wire wire(station, mx);
  wire.open().server("220 mx\r\n").client("HELO s\r\n").server("250 mx\r\n").client("MAIL FROM:<a@s.example>\r\n");
  wire.server("250 Ok\r\n").client("RCPT TO:<b@c.example>\r\n").server("250 Ok\r\n").client("DATA\r\n");
  wire.server("354 go on\r\n").client("Subject: s\r\n\r\nbo").client("dy\r\n.\r\n").server("250 Ok: queued as 7\r\n");
  wire.client("QUIT\r\n").server("221 bye\r\n").close();
  return wire;
}

class WitnessTest : public ::testing::Test {
 protected:
  void take(const Wire& wire) {
    for (const Wire::Sent& sent : wire.packets) witness_.take(raw(sent.bytes, sent.unix_ns));
  }
  Witness witness_{{.addresses = {station.address, mx.address, dns.address}}};
};

TEST_F(WitnessTest, SeesAMessage) {
  take(one_message());
  const Seen& seen = witness_.seen();
  EXPECT_THAT(seen.faults, IsEmpty());
  EXPECT_THAT(seen.strays, IsEmpty());
  ASSERT_THAT(seen.connections, SizeIs(1));
  EXPECT_EQ(seen.connections[0].transactions, 1U);
  EXPECT_EQ(seen.connections[0].helo, "s");
  EXPECT_NE(seen.connections[0].closed_ns, 0);
  ASSERT_THAT(seen.transactions, SizeIs(1));
  EXPECT_EQ(seen.transactions[0].client, station);
  EXPECT_EQ(seen.transactions[0].server, mx);
  EXPECT_EQ(seen.transactions[0].content, "Subject: s\r\n\r\nbody\r\n");
  EXPECT_EQ(witness_.open_transactions(), 0U);
}

TEST_F(WitnessTest, SeesTheSameWhenPacketsAreRepeatedAndSwapped) {
  Wire wire = one_message();
  const std::size_t first_half = 11;  // "Subject …" and "dy …" come the wrong way round, the second one twice
  ASSERT_THAT(wire.packets[first_half].bytes, HasSubstr("bo"));
  std::swap(wire.packets[first_half], wire.packets[first_half + 1]);
  wire.packets.insert(wire.packets.begin() + first_half, wire.packets[first_half]);
  take(wire);
  EXPECT_THAT(witness_.seen().faults, IsEmpty());
  ASSERT_THAT(witness_.seen().transactions, SizeIs(1));
  EXPECT_EQ(witness_.seen().transactions[0].content, "Subject: s\r\n\r\nbody\r\n");
}

TEST_F(WitnessTest, EveryMissingSegmentMakesTheEvidenceIncomplete) {
  const Wire whole = one_message();
  for (std::size_t missing = 0; missing + 2 < whole.packets.size(); ++missing) {
    Witness witness({.addresses = {station.address, mx.address}});
    for (std::size_t index = 0; index < whole.packets.size(); ++index) {
      if (index != missing) witness.take(raw(whole.packets[index].bytes, whole.packets[index].unix_ns));
    }
    witness.finish(1);
    EXPECT_THAT(witness.seen().faults, Not(IsEmpty())) << missing;
  }
}

TEST_F(WitnessTest, AConnectionWithoutItsBeginningIsAFault) {
  Wire wire = one_message();
  wire.packets.erase(wire.packets.begin(), wire.packets.begin() + 2);
  take(wire);
  ASSERT_THAT(witness_.seen().faults, SizeIs(1));
  EXPECT_THAT(witness_.seen().faults[0].text, HasSubstr("beginning"));
}

TEST_F(WitnessTest, SeesARefusedConnectionAndAnOpenTransaction) {
  Wire refused(endpoint("198.51.100.10", 40001), mx);
  refused.open();
  refused.packets.pop_back();
  take(refused.reset(false));
  ASSERT_THAT(witness_.seen().connections, SizeIs(1));
  EXPECT_TRUE(witness_.seen().connections[0].is_refused);
  Wire open = one_message();
  open.packets.resize(8);
  take(open);
  EXPECT_EQ(witness_.open_transactions(), 1U);
  witness_.finish(9);
  EXPECT_EQ(witness_.open_transactions(), 0U);
  ASSERT_THAT(witness_.seen().transactions, SizeIs(1));
  EXPECT_EQ(witness_.seen().transactions[0].end, TransactionEnd::lost);
}

TEST_F(WitnessTest, ReusedPortsBeginANewConnection) {
  take(one_message());
  take(one_message());
  EXPECT_THAT(witness_.seen().connections, SizeIs(2));
  EXPECT_THAT(witness_.seen().transactions, SizeIs(2));
  EXPECT_THAT(witness_.seen().faults, IsEmpty());
}

TEST_F(WitnessTest, APacketToAStrangerIsAStray) {
  const Endpoint outside = endpoint("203.0.113.99", 25);
  witness_.take(raw(tcp_packet(station, outside, 1, {.syn = true, .ack = false}, "")));
  witness_.take(raw(with_ip({mx.address, 0}, {outside.address, 0}, 1, "ping")));
  ASSERT_THAT(witness_.seen().strays, SizeIs(2));
  EXPECT_EQ(witness_.seen().strays[0].to, outside);
  EXPECT_EQ(witness_.seen().strays[1].protocol, Protocol::icmp);
}

TEST_F(WitnessTest, PairsQuestionsWithAnswers) {
  std::string question = *talk::encode_query(77, "ctbto.int", talk::RecordType::mx, 1232);
  std::string answer = *talk::encode_query(77, "ctbto.int", talk::RecordType::mx, 0);
  answer[2] = static_cast<char>(0x84);  // QR, AA
  answer[3] = 3;                        // NXDOMAIN
  const Endpoint asker = endpoint("192.0.2.25", 5000);
  witness_.take(raw(udp_packet(asker, dns, question), 10));
  witness_.take(raw(udp_packet(asker, dns, question), 11));
  witness_.take(raw(udp_packet(dns, asker, answer), 12));
  Wire tcp(asker, dns);
  const auto framed = [](const std::string& message) {
    std::string out;
    append_octets(out, message.size(), 2);
    return out + message;
  };
  tcp.open().client(framed(question).substr(0, 5)).client(framed(question).substr(5)).server(framed(answer)).close();
  take(tcp);
  ASSERT_THAT(witness_.seen().lookups, SizeIs(2));
  for (const SeenLookup& lookup : witness_.seen().lookups) {
    EXPECT_EQ(lookup.client, asker);
    EXPECT_EQ(lookup.name, "ctbto.int");
    EXPECT_EQ(lookup.type, talk::RecordType::mx);
    EXPECT_EQ(lookup.rcode, talk::Rcode::name_error);
  }
  EXPECT_FALSE(witness_.seen().lookups[0].over_tcp);
  EXPECT_TRUE(witness_.seen().lookups[1].over_tcp);
}

TEST_F(WitnessTest, DropsAreCountedOnceAndMakeTheEvidenceIncomplete) {
  witness_.note_drops(0, 1);
  EXPECT_THAT(witness_.seen().faults, IsEmpty());
  witness_.note_drops(3, 1);
  witness_.note_drops(3, 2);
  EXPECT_THAT(witness_.seen().faults, SizeIs(1));
}

TEST_F(WitnessTest, ReadsBackWhatThePcapngFileHolds) {
  const std::string path = (std::filesystem::temp_directory_path() / "watershed-witness-test.pcapng").string();
  auto file = PcapngFile::create(path, LinkType::ethernet, "lo", 262'144);
  ASSERT_TRUE(file);
  const Wire wire = one_message();
  for (const Wire::Sent& sent : wire.packets) file->write(raw(sent.bytes, sent.unix_ns));
  ASSERT_TRUE(file->close());
  std::size_t index = 0;
  const auto count = read_savefile(path, [&](const RawPacket& packet) {
    EXPECT_EQ(packet.bytes, wire.packets[index].bytes);
    EXPECT_EQ(packet.unix_ns, wire.packets[index].unix_ns);
    ++index;
    witness_.take(packet);
  });
  std::filesystem::remove(path);
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, wire.packets.size());
  EXPECT_THAT(witness_.seen().transactions, SizeIs(1));
}

}  // namespace
}  // namespace watershed::witness
