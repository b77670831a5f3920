// Time on the Stage: nanoseconds since the start of the run, virtual or real.
#pragma once

#include <chrono>
#include <cstdint>

namespace watershed::stage {

using Duration = std::chrono::nanoseconds;
using Time = std::chrono::nanoseconds;

inline constexpr Time forever = Time::max();

/// What a calendar says at the start of every simulated run: Fri, 20 Nov 2026 06:00:00 +0000. Fixed, so that dates in
/// messages do not differ between two runs.
inline constexpr std::int64_t simulated_epoch_unix_seconds = 1795154400;

}  // namespace watershed::stage
