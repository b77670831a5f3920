// See memory_network.hpp.
#include "stage/memory_network.hpp"

#include "stage/signal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::stage {

std::string_view to_string(IoStatus status) {
  switch (status) {
    case IoStatus::ok:
      return "ok";
    case IoStatus::closed:
      return "connection closed";
    case IoStatus::reset:
      return "connection reset by peer";
    case IoStatus::timed_out:
      return "timed out";
  }
  return "?";
}

std::string_view to_string(ConnectError error) {
  switch (error) {
    case ConnectError::refused:
      return "Connection refused";
    case ConnectError::unreachable:
      return "Network is unreachable";
    case ConnectError::timed_out:
      return "Connection timed out";
  }
  return "?";
}

// One direction of a connection. Bytes become readable at `ready_at`, one latency after they were written.
struct MemoryNetwork::Pipe {
  explicit Pipe(Executor& executor) : changed(executor) {}

  struct Chunk {
    std::string bytes;
    Time ready_at;
  };
  std::deque<Chunk> chunks;
  bool closed = false;
  Time closed_at{};
  bool reset = false;
  bool lost = false;  // bytes were lost to a cut link: what is written later must not close the gap
  Signal changed;
};

class MemoryNetwork::MemoryStream final : public Stream {
 public:
  MemoryStream(MemoryNetwork& network, ConnectionId id, bool is_client, Endpoint local, Endpoint peer,
               std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out)
      : network_(network), in_(std::move(in)), out_(std::move(out)), is_client_(is_client) {
    id_ = id;
    local_ = local;
    peer_ = peer;
    index_ = network_.streams_.size();
    network_.streams_.push_back(this);
  }
  ~MemoryStream() override {
    MemoryStream::close();
    network_.streams_.back()->index_ = index_;
    network_.streams_[index_] = network_.streams_.back();
    network_.streams_.pop_back();
  }

  Task<IoStatus> read(std::string& into, Time deadline) override {
    if (const auto status = read_now(into, deadline)) return Task<IoStatus>::ready(*status);
    return read_later(into, deadline);
  }

  Task<IoStatus> write(std::string_view bytes, Time) override {
    // A buffer without bound stands for the two sockets' buffers: a writer is never blocked, it times out on the reply.
    if (out_->reset || in_->reset) return Task<IoStatus>::ready(IoStatus::reset);
    if (out_->closed) return Task<IoStatus>::ready(IoStatus::closed);
    if (network_.listening_) network_.listening_(id_, is_client_, network_.executor_.now(), bytes);
    const Link link = network_.link(local_.address, peer_.address);
    out_->lost = out_->lost || link.is_cut;
    if (!out_->lost) {
      out_->chunks.push_back({std::string(bytes), network_.executor_.now() + link.latency});
      out_->changed.notify();
    }
    return Task<IoStatus>::ready(IoStatus::ok);
  }

  void close() override {
    if (out_->closed || out_->reset || out_->lost) return;
    const Link link = network_.link(local_.address, peer_.address);
    out_->closed = !link.is_cut;
    out_->closed_at = network_.executor_.now() + link.latency;
    out_->changed.notify();
  }

  void abort() override {
    out_->reset = in_->reset = true;
    out_->changed.notify();
    in_->changed.notify();
  }

 private:
  friend class MemoryNetwork;

  // What a read gets without waiting; nothing when it has to wait.
  std::optional<IoStatus> read_now(std::string& into, Time deadline) {
    const Time now = network_.executor_.now();
    if (in_->reset) return IoStatus::reset;
    bool any = false;
    while (!in_->chunks.empty() && in_->chunks.front().ready_at <= now) {
      std::string& bytes = in_->chunks.front().bytes;
      if (into.empty()) {
        into = std::move(bytes);  // the common case: nothing is left over from the line before
      } else {
        into += bytes;
      }
      in_->chunks.pop_front();
      any = true;
    }
    if (any) return IoStatus::ok;
    if (in_->chunks.empty() && in_->closed && in_->closed_at <= now) return IoStatus::closed;
    if (now >= deadline) return IoStatus::timed_out;
    return std::nullopt;
  }

  Task<IoStatus> read_later(std::string& into, Time deadline) {
    for (;;) {
      Time next = deadline;
      if (!in_->chunks.empty()) {
        next = std::min(next, in_->chunks.front().ready_at);
      } else if (in_->closed) {
        next = std::min(next, in_->closed_at);
      }
      co_await in_->changed.wait(next);
      if (const auto status = read_now(into, deadline)) co_return *status;
    }
  }

  MemoryNetwork& network_;
  std::shared_ptr<Pipe> in_;
  std::shared_ptr<Pipe> out_;
  std::size_t index_ = 0;
  bool is_client_;
};

