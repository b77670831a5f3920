// See loopback.hpp.
#include "sandbox/loopback.hpp"

#include "sandbox/netlink.hpp"

#include <fmt/format.h>

#include <net/if.h>
#include <sys/socket.h>
#include <cstring>

namespace watershed::sandbox {

namespace {

std::span<const std::uint8_t> octets(const IpAddress& address) {
  return {address.bytes.data(), address.is_v6 ? 16U : 4U};
}
std::uint8_t family(const IpAddress& address) { return address.is_v6 ? AF_INET6 : AF_INET; }
std::uint8_t whole_prefix(const IpAddress& address) { return address.is_v6 ? 128 : 32; }

NetlinkRequest address_request(const IpAddress& address, unsigned interface) {
  ifaddrmsg message{};
  message.ifa_family = family(address);
  message.ifa_prefixlen = whole_prefix(address);
  message.ifa_flags = IFA_F_NODAD;  // nobody else could have it
  message.ifa_index = interface;
  NetlinkRequest request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
  request.with(message).attribute(IFA_LOCAL, octets(address)).attribute(IFA_ADDRESS, octets(address));
  return request;
}

rtmsg route_message(std::uint8_t of_family) {
  rtmsg message{};
  message.rtm_family = of_family;
  message.rtm_table = RT_TABLE_MAIN;
  message.rtm_protocol = RTPROT_BOOT;
  message.rtm_scope = RT_SCOPE_LINK;
  message.rtm_type = RTN_UNICAST;
  return message;
}

// Lower numbers are asked first; the kernel's own rule for local addresses stands at 0 and has to make room.
constexpr std::uint32_t speak_from_priority = 10;
constexpr std::uint32_t local_priority = 1000;
constexpr std::uint32_t first_table = 1000;

Result<void, Error> make_room(Netlink& netlink) {
  fib_rule_hdr rule{};
  rule.family = AF_INET;
  rule.table = RT_TABLE_LOCAL;
  rule.action = FR_ACT_TO_TBL;
  NetlinkRequest later(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL);
  later.with(rule).attribute(FRA_PRIORITY, local_priority);
  if (const auto added = netlink.ask(later, "moving the rule for local addresses"); !added) return added.error();
  NetlinkRequest first(RTM_DELRULE, 0);
  first.with(rule).attribute(FRA_PRIORITY, std::uint32_t{0});
  const auto removed = netlink.ask(first, "moving the rule for local addresses");
  static_cast<void>(removed);  // gone already where another user's rule was made before
  return {};
}

}  // namespace

Result<void, Error> set_up_loopback(std::span<const IpAddress> addresses) {
  Netlink netlink;
  const unsigned interface = ::if_nametoindex("lo");
  ifinfomsg up{};
  up.ifi_index = static_cast<int>(interface);
  up.ifi_flags = IFF_UP;
  up.ifi_change = IFF_UP;
  const auto is_up = netlink.ask(NetlinkRequest(RTM_NEWLINK, 0).with(up), "bringing lo up");
  if (!is_up) return is_up.error();
  bool has_v6 = false;
  for (const IpAddress& address : addresses) {
    const auto added = netlink.ask(address_request(address, interface), "adding " + to_string(address) + " to lo");
    if (!added) return added.error();
    has_v6 = has_v6 || address.is_v6;
  }
  const auto route =
      NetlinkRequest(RTM_NEWROUTE, NLM_F_CREATE).with(route_message(AF_INET)).attribute(RTA_OIF, interface);
  const auto routed = netlink.ask(route, "routing everything else to lo");
  if (!routed || !has_v6) return routed;
  const auto route6 =
      NetlinkRequest(RTM_NEWROUTE, NLM_F_CREATE).with(route_message(AF_INET6)).attribute(RTA_OIF, interface);
  return netlink.ask(route6, "routing everything else to lo");
}

Result<void, Error> speak_from(uid_t user, const IpAddress& source, std::span<const IpAddress> destinations) {
  Netlink netlink;
  if (const auto made = make_room(netlink); !made) return made.error();
  const std::uint32_t table = first_table + user;
  const unsigned interface = ::if_nametoindex("lo");
  for (const IpAddress& destination : destinations) {
    if (destination.is_v6 != source.is_v6) continue;
    rtmsg message = route_message(family(destination));
    message.rtm_table = RT_TABLE_UNSPEC;
    message.rtm_dst_len = whole_prefix(destination);
    message.rtm_scope = RT_SCOPE_HOST;
    message.rtm_type = RTN_LOCAL;
    NetlinkRequest route(RTM_NEWROUTE, NLM_F_CREATE);
    route.with(message)
        .attribute(RTA_TABLE, table)
        .attribute(RTA_DST, octets(destination))
        .attribute(RTA_PREFSRC, octets(source))
        .attribute(RTA_OIF, interface);
    if (const auto added = netlink.ask(route, fmt::format("routing user {}", user)); !added) return added.error();
  }
  fib_rule_hdr rule{};
  rule.family = family(source);
  rule.action = FR_ACT_TO_TBL;
  fib_rule_uid_range range{user, user};
  std::array<std::uint8_t, sizeof range> range_octets{};
  std::memcpy(range_octets.data(), &range, sizeof range);
  NetlinkRequest request(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL);
  request.with(rule)
      .attribute(FRA_PRIORITY, speak_from_priority)
      .attribute(FRA_TABLE, table)
      .attribute(FRA_UID_RANGE, range_octets);
  return netlink.ask(request, fmt::format("a routing rule for user {}", user));
}

}  // namespace watershed::sandbox
