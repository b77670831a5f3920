// A whole Stage on the virtual clock with a network in memory: what the simulated lane and most tests stand on.
#pragma once

#include "stage/memory_network.hpp"
#include "stage/stage.hpp"

#include <string>
#include <utility>

namespace watershed::stage {

struct SimulatedStage {
  explicit SimulatedStage(std::uint64_t seed = 1) : random(seed) {}
  /// Who has tasks that refer to something younger than this object shuts the executor down before that goes.
  ~SimulatedStage() { executor.shut_down(); }
  SimulatedStage(const SimulatedStage&) = delete;
  SimulatedStage& operator=(const SimulatedStage&) = delete;

  /// A host with one address.
  HostId add_host(std::string name, IpAddress address) {
    const HostId host = journal.add_host(std::move(name));
    network.add_address(address, host);
    return host;
  }

  VirtualExecutor executor;
  Journal journal;
  Random random;
  MemoryNetwork network{executor, journal};
  Stage stage{executor, random, network, journal};
};

}  // namespace watershed::stage
