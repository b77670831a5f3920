// The links between hosts: how long packets take and when they do not get through. Handed to MemoryNetwork::set_links.
//
//   LinkModel links(options, stage.random.fork("links"), executor);
//   network.set_links(links.link_of());
#pragma once

#include "stage/executor.hpp"
#include "stage/memory_network.hpp"
#include "stage/random.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace watershed::link {

/// Hosts with the same number are one place (a zone, a site, one host). 0: everything not assigned.
using GroupId = std::uint32_t;

/// A latency between two groups, in both directions. Jitter adds up to that much, evenly spread, from the seed.
struct Latency {
  GroupId a = 0;
  GroupId b = 0;
  stage::Duration latency{};
  stage::Duration jitter{};
};

enum class OutageKind {
  cut,      ///< packets vanish: attempts time out, established connections hang
  refused,  ///< connection attempts are refused at once, established connections live on
};

/// The ends of an outage: a group, an address, or (nothing given) everybody.
struct OutageEnd {
  enum class Kind { anybody, group, address } kind = Kind::anybody;
  GroupId group = 0;
  IpAddress address = {};
};

/// No traffic between two ends from `from` to before `until`, in both directions unless `one_way` (a to b).
struct Outage {
  std::string name;
  OutageKind kind = OutageKind::cut;
  OutageEnd a = {};
  OutageEnd b = {};
  bool one_way = false;
  stage::Time from{};
  stage::Time until = stage::forever;
};

struct LinkOptions {
  stage::Duration default_latency{};
  stage::Duration default_jitter{};
  std::vector<Latency> latencies = {};  ///< the first that matches counts
  std::vector<Outage> outages = {};
};

class LinkModel {
 public:
  /// `executor` gives the time. The model must outlive its use by the network.
  LinkModel(LinkOptions options, stage::Random random, const stage::Executor& executor);

  /// Before the first packet, or at any time.
  void assign(IpAddress address, GroupId group);
  GroupId group_of(IpAddress address) const;

  void add_outage(Outage outage) { options_.outages.push_back(std::move(outage)); }
  /// Ends the outages of that name; how many there were.
  std::size_t remove_outages(std::string_view name);

  stage::Link link(IpAddress from, IpAddress to);
  stage::MemoryNetwork::LinkOf link_of();

 private:
  LinkOptions options_;
  stage::Random random_;
  const stage::Executor& executor_;
  std::unordered_map<IpAddress, GroupId, IpAddressHash> groups_;

  /// What does not change between two addresses; nearly every packet goes the way of an earlier one.
  struct Way {
    IpAddress from;
    IpAddress to;
    GroupId from_group = 0;
    GroupId to_group = 0;
    stage::Duration latency{};
    stage::Duration jitter{};
    bool is_known = false;
  };
  const Way& way(const IpAddress& from, const IpAddress& to);
  static constexpr std::size_t ways_max = 256;
  std::vector<Way> ways_;  // by the hash of both ends; a later pair takes an earlier one's place
};

}  // namespace watershed::link
