// What must hold between the records of a whole set, and what looks like a slip.
#pragma once

#include "fakes/dns/zone.hpp"

#include <vector>

namespace watershed::dns {

/// Appends errors and `zones.warnings` (see load_zones), and takes out records that are there twice (RFC 2181 §5).
/// `files` gives the source lines.
void check_zones(const std::vector<ZoneText>& files, ZoneSet& zones, Diagnostics& errors);

}  // namespace watershed::dns
