// Gives both ends of a TCP connection the same number where both are in this process, in one thread or in two, so that
// the client's facts and the server's can be joined.
#pragma once

#include "base/ip_address.hpp"
#include "stage/journal.hpp"

#include <map>
#include <mutex>
#include <utility>

namespace watershed::stage {

class ConnectionRegistry {
 public:
  /// The client's side, as soon as it has its port and before it connects: a new number.
  ConnectionId open(const Endpoint& client, const Endpoint& server);
  /// The server's side: the number of the client's end, or a new one when the client is outside this process.
  ConnectionId accept(const Endpoint& client, const Endpoint& server);
  /// The client's end is gone. Forgets the number if no server took it.
  void close(const Endpoint& client, const Endpoint& server);

 private:
  std::mutex mutex_;
  ConnectionId last_ = 0;
  std::map<std::pair<Endpoint, Endpoint>, ConnectionId> waiting_;  // opened, not accepted yet
};

}  // namespace watershed::stage