class MemoryNetwork::MemoryListener final : public Listener {
 public:
  MemoryListener(MemoryNetwork& network, Endpoint at) : network_(network), at_(at), arrived_(network.executor_) {
    network_.listeners_[at_] = this;
  }
  ~MemoryListener() override { MemoryListener::close(); }

  Task<std::unique_ptr<Stream>> accept() override {
    while (waiting_.empty() && !closed_) co_await arrived_.wait();
    if (waiting_.empty()) co_return nullptr;
    std::unique_ptr<Stream> stream = std::move(waiting_.front());
    waiting_.pop_front();
    co_return stream;
  }
  void close() override {
    if (closed_) return;
    closed_ = true;
    network_.listeners_.erase(at_);
    arrived_.notify();
  }
  Endpoint local() const override { return at_; }

  void arrive(std::unique_ptr<Stream> stream) {
    waiting_.push_back(std::move(stream));
    arrived_.notify_one();
  }

 private:
  MemoryNetwork& network_;
  Endpoint at_;
  Signal arrived_;
  std::deque<std::unique_ptr<Stream>> waiting_;
  bool closed_ = false;
};

void MemoryNetwork::add_address(IpAddress address, HostId host) { hosts_[address] = host; }

HostId MemoryNetwork::host_at(IpAddress address) const {
  const auto found = hosts_.find(address);
  return found == hosts_.end() ? HostId{0} : found->second;
}

bool MemoryNetwork::is_host_up(HostId host) const { return std::find(down_.begin(), down_.end(), host) == down_.end(); }

void MemoryNetwork::set_host_up(HostId host, bool up) {
  std::erase(down_, host);
  if (up) return;
  down_.push_back(host);
  for (MemoryStream* stream : streams_) {
    if (host_at(stream->local().address) == host) stream->abort();
  }
}

void MemoryNetwork::note_unconnected(IpAddress from, const Endpoint& to, ConnectError error) {
  journal_.record({.kind = FactKind::unconnected,
                   .host = host_at(from),
                   .at = executor_.now(),
                   .detail = to_string(to),
                   .text = std::string(to_string(error))});
}

bool MemoryNetwork::note_if_outside(IpAddress from, const Endpoint& to) {
  if (host_at(to.address) != 0) return false;
  journal_.record({.kind = FactKind::escaped, .host = host_at(from), .at = executor_.now(), .detail = to_string(to)});
  return true;
}

Task<Result<std::unique_ptr<Stream>, ConnectError>> MemoryNetwork::connect(IpAddress from, Endpoint to, Time deadline) {
  if (note_if_outside(from, to)) co_return ConnectError::unreachable;
  const Link there = link(from, to.address);
  const bool dead = there.is_cut || !is_host_up(host_at(to.address)) || !is_host_up(host_at(from));
  const Time answered_at = executor_.now() + 2 * there.latency;
  if (dead || answered_at > deadline) {
    co_await executor_.sleep_until(deadline);
    note_unconnected(from, to, ConnectError::timed_out);
    co_return ConnectError::timed_out;
  }
  if (answered_at > executor_.now()) co_await executor_.sleep_until(answered_at);
  const auto listener = listeners_.find(to);
  if (listener == listeners_.end() || there.is_refused) {
    note_unconnected(from, to, ConnectError::refused);
    co_return ConnectError::refused;
  }
  last_port_ = last_port_ == 65535 ? std::uint16_t{49152} : static_cast<std::uint16_t>(last_port_ + 1);
  const Endpoint local{from, last_port_};
  const ConnectionId id = ++last_connection_;
  auto there_pipe = std::make_shared<Pipe>(executor_);
  auto back_pipe = std::make_shared<Pipe>(executor_);
  journal_.record({.kind = FactKind::connected,
                   .host = host_at(from),
                   .at = executor_.now(),
                   .connection = id,
                   .detail = to_string(to)});
  listener->second->arrive(std::make_unique<MemoryStream>(*this, id, false, to, local, there_pipe, back_pipe));
  std::unique_ptr<Stream> near_end = std::make_unique<MemoryStream>(*this, id, true, local, to, back_pipe, there_pipe);
  co_return near_end;
}

Result<std::unique_ptr<Listener>, Error> MemoryNetwork::listen(Endpoint at) {
  if (at.port == 0) {
    at.port = 1024;
    while (listeners_.contains(at)) ++at.port;
  }
  if (listeners_.contains(at)) return Error{fmt::format("{} is already listened on", to_string(at))};
  std::unique_ptr<Listener> listener = std::make_unique<MemoryListener>(*this, at);
  return listener;
}

}  // namespace watershed::stage
