// Any packets: nothing crashes, and what is said of a transaction is consistent. The input is cut into packets; each is
// either taken as it is or wrapped as a segment of one connection, so that reassembly and dialogue are reached as well.
#include "witness/rewritten.hpp"
#include "witness/witness.hpp"

#include "witness/test_packets.hpp"

#include <cstdlib>

namespace {

using namespace watershed::witness;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto client = endpoint("198.51.100.10", 40000);
  const auto server = endpoint("192.0.2.25", 25);
  const auto notices = endpoint("127.9.9.252", 9);
  AddressMap addresses;
  addresses.add(client.address, *parse_ip_address("127.9.9.2"));
  Rewriter rewriter(addresses, {notices.address, notices.port});
  Witness witness({.addresses = {client.address, server.address}});
  witness.take(raw(tcp_packet(client, server, 0, {.syn = true, .ack = false}, "")));
  witness.take(raw(tcp_packet(server, client, 0, {.syn = true}, "")));
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::uint32_t next[2] = {1, 1};
  while (rest.size() >= 3) {
    const auto how = static_cast<unsigned char>(rest[0]);
    const std::size_t length = std::min<std::size_t>(static_cast<unsigned char>(rest[1]), rest.size() - 3);
    const auto shift = static_cast<std::uint32_t>(static_cast<signed char>(rest[2]));
    const std::string payload(rest.substr(3, length));
    rest.remove_prefix(3 + length);
    const bool by_client = (how & 1) != 0;
    if ((how & 2) != 0) {
      const RawPacket packet{1, static_cast<std::uint32_t>(payload.size()), static_cast<LinkType>(how >> 4), payload};
      witness.take(packet);
      rewriter.take(packet, [&](const RawPacket& rewritten) { witness.take(rewritten); });
      rewriter.take(raw(udp_packet(client, notices, payload)),
                    [](const RawPacket& told) { require(told.bytes.size() == told.original_octets); });
      continue;
    }
    std::uint32_t& sequence = next[by_client ? 0 : 1];
    const std::uint32_t at = sequence + ((how & 4) != 0 ? shift : 0);
    const TcpFlags flags{.fin = how >= 0xf0, .rst = how == 0xe0};
    witness.take(raw(tcp_packet(by_client ? client : server, by_client ? server : client, at, flags, payload)));
    if ((how & 4) == 0) sequence += static_cast<std::uint32_t>(payload.size());
  }
  witness.finish(2);
  require(witness.open_transactions() == 0);
  for (const SmtpTransaction& transaction : witness.seen().transactions) {
    require(transaction.connection >= 1 && transaction.connection <= witness.seen().connections.size());
    for (const SeenRecipient& recipient : transaction.recipients) {
      if (transaction.is_accepted(recipient)) require(transaction.number > 0 && transaction.has_content);
    }
  }
  return 0;
}
