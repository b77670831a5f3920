// Seeded chance. Every choice in a simulated run comes from here, so the printed seed replays it.
#pragma once

#include <cstdint>
#include <string_view>

namespace watershed::stage {

/// xoshiro256** seeded by splitmix64 (Blackman and Vigna): small, fast, the same on every machine, unlike the standard
/// library's distributions.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t next();
  /// 0 … bound-1, without bias; bound must not be 0.
  std::uint64_t below(std::uint64_t bound);
  /// 0.0 … <1.0
  double unit();
  bool chance(double probability) { return unit() < probability; }

  /// An independent stream for one part of the world: what one part draws does not shift another's choices.
  Random fork(std::string_view name) const;

 private:
  std::uint64_t seed_;
  std::uint64_t state_[4];
};

}  // namespace watershed::stage
