// send, send_many: mail enters the world.
#include "harness/steps/letter.hpp"
#include "harness/yaml/read.hpp"

#include <fmt/format.h>

namespace watershed::harness {

using stage::Task;
using yaml::Node;

namespace {

struct Send final : Step {
  Letter letter;

  Task<void> act(Theatre& theatre) const override {
    if (auto error = theatre.submit(letter.write(theatre))) theatre.fail(*this, std::move(*error));
    co_return;
  }
  std::vector<std::string> message_ids() const override { return {letter.label}; }
};

struct SendMany final : Step {
  std::string id;
  std::vector<std::pair<std::int64_t, Letter>> mix;  // weight, letter
  std::int64_t count = 0;
  double rate_per_second = 1;

  // Weighted round robin: the same order in every run, each prefix as close to the mix as it can be.
  Task<void> act(Theatre& theatre) const override {
    std::vector<std::int64_t> credit(mix.size(), 0);
    std::int64_t total = 0;
    for (const auto& [weight, letter] : mix) total += weight;
    const stage::Time started = theatre.executor().now();
    for (std::int64_t sent = 0; sent < count; ++sent) {
      // Against the schedule, not against the last message: a slow start does not lower the rate.
      const auto due = started + std::chrono::duration_cast<stage::Duration>(
                                     std::chrono::duration<double>(static_cast<double>(sent) / rate_per_second));
      if (due > theatre.executor().now()) co_await theatre.executor().sleep_until(due);
      std::size_t chosen = 0;
      for (std::size_t index = 0; index < mix.size(); ++index) {
        credit[index] += mix[index].first;
        if (credit[index] > credit[chosen]) chosen = index;
      }
      credit[chosen] -= total;
      if (auto error = theatre.submit(mix[chosen].second.write(theatre))) {
        theatre.fail(*this, std::move(*error));
        co_return;
      }
    }
  }
  std::vector<std::string> message_ids() const override { return {id}; }
};

}  // namespace

yaml::Shape send_shape() {
  std::vector<yaml::Key> keys = letter_keys();
  keys.insert(keys.begin(), id_key());
  return yaml::map(std::move(keys)).exactly_one_of({"message", "text"});
}

std::shared_ptr<Step> bind_send(const Node& node, BindContext& context) {
  auto bound = std::make_shared<Send>();
  bound->letter = read_letter(node, yaml::as_text(node["id"]), context, bound->uses);
  bound->summary = fmt::format("send {}: {} to {}", bound->letter.label, to_string(bound->letter.from),
                               fmt::join(yaml::as_texts(node["to"]), ", "));
  return bound;
}

yaml::Shape send_many_shape() {
  std::vector<yaml::Key> part = letter_keys();
  part.push_back(yaml::defaulted("weight", yaml::integer(1, 1000), "1", "Share of the mix.", "3"));
  const yaml::Shape mix = yaml::list_of(yaml::map(part).exactly_one_of({"message", "text"})).sized(1);
  std::vector<yaml::Key> keys = letter_keys();
  for (yaml::Key& key : keys) key.is_required = false;
  keys.insert(keys.begin(), id_key());
  keys.push_back(yaml::optional("mix", mix, "Several kinds of messages instead of one."));
  keys.push_back(yaml::required("count", yaml::integer(1, 10'000'000), "How many.", "500"));
  keys.push_back(yaml::required("rate", yaml::rate(), "How fast, evenly spaced.", "50/s"));
  return yaml::map(std::move(keys)).exactly_one_of({"mix", "class"});
}

std::shared_ptr<Step> bind_send_many(const Node& node, BindContext& context) {
  auto bound = std::make_shared<SendMany>();
  bound->id = yaml::as_text(node["id"]);
  bound->count = yaml::as_integer(node["count"]);
  bound->rate_per_second = yaml::as_rate(node["rate"]);
  if (const Node* mix = node.find("mix")) {
    for (const Node& item : mix->items) {
      bound->mix.emplace_back(yaml::as_integer(item["weight"]), read_letter(item, bound->id, context, bound->uses));
    }
  } else if (!node.has("from") || !node.has("to")) {
    context.diagnostics.push_back(node.error("expected the keys 'from' and 'to', or 'mix' instead of 'class'"));
  } else {
    bound->mix.emplace_back(1, read_letter(node, bound->id, context, bound->uses));
  }
  bound->summary = fmt::format("send_many {}: {} messages at {}/s", bound->id, bound->count, bound->rate_per_second);
  return bound;
}

}  // namespace watershed::harness
