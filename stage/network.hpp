// The network as everything in the world sees it: streams, listeners and datagrams between addresses.
//
// MemoryNetwork (simulated lane) and TcpNetwork (real sockets) implement it, so the same SMTP code serves both.
#pragma once

#include "base/ip_address.hpp"
#include "base/result.hpp"
#include "stage/journal.hpp"
#include "stage/task.hpp"
#include "stage/time.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace watershed::stage {

enum class IoStatus { ok, closed, reset, timed_out };
enum class ConnectError { refused, unreachable, timed_out };

std::string_view to_string(IoStatus status);
std::string_view to_string(ConnectError error);

/// One end of a connection. Reads and writes of one end are not concurrent with themselves.
class Stream {
 public:
  virtual ~Stream() = default;

  /// Appends at least one byte to `into`, or says why not. `closed`: the peer ended in good order.
  virtual Task<IoStatus> read(std::string& into, Time deadline) = 0;
  /// All bytes, or the reason why not. `bytes` must live until the task ends.
  virtual Task<IoStatus> write(std::string_view bytes, Time deadline) = 0;
  /// Ends in good order; what was written still arrives. Destruction closes too.
  virtual void close() = 0;
  /// Ends at once: the peer sees a reset.
  virtual void abort() = 0;

  ConnectionId id() const { return id_; }
  const Endpoint& local() const { return local_; }
  const Endpoint& peer() const { return peer_; }

 protected:
  ConnectionId id_ = 0;  // the same number at both ends
  Endpoint local_;
  Endpoint peer_;
};

class Listener {
 public:
  virtual ~Listener() = default;
  /// The next connection; nothing when the listener was closed.
  virtual Task<std::unique_ptr<Stream>> accept() = 0;
  virtual void close() = 0;
  virtual Endpoint local() const = 0;
};

/// The answer to a datagram, or nothing: then the asker waits in vain.
using DatagramHandler = std::function<Task<std::optional<std::string>>(std::string query, Endpoint from)>;

class Network {
 public:
  virtual ~Network() = default;

  virtual Task<Result<std::unique_ptr<Stream>, ConnectError>> connect(IpAddress from, Endpoint to, Time deadline) = 0;
  /// Port 0 takes a free one; Listener::local tells which.
  virtual Result<std::unique_ptr<Listener>, Error> listen(Endpoint at) = 0;
  /// Serves datagrams at an endpoint as long as the network lives. Port 0 takes a free one; the endpoint is returned.
  virtual Result<Endpoint, Error> serve_datagrams(Endpoint at, DatagramHandler handler) = 0;
  /// Sends one datagram and waits for one answer; nothing when none came by the deadline.
  virtual Task<std::optional<std::string>> ask(IpAddress from, Endpoint to, std::string query, Time deadline) = 0;
};

}  // namespace watershed::stage
