// Gives both ends of a TCP connection the same number where both are in this process, in one thread or in two, so that
// the client's facts and the server's can be joined.
#pragma once

#include "base/ip_address.hpp"
#include "stage/journal.hpp"

#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace watershed::stage {

struct NumberedConnection {
  Endpoint client;
  Endpoint server;
  ConnectionId id = 0;
};

class ConnectionRegistry {
 public:
  /// Writes down every number that is given, for `log()`: a capture of the network is joined to the facts by it.
  void keep_log() { keeps_log_ = true; }
  std::vector<NumberedConnection> log() const;

  /// The client's side, as soon as it has its port and before it connects: a new number.
  ConnectionId open(const Endpoint& client, const Endpoint& server);
  /// The server's side: the number of the client's end, or a new one when the client is outside this process.
  ConnectionId accept(const Endpoint& client, const Endpoint& server);
  /// The client's end is gone. Forgets the number if no server took it.
  void close(const Endpoint& client, const Endpoint& server);

 private:
  ConnectionId next(const Endpoint& client, const Endpoint& server);

  mutable std::mutex mutex_;
  bool keeps_log_ = false;
  std::vector<NumberedConnection> log_;
  ConnectionId last_ = 0;
  std::map<std::pair<Endpoint, Endpoint>, ConnectionId> waiting_;  // opened, not accepted yet
};

}  // namespace watershed::stage
