// The spam filter of the simulated lane: rules given by the world, the GTUBE test string, nothing learnt, nothing
// random. It answers a router the way a milter does at end of message; the live lane puts rspamd in its place.
#pragma once

#include "fakes/spam/rule.hpp"
#include "talk/content_filter.hpp"

#include <optional>
#include <string>
#include <vector>

namespace watershed::spam {

struct SpamFilterOptions {
  std::string name = "spamfilter";  ///< goes into the added fields and the default reply
  stage::HostId host = 0;
  bool gtube = true;  ///< reject the GTUBE test message before any rule is tried
  std::vector<Rule> rules = {};
  stage::Duration delay{};  ///< how long it thinks
};

class SpamFilter final : public talk::ContentFilter {
 public:
  SpamFilter(stage::Stage& stage, SpamFilterOptions options);
  ~SpamFilter() override;

  stage::HostId host() const override { return options_.host; }
  bool is_reachable() const override { return available_; }
  stage::Task<std::optional<talk::FilterVerdict>> inspect(const talk::FilterRequest& request) override;

  /// The verdict alone: the first rule that matches decides; none: accept, with nothing added.
  talk::FilterVerdict judge(const talk::FilterRequest& request) const;

  /// While unavailable it answers nothing, as a filter that is down.
  void set_available(bool available) { available_ = available; }
  bool is_available() const { return available_; }
  std::uint64_t inspected_count() const { return inspected_; }

 private:
  stage::Stage& stage_;
  SpamFilterOptions options_;
  std::vector<CompiledRule> rules_;
  bool available_ = true;
  std::uint64_t inspected_ = 0;
};

}  // namespace watershed::spam
