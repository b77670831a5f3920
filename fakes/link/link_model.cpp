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
    : options_(std::move(options)), random_(random), executor_(executor) {}

void LinkModel::assign(IpAddress address, GroupId group) { groups_[address] = group; }

GroupId LinkModel::group_of(IpAddress address) const {
  const auto found = groups_.find(address);
  return found == groups_.end() ? GroupId{0} : found->second;
}

std::size_t LinkModel::remove_outages(std::string_view name) {
  return std::erase_if(options_.outages, [name](const Outage& outage) { return outage.name == name; });
}

stage::Link LinkModel::link(IpAddress from, IpAddress to) {
  const GroupId from_group = group_of(from);
  const GroupId to_group = group_of(to);
  stage::Link link{.latency = options_.default_latency};
  stage::Duration jitter = options_.default_jitter;
  for (const Latency& each : options_.latencies) {
    const bool forth = each.a == from_group && each.b == to_group;
    const bool back = each.a == to_group && each.b == from_group;
    if (!forth && !back) continue;
    link.latency = each.latency;
    jitter = each.jitter;
    break;
  }
  if (jitter > stage::Duration::zero()) {
    link.latency += stage::Duration(random_.below(static_cast<std::uint64_t>(jitter.count()) + 1));
  }
  const stage::Time now = executor_.now();
  for (const Outage& outage : options_.outages) {
    if (now < outage.from || now >= outage.until) continue;
    const bool forth = covers(outage.a, from, from_group) && covers(outage.b, to, to_group);
    const bool back = covers(outage.a, to, to_group) && covers(outage.b, from, from_group);
    if (!forth && (outage.one_way || !back)) continue;
    (outage.kind == OutageKind::cut ? link.is_cut : link.is_refused) = true;
  }
  return link;
}

stage::MemoryNetwork::LinkOf LinkModel::link_of() {
  return [this](IpAddress from, IpAddress to) { return link(from, to); };
}

}  // namespace watershed::link
