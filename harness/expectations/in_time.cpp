// How long a message took, where the lane shortens waiting. See support.hpp.
#include "harness/expectations/support.hpp"

namespace watershed::harness {

Took took(const Evidence& evidence, const RootMessage& root, const Delivery& delivery) {
  const stage::Duration seen = delivery.at - root.offered_at;
  if (evidence.time_factor <= 1 || !evidence.was_put_off(delivery)) return {seen, seen};
  // Postfix waits whole seconds: what was divided is rounded, and 1.49 s are waited as 1 s.
  constexpr double rounding_max = 1.5;
  return {seen, std::chrono::duration_cast<stage::Duration>(seen * (evidence.time_factor * rounding_max))};
}

InTime in_time(const Took& span, stage::Duration limit) {
  if (span.least > limit) return InTime::no;
  return span.most > limit ? InTime::open : InTime::yes;
}

Finding left_open(Finding finding) {
  finding.is_inconclusive = true;
  return finding;
}

}  // namespace watershed::harness
