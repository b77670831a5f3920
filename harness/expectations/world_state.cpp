// queue_empty, stragglers, unchanged, simpler_than, lookups: what must hold of the world rather than of one message.
#include "harness/expectations/support.hpp"

#include "base/text.hpp"
#include "harness/world/compare.hpp"

#include <fmt/format.h>

namespace watershed::harness {

namespace {

struct QueueEmpty final : Expectation {
  std::string host;

  void check(const Evidence& evidence, Findings& findings) const override {
    for (const stage::Fact& fact : evidence.journal.facts()) {
      if (fact.kind != stage::FactKind::queued) continue;
      const std::string& name = evidence.journal.host_name(fact.host);
      if (host != "all" && !equal_ignoring_case(host, name)) continue;
      findings.push_back(finding_of(
          *this, fmt::format("the queue of {} still holds a message for {} ({})", name, fact.recipient, fact.detail)));
    }
  }
};

struct Stragglers final : Expectation {
  std::string to;
  std::string from;
  std::int64_t count = 0;

  void check(const Evidence& evidence, Findings& findings) const override {
    std::map<std::string, std::int64_t> by_reverse_path;
    for (const auto& [index, root] : evidence.lineage.roots()) {
      for (const Delivery& delivery : root.deliveries) {
        if (delivery.is_notice || !equal_ignoring_case(delivery.root_recipient, to)) continue;
        ++by_reverse_path[to_lower(root.reverse_path)];
        break;
      }
    }
    std::int64_t counted = 0;
    std::string listed;
    for (const auto& [reverse_path, arrived] : by_reverse_path) {
      if (from.empty() || to_lower(from) == reverse_path) counted += arrived;
      listed += fmt::format("{}{}: {}", listed.empty() ? "" : ", ", reverse_path, arrived);
    }
    if (counted == count) return;
    findings.push_back(finding_of(
        *this,
        fmt::format("{} message(s) sent to the old address {}{} arrived; expected {}. Counted by reverse-path: {}",
                    counted, to, from.empty() ? "" : " by " + from, count, listed.empty() ? "none" : listed)));
  }
};

struct Unchanged final : Expectation {
  std::string zone;
  std::string since;

  std::string world_read() const override { return since; }

  void check(const Evidence& evidence, Findings& findings) const override {
    const auto before = evidence.worlds.find(since);
    if (before == evidence.worlds.end()) {
      findings.push_back(finding_of(*this, fmt::format("world '{}' is not there to compare with", since)));
      return;
    }
    for (const std::string& difference : zone_differences(*before->second, evidence.world, zone)) {
      findings.push_back(finding_of(*this, fmt::format("zone {} is not as in world {}: {}", zone, since, difference)));
    }
  }
};

struct SimplerThan final : Expectation {
  std::string other;

  void check(const Evidence& evidence, Findings& findings) const override {
    if (other == evidence.world.name) return;
    const auto before = evidence.figures_elsewhere.find(other);
    if (before == evidence.figures_elsewhere.end()) {
      Finding missing =
          finding_of(*this, fmt::format("world '{}' did not run before '{}': nothing to compare with. Name it "
                                        "first in `worlds:` and do not filter it out",
                                        other, evidence.world.name));
      missing.is_inconclusive = true;
      findings.push_back(std::move(missing));
      return;
    }
    const FlowFigures here = evidence.figures();
    const FlowFigures& there = before->second;
    const auto compare = [&](const char* what, std::size_t now, std::size_t then) {
      if (now <= then) return;
      findings.push_back(finding_of(*this, fmt::format("{}: {} in world {}, {} in world {}; expected not more", what,
                                                       now, evidence.world.name, then, other)));
    };
    compare("hops on the longest way", here.hops, there.hops);
    compare("configuration lines consulted", here.rules, there.rules);
    compare("distinct paths", here.distinct_paths, there.distinct_paths);
  }
};

struct Lookups final : Expectation {
  std::string name;
  std::string by;
  bool none = false;

  void check(const Evidence& evidence, Findings& findings) const override {
    std::size_t seen = 0;
    for (const stage::Fact& fact : evidence.journal.facts()) {
      if (fact.kind != stage::FactKind::looked_up) continue;
      std::string_view asked = fact.recipient;
      std::string_view wanted = name;
      if (asked.ends_with('.')) asked.remove_suffix(1);
      if (wanted.ends_with('.')) wanted.remove_suffix(1);
      const bool right_host = by.empty() || equal_ignoring_case(by, evidence.journal.host_name(fact.host));
      if (right_host && equal_ignoring_case(asked, wanted)) ++seen;
    }
    if ((seen == 0) == none) return;
    findings.push_back(finding_of(*this, fmt::format("{} was looked up {} time(s){}; expected {}", name, seen,
                                                     by.empty() ? "" : " by " + by, none ? "none" : "at least one")));
  }
};

}  // namespace

yaml::Shape queue_empty_shape() { return yaml::text().about("A host, or `all`.").example("mx.ctbto.int"); }

std::shared_ptr<Expectation> bind_queue_empty(const yaml::Node& node) {
  auto bound = std::make_shared<QueueEmpty>();
  bound->host = yaml::as_text(node);
  if (bound->host != "all") bound->uses.push_back({NameUse::Kind::host, node});
  return bound;
}

yaml::Shape stragglers_shape() {
  return yaml::map({
      yaml::required("to", yaml::address(), "The old address.", "calibration@ctbto.org"),
      yaml::optional("from", yaml::text(), "Reverse-path that still uses it; default: any.", "op@station.example"),
      yaml::required("count", yaml::integer(0, 100'000'000), "How many arrived, exactly.", "3"),
  });
}

std::shared_ptr<Expectation> bind_stragglers(const yaml::Node& node) {
  auto bound = std::make_shared<Stragglers>();
  bound->to = yaml::as_text(node["to"]);
  bound->from = optional_text(node, "from");
  bound->count = yaml::as_integer(node["count"]);
  return bound;
}

yaml::Shape unchanged_shape() {
  return yaml::map({
      yaml::required("zone", yaml::text(), "The zone whose hosts and files are compared.", "verification"),
      yaml::required("since", yaml::text(), "The world it is compared with.", "phase1"),
  });
}

std::shared_ptr<Expectation> bind_unchanged(const yaml::Node& node) {
  auto bound = std::make_shared<Unchanged>();
  bound->zone = yaml::as_text(node["zone"]);
  bound->since = yaml::as_text(node["since"]);
  use_name(*bound, NameUse::Kind::zone, node, "zone");
  return bound;
}

yaml::Shape simpler_than_shape() { return yaml::text().about("A world that runs before this one.").example("legacy"); }

std::shared_ptr<Expectation> bind_simpler_than(const yaml::Node& node) {
  auto bound = std::make_shared<SimplerThan>();
  bound->other = yaml::as_text(node);
  return bound;
}

yaml::Shape lookups_shape() {
  return yaml::map({
      yaml::required("name", yaml::text(), "The name asked for.", "ctbto.org"),
      yaml::optional("by", yaml::text(), "The host that asks.", "mx.ctbto.int"),
      yaml::defaulted("none", yaml::boolean(), "false", "It must not be looked up; default: it must be."),
  });
}

std::shared_ptr<Expectation> bind_lookups(const yaml::Node& node) {
  auto bound = std::make_shared<Lookups>();
  bound->name = yaml::as_text(node["name"]);
  bound->by = optional_text(node, "by");
  use_name(*bound, NameUse::Kind::host, node, "by");
  bound->none = yaml::as_boolean(node["none"]);
  return bound;
}

}  // namespace watershed::harness
