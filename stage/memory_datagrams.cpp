// Datagrams of the network in memory: a question and its answer, each as late as the link is slow, or none.
#include "stage/memory_network.hpp"
#include "stage/signal.hpp"

#include <memory>

namespace watershed::stage {

namespace {

/// A question under way. The asker may have stopped waiting when the answer comes; so neither owns it alone.
struct Question {
  explicit Question(Executor& executor) : ended(executor) {}
  Signal ended;
  std::optional<std::string> answer;
};

Task<void> carry(Executor& executor, const DatagramHandler& handler, std::string query, IpAddress from,
                 Duration latency, std::shared_ptr<Question> question) {
  if (latency > Duration::zero()) co_await executor.sleep_for(latency);
  std::optional<std::string> answer = co_await handler(std::move(query), Endpoint{from, 53});
  if (!answer) co_return;
  if (latency > Duration::zero()) co_await executor.sleep_for(latency);
  question->answer = std::move(answer);
  question->ended.notify();
}

}  // namespace

Result<Endpoint, Error> MemoryNetwork::serve_datagrams(Endpoint at, DatagramHandler handler) {
  if (at.port == 0) {
    at.port = 1024;
    while (datagram_handlers_.contains(at)) ++at.port;
  }
  if (datagram_handlers_.contains(at)) return Error{fmt::format("{} is already served", to_string(at))};
  datagram_handlers_[at] = std::move(handler);
  return at;
}

Task<std::optional<std::string>> MemoryNetwork::ask(IpAddress from, Endpoint to, std::string query, Time deadline) {
  const bool outside = note_if_outside(from, to);
  const auto handler = datagram_handlers_.find(to);
  const Link there = link(from, to.address);
  const bool arrives = !outside && handler != datagram_handlers_.end() && !there.is_cut &&
                       is_host_up(host_at(to.address)) && is_host_up(host_at(from));
  if (!arrives) {
    co_await executor_.sleep_until(deadline);
    co_return std::nullopt;
  }
  // A task of its own: a slow server keeps nobody waiting beyond the deadline.
  const auto question = std::make_shared<Question>(executor_);
  executor_.spawn(carry(executor_, handler->second, std::move(query), from, there.latency, question));
  if (!question->answer) co_await question->ended.wait(deadline);
  co_return std::move(question->answer);
}

}  // namespace watershed::stage
