// fault, clear_fault, spam_filter, host, link, outage, flush, advance: what goes wrong in the world, and when.
#include "harness/steps/step_table.hpp"
#include "harness/steps/theatre.hpp"
#include "harness/yaml/read.hpp"

#include <fmt/format.h>

#include <charconv>
#include <functional>

namespace watershed::harness {

using stage::Task;
using yaml::Node;

namespace {

// Most of these steps are one call at one moment.
struct OneCall final : Step {
  std::function<StepError(Theatre&)> call;

  Task<void> act(Theatre& theatre) const override {
    if (auto error = call(theatre)) theatre.fail(*this, std::move(*error));
    co_return;
  }
};

// … and some take their time.
struct OneAction final : Step {
  std::function<Task<StepError>(Theatre&)> action;

  Task<void> act(Theatre& theatre) const override {
    auto error = co_await action(theatre);
    if (error) theatre.fail(*this, std::move(*error));
  }
};

struct Advance final : Step {
  stage::Duration by{};

  Task<void> act(Theatre& theatre) const override { co_await theatre.pass(by); }
  stage::Duration advances() const override { return by; }
};

std::string text_of(const Node& node, const char* key) {
  const Node* found = node.find(key);
  return found == nullptr ? std::string() : yaml::as_text(*found);
}

// `1`, `1..2`, `every 10`.
std::optional<mta::Attempts> attempts_of(std::string_view text) {
  const auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value == 0) return std::nullopt;
    return value;
  };
  mta::Attempts attempts;
  if (text.starts_with("every ")) {
    const auto every = number(text.substr(6));
    if (!every) return std::nullopt;
    attempts.every = *every;
    return attempts;
  }
  const std::size_t dots = text.find("..");
  const auto first = number(text.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : number(text.substr(dots + 2));
  if (!first || !last || *last < *first) return std::nullopt;
  attempts.first = *first;
  attempts.last = *last;
  return attempts;
}

mta::ScriptStage stage_of(const std::string& word) {
  using mta::ScriptStage;
  for (const ScriptStage at : {ScriptStage::connect, ScriptStage::hello, ScriptStage::mail, ScriptStage::rcpt,
                               ScriptStage::data, ScriptStage::content}) {
    if (word == mta::to_string(at)) return at;
  }
  return ScriptStage::any;
}

mta::ScriptVerb verb_of(const std::string& word) {
  if (word == "disconnect") return mta::ScriptVerb::drop;
  if (word == "stall") return mta::ScriptVerb::stall;
  if (word == "lose_reply") return mta::ScriptVerb::keep_then_drop;
  return mta::ScriptVerb::lose_then_drop;
}

yaml::Shape state_shape(std::string first, std::string second) {
  return yaml::enumeration({std::move(first), std::move(second)});
}

}  // namespace

yaml::Shape advance_shape() { return yaml::duration().about("How far the clock goes on.").example("2h"); }

std::shared_ptr<Step> bind_advance(const Node& node, BindContext&) {
  auto bound = std::make_shared<Advance>();
  bound->by = yaml::as_duration(node);
  bound->summary = "advance " + node.text;
  return bound;
}

