// Sorts TCP segments into connections and hands out their bytes in order. RFC 9293.
#pragma once

#include "witness/packet.hpp"
#include "witness/reassembly.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace watershed::witness {

struct TcpConnection {
  std::uint64_t number = 0;  ///< from 1, in order of appearance
  Endpoint client;           ///< who sent the SYN
  Endpoint server;
  std::int64_t opened_ns = 0;
  std::int64_t closed_ns = 0;  ///< 0: open
  bool is_established = false;
  bool is_refused = false;  ///< reset without ever being established
  bool is_reset = false;
  Reassembly from_client;
  Reassembly from_server;
};

/// What becomes of connections. The references live as long as the table.
class TcpObserver {
 public:
  virtual ~TcpObserver() = default;
  virtual void on_open(const TcpConnection& connection) = 0;
  virtual void on_bytes(const TcpConnection& connection, bool from_client, std::string_view bytes,
                        std::int64_t unix_ns) = 0;
  /// Both sides ended, one reset, or the ports began a new connection. Gaps and conflicts are known now.
  virtual void on_close(const TcpConnection& connection) = 0;
  /// A segment with content belongs to no connection whose beginning was seen.
  virtual void on_unknown(const Packet& segment) = 0;
};

class TcpConnections {
 public:
  explicit TcpConnections(TcpObserver& observer) : observer_(observer) {}

  void take(const Packet& segment);
  /// The capture is over: what is open is closed as it stands.
  void finish(std::int64_t unix_ns);

 private:
  using Key = std::pair<Endpoint, Endpoint>;  // the smaller end first
  struct Entry {
    TcpConnection connection;
    std::uint32_t initial_sequence = 0;
    bool is_client_done = false;
    bool is_server_done = false;
  };

  Entry* open(const Packet& segment, std::unique_ptr<Entry>& place);
  void follow(Entry& entry, const Packet& segment);
  void close(Entry& entry, std::int64_t unix_ns);

  TcpObserver& observer_;
  std::map<Key, std::unique_ptr<Entry>> entries_;
  std::map<Key, bool> reported_;
  std::uint64_t count_ = 0;
  std::string bytes_;  // reused
};

}  // namespace watershed::witness
