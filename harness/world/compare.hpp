// Compares a zone between two worlds: hosts, addresses and configuration files, byte for byte (requirement CLOUD-2).
#pragma once

#include "harness/world/world_spec.hpp"

#include <string>
#include <vector>

namespace watershed::harness {

/// One sentence for each difference; empty when the zone is the same in both worlds. Zone files of the DNS are not a
/// host's configuration and are not compared.
std::vector<std::string> zone_differences(const WorldSpec& before, const WorldSpec& after, std::string_view zone);

}  // namespace watershed::harness
