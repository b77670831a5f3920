// machine, mailbox, await: what happens to real machines under real programs. Only the live lane can do it, but for
// waiting until a message has arrived.
#include "harness/steps/step_table.hpp"
#include "harness/steps/theatre.hpp"
#include "harness/yaml/read.hpp"

#include <fmt/format.h>

namespace watershed::harness {

using stage::Task;
using yaml::Node;

namespace {

struct MachineStep final : Step {
  std::string host;
  MachineEvent event = MachineEvent::kill;

  Task<void> act(Theatre& theatre) const override {
    auto error = co_await theatre.befall(host, event);
    if (error) theatre.fail(*this, std::move(*error));
  }
};

struct MailboxStep final : Step {
  std::string host;
  std::string address;
  MailboxState state = MailboxState::usable;

  Task<void> act(Theatre& theatre) const override {
    if (auto error = theatre.set_mailbox(host, address, state)) theatre.fail(*this, std::move(*error));
    co_return;
  }
};

struct AwaitStep final : Step {
  std::string host;
  std::size_t messages = 0;
  std::string message;  // instead of a queue

  Task<void> act(Theatre& theatre) const override {
    constexpr stage::Duration longest = std::chrono::minutes(10);
    if (!message.empty()) {
      const auto arrived = co_await theatre.wait_for(message, theatre.executor().now() + longest);
      if (!arrived) theatre.fail(*this, fmt::format("message '{}' did not arrive", message));
      co_return;
    }
    auto error = co_await theatre.await_queue(host, messages);
    if (error) theatre.fail(*this, std::move(*error));
  }
};

constexpr std::pair<const char*, MachineEvent> events[] = {
    {"kill", MachineEvent::kill},
    {"start", MachineEvent::start},
    {"fill_disk", MachineEvent::fill_disk},
    {"free_disk", MachineEvent::free_disk},
    {"damage_queue", MachineEvent::damage_queue},
};

constexpr std::pair<const char*, MailboxState> states[] = {
    {"usable", MailboxState::usable}, {"full", MailboxState::full}, {"unreachable", MailboxState::unreachable}};

template <class Table>
yaml::Shape words_of(const Table& table) {
  std::vector<std::string> words;
  for (const auto& [word, value] : table) words.emplace_back(word);
  return yaml::enumeration(words);
}

template <class Table>
auto value_of(const Table& table, const std::string& word) {
  for (const auto& [name, value] : table) {
    if (word == name) return value;
  }
  return std::begin(table)->second;  // the shape lets no other word through
}

}  // namespace

yaml::Shape machine_shape() {
  return yaml::map({
      yaml::required("host", yaml::text(), "A host with a router.", "mx.ctbto.int"),
      yaml::required("do", words_of(events),
                     "kill: kill -9 of the master process; start: starts it again; fill_disk: no room below the queue; "
                     "free_disk: room again; damage_queue: cuts every file in the queue in half, while it is killed.",
                     "kill"),
  });
}

std::shared_ptr<Step> bind_machine(const Node& node, BindContext&) {
  auto bound = std::make_shared<MachineStep>();
  bound->host = yaml::as_text(node["host"]);
  bound->event = value_of(events, yaml::as_text(node["do"]));
  bound->uses.push_back({NameUse::Kind::host, node["host"]});
  bound->summary = fmt::format("machine {}: {}", bound->host, yaml::as_text(node["do"]));
  return bound;
}

yaml::Shape await_shape() {
  return yaml::map({
                       yaml::optional("host", yaml::text(), "A host with a router, or a fake MTA (live lane).",
                                      "mx.ctbto.int"),
                       yaml::optional("queued", yaml::integer(1, 1'000'000),
                                      "How many messages are to lie in its queue. Default: 1.", "1"),
                       yaml::optional("arrived", yaml::text(), "A message that is to lie in a mailbox.", "request"),
                   })
      .exactly_one_of({"host", "arrived"})
      .at_most_one_of({"queued", "arrived"});
}

std::shared_ptr<Step> bind_await(const Node& node, BindContext&) {
  auto bound = std::make_shared<AwaitStep>();
  if (const Node* arrived = node.find("arrived")) {
    bound->message = yaml::as_text(*arrived);
    bound->uses.push_back({NameUse::Kind::message, *arrived});
    bound->summary = fmt::format("await the arrival of {}", bound->message);
    return bound;
  }
  const Node* queued = node.find("queued");
  bound->host = yaml::as_text(node["host"]);
  bound->messages = queued == nullptr ? 1 : static_cast<std::size_t>(yaml::as_integer(*queued));
  bound->uses.push_back({NameUse::Kind::host, node["host"]});
  bound->summary = fmt::format("await {} queued at {}", bound->messages, bound->host);
  return bound;
}

yaml::Shape mailbox_shape() {
  return yaml::map({
      yaml::required("host", yaml::text(), "A mail store.", "store.ctbto.int"),
      yaml::required("address", yaml::text(), "The mailbox.", "duty@ctbto.int"),
      yaml::required("state", words_of(states), "full: over its quota; unreachable: its folder cannot be opened.",
                     "full"),
  });
}

std::shared_ptr<Step> bind_mailbox(const Node& node, BindContext&) {
  auto bound = std::make_shared<MailboxStep>();
  bound->host = yaml::as_text(node["host"]);
  bound->address = yaml::as_text(node["address"]);
  bound->state = value_of(states, yaml::as_text(node["state"]));
  bound->uses.push_back({NameUse::Kind::host, node["host"]});
  bound->summary = fmt::format("mailbox {} at {}: {}", bound->address, bound->host, yaml::as_text(node["state"]));
  return bound;
}

}  // namespace watershed::harness
