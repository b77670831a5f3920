// See link_model.hpp.
#include "fakes/link/link_model.hpp"

namespace watershed::link {

namespace {

bool covers(const OutageEnd& end, const IpAddress& address, GroupId group) {
  switch (end.kind) {
    case OutageEnd::Kind::anybody:
      return true;
    case OutageEnd::Kind::group:
      return end.group == group;
    case OutageEnd::Kind::address:
      return end.address == address;
  }
  return false;
}

}  // namespace

LinkModel::LinkModel(LinkOptions options, stage::Random random, const stage::Executor& executor)
    : options_(std::move(options)), random_(random), executor_(executor), ways_(ways_max) {}

void LinkModel::assign(IpAddress address, GroupId group) {
  groups_[address] = group;
  ways_.assign(ways_max, Way{});
}

GroupId LinkModel::group_of(IpAddress address) const {
  const auto found = groups_.find(address);
  return found == groups_.end() ? GroupId{0} : found->second;
}

std::size_t LinkModel::remove_outages(std::string_view name) {
  return std::erase_if(options_.outages, [name](const Outage& outage) { return outage.name == name; });
}

const LinkModel::Way& LinkModel::way(const IpAddress& from, const IpAddress& to) {
  Way& known = ways_[(IpAddressHash{}(from)*31 + IpAddressHash{}(to)) % ways_max];
  if (known.is_known && known.from == from && known.to == to) return known;
  known = {from, to, group_of(from), group_of(to), options_.default_latency, options_.default_jitter, true};
  for (const Latency& each : options_.latencies) {
    const bool forth = each.a == known.from_group && each.b == known.to_group;
    const bool back = each.a == known.to_group && each.b == known.from_group;
    if (!forth && !back) continue;
    known.latency = each.latency;
    known.jitter = each.jitter;
    break;
  }
  return known;
}

stage::Link LinkModel::link(IpAddress from, IpAddress to) {
  const Way& between = way(from, to);
  stage::Link link{.latency = between.latency};
  if (between.jitter > stage::Duration::zero()) {
    link.latency += stage::Duration(random_.below(static_cast<std::uint64_t>(between.jitter.count()) + 1));
  }
  const stage::Time now = executor_.now();
  for (const Outage& outage : options_.outages) {
    if (now < outage.from || now >= outage.until) continue;
    const bool forth = covers(outage.a, from, between.from_group) && covers(outage.b, to, between.to_group);
    const bool back = covers(outage.a, to, between.to_group) && covers(outage.b, from, between.from_group);
    if (!forth && (outage.one_way || !back)) continue;
    (outage.kind == OutageKind::cut ? link.is_cut : link.is_refused) = true;
  }
  return link;
}

stage::MemoryNetwork::LinkOf LinkModel::link_of() {
  return [this](IpAddress from, IpAddress to) { return link(from, to); };
}

}  // namespace watershed::link
