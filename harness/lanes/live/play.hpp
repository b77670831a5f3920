// The inside of a live run: brings the world up in the sandbox, lets the scenario act, waits until the world is quiet,
// and judges.
#pragma once

#include "harness/lanes/run_scenario.hpp"
#include "sandbox/sandbox.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace watershed::harness {

/// Every address that the sandbox's loopback needs for this world.
std::vector<IpAddress> live_addresses(const WorldSpec& spec);

/// `say_alive` is called every second until it comes to judging.
ScenarioResult play_live(const Scenario& scenario, const std::shared_ptr<const World>& world, const RunOptions& options,
                         const Surroundings& surroundings, const sandbox::Inside& inside,
                         const std::function<void()>& say_alive);

}  // namespace watershed::harness
