// The private loopback of a sandbox: every host's address on one interface, and a way for packets to other addresses
// that leads back to it, where a witness sees them and nobody answers. rtnetlink(7), ip-rule(8)
#pragma once

#include "base/ip_address.hpp"
#include "base/result.hpp"

#include <sys/types.h>

#include <span>

namespace watershed::sandbox {

/// Brings `lo` up in the calling process's network namespace and gives it the addresses (/32, /128). Packets to any
/// other IPv4 or IPv6 address are routed to `lo` as well: they are seen there and go nowhere.
Result<void, Error> set_up_loopback(std::span<const IpAddress> addresses);

/// Processes of this user speak from `source` when they connect to one of `destinations` without binding first: on a
/// loopback they would otherwise seem to be the host they talk to. For programs that cannot be told their address.
/// IPv4. Calls for different users add up.
Result<void, Error> speak_from(uid_t user, const IpAddress& source, std::span<const IpAddress> destinations);

}  // namespace watershed::sandbox
