// See connection_registry.hpp.
#include "stage/connection_registry.hpp"

namespace watershed::stage {

ConnectionId ConnectionRegistry::open(const Endpoint& client, const Endpoint& server) {
  const std::lock_guard lock(mutex_);
  return waiting_[{client, server}] = ++last_;
}

ConnectionId ConnectionRegistry::accept(const Endpoint& client, const Endpoint& server) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find({client, server});
  if (found == waiting_.end()) return ++last_;
  const ConnectionId id = found->second;
  waiting_.erase(found);
  return id;
}

void ConnectionRegistry::close(const Endpoint& client, const Endpoint& server) {
  const std::lock_guard lock(mutex_);
  waiting_.erase({client, server});
}

}  // namespace watershed::stage
