// Shared hosts: hosts outside the external zones that handled mail of several segregated classes. The figure that has
// to fall to the spam filter alone in phase 1, and to zero in phase 2.
#pragma once

#include "harness/scenario/evidence.hpp"

#include <map>
#include <set>
#include <string>

namespace watershed::harness {

/// Classes of mail that each host handled, bridge classes left out.
std::map<std::string, std::set<std::string>> classes_by_host(const Evidence& evidence);

std::set<std::string> shared_hosts(const Evidence& evidence);

}  // namespace watershed::harness
