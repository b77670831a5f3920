// Where packets come from: libpcap on a device, or a savefile. pcap(3PCAP).
#pragma once

#include "base/result.hpp"
#include "witness/packet.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace watershed::witness {

using PacketSink = std::function<void(const RawPacket&)>;

struct CaptureOptions {
  std::string device = "lo";
  int snapshot_octets = 262'144;   ///< the greatest packet that a loopback device carries, and more
  int buffer_octets = 64'000'000;  ///< what the kernel holds between two polls
  int retire_ms = 2;               ///< how long the kernel may keep a packet back
  std::string filter;              ///< pcap-filter(7); empty: everything
};

/// A capture that runs until it is destroyed. It needs CAP_NET_RAW in the device's network namespace.
class LiveCapture {
 public:
  static Result<LiveCapture, Error> open(const CaptureOptions& options);

  /// Hands over what has come since the last call, without waiting. The number of packets, or why the capture broke.
  Result<std::size_t, Error> poll(const PacketSink& sink);

  /// Takes only what the filter lets through from now on: pcap-filter(7); empty: everything.
  Result<void, Error> set_filter(const std::string& filter);

  /// Readable when packets are there, for select(2) and the like.
  int descriptor() const;
  LinkType link() const { return link_; }
  /// Packets that the kernel could not hold, since the beginning. One where it does not say: it may be any number.
  std::uint64_t dropped() const;

 private:
  struct Close {
    void operator()(void* handle) const;
  };
  explicit LiveCapture(void* handle);

  std::unique_ptr<void, Close> handle_;  // pcap_t
  LinkType link_ = LinkType::ethernet;
};

/// Hands over the packets of a pcap or pcapng file.
Result<std::size_t, Error> read_savefile(const std::string& path, const PacketSink& sink);

}  // namespace watershed::witness
