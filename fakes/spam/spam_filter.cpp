// See spam_filter.hpp.
#include "fakes/spam/spam_filter.hpp"

#include <fmt/format.h>

namespace watershed::spam {

using talk::FilterAction;
using talk::FilterVerdict;

SpamFilter::SpamFilter(stage::Stage& stage, SpamFilterOptions options) : stage_(stage), options_(std::move(options)) {
  rules_.reserve(options_.rules.size() + 1);
  if (options_.gtube) {
    Rule gtube;
    gtube.name = "GTUBE";
    gtube.match.gtube = true;
    gtube.action = FilterAction::reject;
    gtube.decided_by = "default GTUBE";
    rules_.emplace_back(std::move(gtube));
  }
  for (const Rule& rule : options_.rules) rules_.emplace_back(rule);
}

SpamFilter::~SpamFilter() = default;

FilterVerdict SpamFilter::judge(const talk::FilterRequest& request) const {
  for (const CompiledRule& compiled : rules_) {
    if (!compiled.matches(request)) continue;
    const Rule& rule = compiled.rule();
    FilterVerdict verdict{rule.action, rule.reply, rule.add_fields, rule.name, rule.decided_by};
    const bool has_reply = rule.reply.code != 250;
    if (rule.action == FilterAction::reject && !has_reply) {
      verdict.reply =
          mail::make_reply(554, "5.7.1", fmt::format("{}: message refused as spam ({})", options_.name, rule.name));
    } else if (rule.action == FilterAction::tempfail && !has_reply) {
      verdict.reply = mail::make_reply(451, "4.7.1", fmt::format("{}: try again later ({})", options_.name, rule.name));
    } else if (rule.action == FilterAction::tag && rule.add_fields.empty()) {
      verdict.add_fields = {"X-Spam-Flag: YES",
                            fmt::format("X-Spam-Status: Yes, rule={}, filter={}", rule.name, options_.name)};
    }
    return verdict;
  }
  return {};
}

stage::Task<std::optional<FilterVerdict>> SpamFilter::inspect(const talk::FilterRequest& request) {
  if (!available_) co_return std::nullopt;
  ++inspected_;
  if (options_.delay > stage::Duration::zero()) co_await stage_.executor.sleep_for(options_.delay);
  co_return judge(request);
}

}  // namespace watershed::spam
