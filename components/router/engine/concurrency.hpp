// How many deliveries to one destination may run at once: Postfix's feedback. SCHEDULER_README "Concurrency
// scheduling", qmgr(8). Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace watershed::router {

/// `default_destination_concurrency_*_feedback`: a constant, or a constant divided by (the root of) the concurrency.
struct Feedback {
  enum class Scale { constant, per_concurrency, per_root_of_concurrency } scale = Scale::constant;
  double value = 1;

  double at(double concurrency) const;
};

/// Reads `1`, `0.5`, `1/concurrency`, `2/sqrt_concurrency`; anything else is the default, 1.
Feedback parse_feedback(std::string_view text);

struct ConcurrencyLimits {
  std::size_t initial = 5;
  std::size_t limit = 20;          ///< 0: no limit
  double failed_cohort_limit = 1;  ///< 0: a destination never counts as dead
  Feedback positive;
  Feedback negative;
};

class ConcurrencyWindow {
 public:
  explicit ConcurrencyWindow(const ConcurrencyLimits& limits);

  /// Deliveries that may run now; 0 when the destination is dead.
  std::size_t size() const { return dead_ ? 0 : window_; }
  bool is_dead() const { return dead_; }

  /// A delivery ended without trouble of the destination itself; `running` counts it.
  void on_success(std::size_t running);
  /// The destination could not be talked to. True when it counts as dead from now on.
  bool on_site_failure();
  /// Back to the initial window (after minimal_backoff_time, or on postqueue -f).
  void revive();

 private:
  ConcurrencyLimits limits_;
  std::size_t window_;
  double successes_ = 0;
  double failures_ = 0;
  double failed_cohorts_ = 0;
  bool dead_ = false;
};

}  // namespace watershed::router
