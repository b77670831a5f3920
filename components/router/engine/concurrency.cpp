// See concurrency.hpp.
#include "components/router/engine/concurrency.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace watershed::router {

namespace {

// Feedback of a constant counts in whole steps; feedback relative to the concurrency adds up to one step
// (SCHEDULER_README).
constexpr double step = 1;

}  // namespace

double Feedback::at(double concurrency) const {
  switch (scale) {
    case Scale::constant:
      return value;
    case Scale::per_concurrency:
      return value / concurrency;
    case Scale::per_root_of_concurrency:
      return value / std::sqrt(concurrency);
  }
  return value;
}

Feedback parse_feedback(std::string_view text) {
  Feedback feedback;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value < 0 || value > 1) return feedback;
  const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  feedback.value = value;
  if (rest.find("sqrt_concurrency") != std::string_view::npos) {
    feedback.scale = Feedback::Scale::per_root_of_concurrency;
  } else if (rest.find("concurrency") != std::string_view::npos) {
    feedback.scale = Feedback::Scale::per_concurrency;
  }
  return feedback;
}

ConcurrencyWindow::ConcurrencyWindow(const ConcurrencyLimits& limits) : limits_(limits), window_(1) { revive(); }

void ConcurrencyWindow::revive() {
  window_ = std::max<std::size_t>(limits_.initial, 1);
  if (limits_.limit > 0) window_ = std::min(window_, limits_.limit);
  successes_ = failures_ = failed_cohorts_ = 0;
  dead_ = false;
}

void ConcurrencyWindow::on_success(std::size_t running) {
  failed_cohorts_ = 0;
  if (dead_) revive();
  if (limits_.limit > 0 && window_ >= limits_.limit) return;
  // The window grows only as far as it is used, and an initial window beyond that.
  if (window_ >= running + limits_.initial) return;
  const double feedback = limits_.positive.at(static_cast<double>(window_));
  successes_ += feedback;
  while (successes_ + feedback / 2 >= step && feedback > 0) {
    ++window_;
    successes_ -= step;
    failures_ = 0;
  }
  if (limits_.limit > 0) window_ = std::min(window_, limits_.limit);
}

bool ConcurrencyWindow::on_site_failure() {
  if (dead_) return false;
  successes_ = 0;
  failed_cohorts_ += 1 / static_cast<double>(window_);
  // A pseudo-cohort is as many failures in a row as the window is wide.
  if (limits_.failed_cohort_limit > 0 && failed_cohorts_ >= limits_.failed_cohort_limit - 1e-9) {
    dead_ = true;
    return true;
  }
  const double feedback = limits_.negative.at(static_cast<double>(window_));
  failures_ -= feedback;
  while (failures_ < -1e-9 && window_ > 1) {
    --window_;
    failures_ += step;
  }
  return false;
}

}  // namespace watershed::router