yaml::Shape fault_shape() {
  return yaml::map({
                       yaml::required("id", yaml::text(), "Name of the fault, for clear_fault.", "slow"),
                       yaml::required("host", yaml::text(), "A fake MTA.", "ndc.example"),
                       yaml::defaulted(
                           "at", yaml::enumeration({"connect", "hello", "mail", "rcpt", "data", "content", "any"}),
                           "any", "Where in the dialogue.", "rcpt"),
                       yaml::optional("recipient", yaml::text(), "Pattern of the forward-path.", "\"*@ndc.example\""),
                       yaml::optional("from", yaml::text(), "Pattern of the reverse-path.", "\"*@ctbto.int\""),
                       yaml::optional("client", yaml::text(), "Network of the client.", "192.0.2.0/24"),
                       yaml::optional("attempts", yaml::text(), "Which encounters: `1`, `1..2`, `every 10`.", "1..2"),
                       yaml::defaulted("each", state_shape("rule", "address"), "rule",
                                       "What encounters are counted by; `address` makes greylisting.", "address"),
                       yaml::optional("times", yaml::integer(1, 1'000'000'000), "How often at most.", "3"),
                       yaml::defaulted("probability", yaml::number(0, 1), "1", "Chance, from the seed.", "0.5"),
                       yaml::optional("for", yaml::duration(), "Ends by itself after this time.", "30m"),
                       yaml::optional("reply", yaml::text(), "What it answers.", "451 4.7.1 Try later"),
                       yaml::optional("delay", yaml::duration(), "How long it waits first.", "5s"),
                       yaml::optional("do", yaml::enumeration({"disconnect", "stall", "lose_reply", "lose_message"}),
                                      "What it does instead of a reply.", "disconnect"),
                   })
      .at_least_one_of({"reply", "delay", "do"})
      .at_most_one_of({"reply", "do"});
}

std::shared_ptr<Step> bind_fault(const Node& node, BindContext& context) {
  auto bound = std::make_shared<OneCall>();
  mta::ScriptRule rule;
  rule.name = yaml::as_text(node["id"]);
  rule.at = stage_of(yaml::as_text(node["at"]));
  rule.recipient = text_of(node, "recipient");
  rule.reverse_path = text_of(node, "from");
  rule.client = text_of(node, "client");
  rule.count_by = yaml::as_text(node["each"]) == "address" ? mta::CountBy::address : mta::CountBy::rule;
  rule.rate = yaml::as_number(node["probability"]);
  rule.decided_by = to_file_line(node.position());
  rule.action.verb = mta::ScriptVerb::go_on;
  if (const Node* attempts = node.find("attempts")) {
    const auto read = attempts_of(yaml::as_text(*attempts));
    if (read) {
      rule.attempts = *read;
    } else {
      context.diagnostics.push_back(attempts->error(
          fmt::format("'{}' says no attempts; expected '1', '1..2' or 'every 10'", yaml::as_text(*attempts))));
    }
  }
  if (const Node* times = node.find("times")) rule.times = static_cast<std::uint64_t>(yaml::as_integer(*times));
  if (const Node* delay = node.find("delay")) rule.action.delay = yaml::as_duration(*delay);
  if (const Node* verb = node.find("do")) rule.action.verb = verb_of(yaml::as_text(*verb));
  if (const Node* reply = node.find("reply")) {
    const auto parsed = mail::parse_reply(yaml::as_text(*reply));
    rule.action.verb = mta::ScriptVerb::reply;
    if (parsed) {
      rule.action.reply = *parsed;
    } else {
      context.diagnostics.push_back(reply->error(parsed.error().message + "; expected e.g. '451 4.7.1 Try later'"));
    }
  }
  if (const auto wrong = mta::script_rule_fault(rule)) context.diagnostics.push_back(node.error(*wrong));
  const std::string host = yaml::as_text(node["host"]);
  std::optional<stage::Duration> lasts;
  if (const Node* duration = node.find("for")) lasts = yaml::as_duration(*duration);
  bound->call = [host, rule, lasts](Theatre& theatre) {
    mta::ScriptRule active = rule;
    if (lasts) active.until = theatre.executor().now() + theatre.on_clock(*lasts);
    return theatre.set_fault(host, std::move(active));
  };
  bound->uses.push_back({NameUse::Kind::host, node["host"]});
  bound->summary = fmt::format("fault {} at {}", rule.name, host);
  return bound;
}

yaml::Shape clear_fault_shape() { return yaml::text().about("Id of the fault.").example("slow"); }

std::shared_ptr<Step> bind_clear_fault(const Node& node, BindContext&) {
  auto bound = std::make_shared<OneCall>();
  const std::string name = yaml::as_text(node);
  bound->call = [name](Theatre& theatre) { return theatre.clear_fault(name); };
  bound->summary = "clear_fault " + name;
  return bound;
}

yaml::Shape spam_filter_shape() {
  return yaml::map({
      yaml::required("host", yaml::text(), "Host with a spam filter.", "mx.ctbto.int"),
      yaml::required("state", state_shape("up", "down"), "Whether it answers.", "down"),
  });
}

std::shared_ptr<Step> bind_spam_filter(const Node& node, BindContext&) {
  auto bound = std::make_shared<OneAction>();
  const std::string host = yaml::as_text(node["host"]);
  const bool up = yaml::as_text(node["state"]) == "up";
  bound->action = [host, up](Theatre& theatre) { return theatre.set_spam_filter(host, up); };
  bound->uses.push_back({NameUse::Kind::host, node["host"]});
  bound->summary = fmt::format("spam filter of {} {}", host, up ? "up" : "down");
  return bound;
}

yaml::Shape host_state_shape() {
  return yaml::map({
      yaml::required("name", yaml::text(), "The host.", "mx.ctbto.int"),
      yaml::required("state", state_shape("up", "down"), "Whether it runs; queues and mailboxes survive.", "down"),
  });
}

std::shared_ptr<Step> bind_host_state(const Node& node, BindContext&) {
  auto bound = std::make_shared<OneAction>();
  const std::string host = yaml::as_text(node["name"]);
  const bool up = yaml::as_text(node["state"]) == "up";
  bound->action = [host, up](Theatre& theatre) { return theatre.set_host(host, up); };
  bound->uses.push_back({NameUse::Kind::host, node["name"]});
  bound->summary = fmt::format("host {} {}", host, up ? "up" : "down");
  return bound;
}

yaml::Shape link_shape() {
  return yaml::map({
      yaml::required("between", yaml::list_of(yaml::text()).sized(2, 2), "Two zones or hosts.",
                     "[verification, internet]"),
      yaml::required("state", state_shape("cut", "restored"), "Whether packets get through.", "cut"),
  });
}

std::shared_ptr<Step> bind_link(const Node& node, BindContext&) {
  auto bound = std::make_shared<OneCall>();
  const std::vector<std::string> ends = yaml::as_texts(node["between"]);
  const bool cut = yaml::as_text(node["state"]) == "cut";
  bound->call = [ends, cut](Theatre& theatre) { return theatre.set_link(ends[0], ends[1], cut); };
  for (const Node& end : node["between"].items) bound->uses.push_back({NameUse::Kind::host_or_zone, end});
  bound->summary = fmt::format("link {} - {} {}", ends[0], ends[1], cut ? "cut" : "restored");
  return bound;
}

yaml::Shape outage_shape() {
  return yaml::map({
      yaml::required("host", yaml::text(), "A provider.", "eu.cloud.example"),
      yaml::required("mode", yaml::enumeration({"busy", "storage", "hold", "unknown_users"}),
                     "421 to all; 4.3.2 at RCPT; accepted but not moved; 550 5.1.1 for users that exist.", "busy"),
      yaml::required("state", state_shape("on", "off"), "Whether it lasts.", "\"on\""),
  });
}

std::shared_ptr<Step> bind_outage(const Node& node, BindContext&) {
  auto bound = std::make_shared<OneCall>();
  const std::string host = yaml::as_text(node["host"]);
  const std::string mode = yaml::as_text(node["mode"]);
  const bool on = yaml::as_text(node["state"]) == "on";
  bound->call = [host, mode, on](Theatre& theatre) { return theatre.set_outage(host, mode, on); };
  bound->uses.push_back({NameUse::Kind::host, node["host"]});
  bound->summary = fmt::format("outage {} of {} {}", mode, host, on ? "begins" : "ends");
  return bound;
}

yaml::Shape flush_shape() { return yaml::text().about("A host with a queue.").example("mx.ctbto.int"); }

std::shared_ptr<Step> bind_flush(const Node& node, BindContext&) {
  auto bound = std::make_shared<OneCall>();
  const std::string host = yaml::as_text(node);
  bound->call = [host](Theatre& theatre) { return theatre.flush(host); };
  bound->uses.push_back({NameUse::Kind::host, node});
  bound->summary = "flush " + host;
  return bound;
}

}  // namespace watershed::harness
