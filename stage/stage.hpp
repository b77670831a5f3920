// The Stage: all that a fake or a component is given. Time, chance, network and identity come from here only, so a
// world can be run on a virtual clock and replayed from a seed.
#pragma once

#include "stage/executor.hpp"
#include "stage/journal.hpp"
#include "stage/network.hpp"
#include "stage/random.hpp"

namespace watershed::stage {

struct Stage {
  Executor& executor;
  Random& random;
  Network& network;
  Journal& journal;
};

}  // namespace watershed::stage
