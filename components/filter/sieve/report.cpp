// Collection of diagnostics. See report.hpp.
#include "components/filter/sieve/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace watershed::sieve {

namespace {

std::string line_of(std::string_view source, int line) {
  std::size_t begin = 0;
  for (int passed = 1; passed < line; ++passed) {
    const std::size_t end = source.find('\n', begin);
    if (end == std::string_view::npos) return {};
    begin = end + 1;
  }
  std::string_view text = source.substr(begin, source.find('\n', begin) - begin);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return std::string(text.substr(0, 1000));
}

}  // namespace

Report::Report(std::string_view source, std::string file, std::size_t diagnostics_max)
    : source_(source), file_(std::move(file)), diagnostics_max_(diagnostics_max) {}

void Report::error(Place at, std::string message, std::string hint) {
  ++errors_;
  add(Severity::error, at, std::move(message), std::move(hint));
}

void Report::warning(Place at, std::string message, std::string hint) {
  add(Severity::warning, at, std::move(message), std::move(hint));
}

void Report::add(Severity severity, Place at, std::string message, std::string hint) {
  if (found_.size() >= diagnostics_max_) {
    ++left_out_;
    return;
  }
  found_.push_back(
      {severity, {file_, at.line, at.column}, std::move(message), line_of(source_, at.line), std::move(hint)});
}

Diagnostics Report::take() {
  std::stable_sort(found_.begin(), found_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
  });
  if (left_out_ > 0) {
    found_.push_back(
        {Severity::error, {file_, 0, 0}, fmt::format("{} more findings are not listed", left_out_), {}, {}});
  }
  return std::move(found_);
}

}  // namespace watershed::sieve
