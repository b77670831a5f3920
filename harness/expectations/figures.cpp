// throughput, auto_reply: how fast a load came through, and who was answered automatically.
#include "harness/expectations/support.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

namespace {

double seconds(stage::Duration duration) { return std::chrono::duration<double>(duration).count(); }

// Nearest-rank percentile of sorted values.
stage::Duration percentile(const std::vector<stage::Duration>& sorted, double fraction) {
  const auto rank = static_cast<std::size_t>(fraction * static_cast<double>(sorted.size()) + 0.999999);
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

// How fast the messages of a load came through, as seen and at the slowest.
struct Load {
  std::vector<stage::Duration> least;
  std::vector<stage::Duration> most;
  stage::Time first = stage::forever;
  stage::Time last{};
  stage::Time last_possible{};
  std::size_t missing = 0;

  void add(const Evidence& evidence, const RootMessage& root) {
    first = std::min(first, root.offered_at);
    const auto arrived = std::find_if(root.deliveries.begin(), root.deliveries.end(),
                                      [](const Delivery& delivery) { return !delivery.is_notice; });
    if (arrived == root.deliveries.end()) {
      ++missing;
      return;
    }
    const Took span = took(evidence, root, *arrived);
    least.push_back(span.least);
    most.push_back(span.most);
    last = std::max(last, arrived->at);
    last_possible = std::max(last_possible, root.offered_at + span.most);
  }

  void sort() {
    std::sort(least.begin(), least.end());
    std::sort(most.begin(), most.end());
  }

  double per_second(stage::Time until) const {
    return static_cast<double>(least.size()) / std::max(seconds(until - first), 1e-9);
  }
};

struct Throughput final : Expectation {
  std::optional<double> at_least_per_second;
  std::vector<std::pair<double, stage::Duration>> percentiles;  // fraction, longest allowed

  void check(const Evidence& evidence, Findings& findings) const override {
    const std::vector<const RootMessage*> roots = subjects(*this, evidence, findings);
    if (roots.empty()) return;
    Load load;
    for (const RootMessage* root : roots) load.add(evidence, *root);
    // A percentile over what arrived would be flattered by what did not.
    if (load.missing > 0) {
      findings.push_back(
          finding_of(*this, fmt::format("{} of the {} messages '{}' never arrived: no throughput can be stated",
                                        load.missing, roots.size(), subject)));
      return;
    }
    load.sort();
    const auto report = [&](bool is_broken, std::string sentence) {
      if (!is_broken) {
        sentence += fmt::format("; some were put off, and this lane shortens waiting {:g} times", evidence.time_factor);
      }
      Finding found = finding_of(*this, std::move(sentence));
      findings.push_back(is_broken ? std::move(found) : left_open(std::move(found)));
    };
    if (at_least_per_second && load.per_second(load.last_possible) < *at_least_per_second) {
      report(load.per_second(load.last) < *at_least_per_second,
             fmt::format("the messages '{}' came through at {:.1f}/s; expected {:.1f}/s", subject,
                         load.per_second(load.last), *at_least_per_second));
    }
    for (const auto& [fraction, allowed] : percentiles) {
      const stage::Duration got = percentile(load.least, fraction);
      const InTime timely = in_time({got, percentile(load.most, fraction)}, allowed);
      if (timely == InTime::yes) continue;
      report(timely == InTime::no, fmt::format("p{} of the messages '{}' is {:.3f} s; expected at most {:.3f} s",
                                               fraction * 100, subject, seconds(got), seconds(allowed)));
    }
  }
};

struct AutoReply final : Expectation {
  std::string to;
  std::int64_t times = 1;

  void check(const Evidence& evidence, Findings& findings) const override {
    const std::vector<const RootMessage*> roots = subjects(*this, evidence, findings);
    if (roots.empty()) return;
    std::int64_t arrived = 0;
    for (const RootMessage* root : roots) {
      for (const Delivery& delivery : root->deliveries) {
        if (delivery.kind == "auto-reply" && (to.empty() || equal_ignoring_case(to, delivery.mailbox))) ++arrived;
      }
    }
    if (arrived == times) return;
    findings.push_back(finding_of(*this, evidence, *roots.front(),
                                  fmt::format("message '{}' expected to be answered automatically {} time(s){}, was "
                                              "answered {} time(s)",
                                              subject, times, to.empty() ? "" : " to " + to, arrived)));
  }
};

}  // namespace

yaml::Shape throughput_shape() {
  return yaml::map({
                       yaml::optional("at_least", yaml::rate(),
                                      "Messages stored, from the first sent to the last stored.", "45/s"),
                       yaml::optional("p50", yaml::duration(), "Half of them take at most this long.", "100ms"),
                       yaml::optional("p95", yaml::duration(), "95 of 100 take at most this long.", "1s"),
                       yaml::optional("p99", yaml::duration(), "99 of 100 take at most this long.", "2s"),
                   })
      .at_least_one_of({"at_least", "p50", "p95", "p99"});
}

std::shared_ptr<Expectation> bind_throughput(const yaml::Node& node) {
  auto bound = std::make_shared<Throughput>();
  if (const yaml::Node* rate = node.find("at_least")) bound->at_least_per_second = yaml::as_rate(*rate);
  const std::pair<const char*, double> known[] = {{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}};
  for (const auto& [key, fraction] : known) {
    if (const yaml::Node* limit = node.find(key)) bound->percentiles.emplace_back(fraction, yaml::as_duration(*limit));
  }
  return bound;
}

yaml::Shape auto_reply_shape() {
  return yaml::map({
      yaml::optional("to", yaml::address(), "Mailbox in which the automatic answer arrived.", "op@station.example"),
      yaml::defaulted("times", yaml::integer(0, 1000), "1", "How many arrived, exactly."),
  });
}

std::shared_ptr<Expectation> bind_auto_reply(const yaml::Node& node) {
  auto bound = std::make_shared<AutoReply>();
  bound->to = optional_text(node, "to");
  if (const yaml::Node* times = node.find("times")) bound->times = yaml::as_integer(*times);
  return bound;
}

}  // namespace watershed::harness
