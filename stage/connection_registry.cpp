// See connection_registry.hpp.
#include "stage/connection_registry.hpp"

namespace watershed::stage {

std::vector<NumberedConnection> ConnectionRegistry::log() const {
  const std::lock_guard lock(mutex_);
  return log_;
}

ConnectionId ConnectionRegistry::next(const Endpoint& client, const Endpoint& server) {
  if (keeps_log_) log_.push_back({client, server, last_ + 1});
  return ++last_;
}

ConnectionId ConnectionRegistry::open(const Endpoint& client, const Endpoint& server) {
  const std::lock_guard lock(mutex_);
  return waiting_[{client, server}] = next(client, server);
}

ConnectionId ConnectionRegistry::accept(const Endpoint& client, const Endpoint& server) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find({client, server});
  if (found == waiting_.end()) return next(client, server);
  const ConnectionId id = found->second;
  waiting_.erase(found);
  return id;
}

void ConnectionRegistry::close(const Endpoint& client, const Endpoint& server) {
  const std::lock_guard lock(mutex_);
  waiting_.erase({client, server});
}

}  // namespace watershed::stage
