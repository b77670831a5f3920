// The run on a time axis: throughput, delivery times, what hosts hold, errors. See TimeSeries in outcome_parts.hpp.
#include "harness/record/record_run.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace watershed::harness {

namespace {

using stage::FactKind;

constexpr std::size_t buckets_max = 60;
constexpr std::size_t roots_worth_a_plot = 20;
constexpr std::size_t marks_max = 40;

// Widths that people count in, so that the axis has round numbers.
std::int64_t round_width(std::int64_t span_ns) {
  constexpr std::int64_t ms = 1'000'000;
  constexpr std::int64_t s = 1000 * ms;
  constexpr std::int64_t min = 60 * s;
  constexpr std::int64_t hour = 60 * min;
  constexpr std::array<std::int64_t, 24> widths = {
      ms,     2 * ms, 5 * ms, 10 * ms, 20 * ms, 50 * ms,  100 * ms, 200 * ms, 500 * ms, s,        2 * s,     5 * s,
      15 * s, 30 * s, min,    2 * min, 5 * min, 15 * min, 30 * min, hour,     2 * hour, 6 * hour, 12 * hour, 24 * hour};
  for (const std::int64_t width : widths) {
    if (span_ns < width * static_cast<std::int64_t>(buckets_max)) return width;
  }
  return span_ns / static_cast<std::int64_t>(buckets_max) + 1;
}

bool is_dns_error(const stage::Fact& fact) {
  return fact.kind == FactKind::looked_up && fact.text != "ok" && fact.text != "nodata" && fact.text != "nxdomain";
}

bool is_trouble(const stage::Fact& fact) {
  return fact.kind == FactKind::deferred || fact.kind == FactKind::unconnected || fact.kind == FactKind::fault ||
         is_dns_error(fact);
}

bool is_counted(const stage::Fact& fact) {
  return fact.kind == FactKind::offered || fact.kind == FactKind::unconnected || fact.kind == FactKind::rejected ||
         fact.kind == FactKind::step || fact.kind == FactKind::fault || is_dns_error(fact);
}

class Series {
 public:
  explicit Series(const Evidence& evidence) : evidence_(evidence) {}

  TimeSeries make() {
    if (!is_worth_it()) return {};
    series_.bucket_ns = round_width(last_.count() + 1);
    series_.buckets.resize(index_of(last_) + 1);
    count_facts();
    count_roots();
    count_held();
    return std::move(series_);
  }

 private:
  bool is_worth_it() {
    bool troubled = false;
    for (const stage::Fact& fact : evidence_.journal.facts()) {
      // What is still in a queue is written down at the end of the run, long after anything happened.
      if (fact.kind != FactKind::queued) last_ = std::max(last_, fact.at);
      troubled = troubled || is_trouble(fact);
      if (is_counted(fact)) counted_.push_back(&fact);
    }
    return !evidence_.lineage.roots().empty() && (troubled || evidence_.lineage.roots().size() >= roots_worth_a_plot);
  }

  std::size_t index_of(stage::Time at) const { return static_cast<std::size_t>(at.count() / series_.bucket_ns); }
  TimeBucket& bucket(stage::Time at) { return series_.buckets[std::min(index_of(at), series_.buckets.size() - 1)]; }

  void count_facts() {
    for (const stage::Fact* each : counted_) {
      const stage::Fact& fact = *each;
      if (fact.kind == FactKind::offered) ++bucket(fact.at).offered;
      if (fact.kind == FactKind::unconnected) ++bucket(fact.at).connect_errors;
      if (is_dns_error(fact)) ++bucket(fact.at).dns_errors;
      // The server's own fact of a refusal, so that a reply is not counted again where its client notes it.
      if (fact.kind == FactKind::rejected && fact.code / 100 == 4) ++bucket(fact.at).transient_replies;
      if (fact.kind == FactKind::rejected && fact.code / 100 == 5) ++bucket(fact.at).permanent_replies;
      const bool is_mark = fact.kind == FactKind::step || fact.kind == FactKind::fault;
      if (is_mark && series_.marks.size() < marks_max) add_mark(fact);
    }
  }

  // Sending is what the curves show already; marked is what was done to the world.
  void add_mark(const stage::Fact& fact) {
    const std::string_view text = fact.detail;
    if (fact.kind == FactKind::step && (text.starts_with("send") || text.starts_with("advance"))) return;
    std::string shown(text);
    if (!series_.marks.empty() && series_.marks.back().text == shown) return;
    series_.marks.push_back({fact.at.count(), std::move(shown)});
  }

  void count_roots() {
    std::vector<std::vector<std::int64_t>> latencies(series_.buckets.size());
    for (const auto& [index, root] : evidence_.lineage.roots()) {
      for (const Delivery& delivery : root.deliveries) {
        if (delivery.is_notice) continue;
        ++bucket(delivery.at).delivered;
        latencies[std::min(index_of(root.offered_at), latencies.size() - 1)].push_back(
            (delivery.at - root.offered_at).count());
      }
    }
    for (std::size_t index = 0; index < latencies.size(); ++index) {
      std::vector<std::int64_t>& sorted = latencies[index];
      if (sorted.empty()) continue;
      std::sort(sorted.begin(), sorted.end());
      // Nearest rank: the smallest value that at least so many per cent do not exceed.
      const auto percentile = [&](std::size_t percent) { return sorted[(sorted.size() * percent + 99) / 100 - 1]; };
      TimeBucket& into = series_.buckets[index];
      into.latency_p50_ns = percentile(50);
      into.latency_p95_ns = percentile(95);
      into.latency_p99_ns = percentile(99);
      into.latency_max_ns = sorted.back();
    }
  }

  // A recipient is held from the time a host takes it until its way there ends.
  void count_held() {
    // Twice the time, and one more where something begins: at one instant what ends goes first.
    std::vector<std::int64_t> changes;
    for (const auto& [index, root] : evidence_.lineage.roots()) {
      for (const stage::Custody id : root.custodies) {
        const CustodyRecord& record = *evidence_.lineage.custody(id);
        for (const Duty& duty : record.duties) {
          const bool stays = duty.end == End::open || duty.end == End::queued || duty.end == End::held;
          if (!stays && duty.ended_at <= record.began_at) continue;
          changes.push_back(2 * record.began_at.count() + 1);
          if (!stays) changes.push_back(2 * duty.ended_at.count());
        }
      }
    }
    std::sort(changes.begin(), changes.end());
    std::uint64_t held = 0;
    std::size_t next = 0;
    for (std::size_t index = 0; index < series_.buckets.size(); ++index) {
      const std::int64_t end = static_cast<std::int64_t>(index + 1) * series_.bucket_ns;
      std::uint64_t most = held;
      for (; next < changes.size() && changes[next] < 2 * end; ++next) {
        held = changes[next] % 2 != 0 ? held + 1 : held - 1;
        most = std::max(most, held);
      }
      series_.buckets[index].held_max = most;
    }
  }

  const Evidence& evidence_;
  TimeSeries series_;
  std::vector<const stage::Fact*> counted_;  // of the journal's, in order: most say nothing here
  stage::Time last_{};
};

}  // namespace

TimeSeries time_series(const Evidence& evidence) { return Series(evidence).make(); }

}  // namespace watershed::harness
