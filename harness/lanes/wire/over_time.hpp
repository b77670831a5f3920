// Something that is replaced while a world runs, such as a host's configuration: which it was at what time.
#pragma once

#include "stage/time.hpp"

#include <utility>
#include <vector>

namespace watershed::harness {

template <class Value>
class OverTime {
 public:
  OverTime() = default;
  OverTime(Value first) : first_(std::move(first)) {}  // NOLINT: what never changes is given as it is

  /// In the order of time.
  void replace(stage::Time from, Value by) { later_.emplace_back(from, std::move(by)); }

  const Value& at(stage::Time when) const {
    for (auto each = later_.rbegin(); each != later_.rend(); ++each) {
      if (each->first <= when) return each->second;
    }
    return first_;
  }

 private:
  Value first_{};
  std::vector<std::pair<stage::Time, Value>> later_;
};

}  // namespace watershed::harness
