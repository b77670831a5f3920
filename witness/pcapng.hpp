// Writes captured packets as pcapng, which Wireshark opens. draft-ietf-opsawg-pcapng: Section Header Block, Interface
// Description Block, Enhanced Packet Blocks with nanosecond timestamps.
#pragma once

#include "base/result.hpp"
#include "witness/packet.hpp"

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

namespace watershed::witness {

/// The two blocks at the beginning of a file with one interface, and one packet's block: appended to `out`.
void append_pcapng_head(LinkType link, std::string_view device, std::uint32_t snapshot_octets, std::string& out);
void append_pcapng_packet(const RawPacket& packet, std::string& out);

/// A file that packets are written to as they come.
class PcapngFile {
 public:
  static Result<PcapngFile, Error> create(const std::string& path, LinkType link, std::string_view device,
                                          std::uint32_t snapshot_octets);

  void write(const RawPacket& packet);
  /// Writes what is left; false if anything could not be written.
  bool close();

 private:
  explicit PcapngFile(std::ofstream out) : out_(std::move(out)) {}

  std::ofstream out_;
  std::string block_;
};

}  // namespace watershed::witness
