// See flow_graph.hpp.
#include "reports/html/flow_graph.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace watershed::reports::html {

namespace {

using harness::FlowHop;
using harness::Outcome;
using harness::ScenarioResult;
using harness::WorldMap;

struct Builder {
  const WorldMap& world;
  bool gather_outside;
  FlowGraph graph;
  std::map<std::string, std::size_t> node_of;  // by host

  const harness::WorldZone* zone(const std::string& name) const {
    const auto found = std::find_if(world.zones.begin(), world.zones.end(),
                                    [&](const harness::WorldZone& each) { return each.name == name; });
    return found == world.zones.end() ? nullptr : &*found;
  }

  void add_nodes() {
    for (const harness::WorldZone& each : world.zones) {
      graph.lanes.push_back({each.name, each.carries, each.is_external});
    }
    std::map<std::string, std::size_t> gathered;  // by zone
    for (const harness::WorldHost& host : world.hosts) {
      const harness::WorldZone* of = zone(host.zone);
      const bool is_outside = of != nullptr && of->is_external;
      if (gather_outside && is_outside) {
        const auto [place, is_new] = gathered.emplace(host.zone, graph.nodes.size());
        node_of[host.name] = place->second;
        if (!is_new) {
          ++graph.nodes[place->second].hosts;
          continue;
        }
        graph.nodes.push_back({host.zone, host.zone, "outside hosts", 1, {}, false, false});
        continue;
      }
      node_of[host.name] = graph.nodes.size();
      graph.nodes.push_back({host.name, host.zone, host.role, 1, {}, false, false});
    }
  }
};

void note_class(FlowNode& node, const std::string& message_class) {
  if (std::find(node.classes.begin(), node.classes.end(), message_class) == node.classes.end()) {
    node.classes.push_back(message_class);
  }
}

}  // namespace

FlowGraph flow_graph(const Outcome& outcome, const WorldMap& world, bool gather_outside) {
  Builder builder{world, gather_outside, {}, {}};
  builder.graph.world = world.name;
  builder.add_nodes();
  FlowGraph& graph = builder.graph;
  std::map<std::tuple<std::size_t, std::size_t, std::string, bool>, FlowEdge> edges;
  for (const ScenarioResult& run : outcome.scenarios) {
    if (run.world != world.name || run.is_must_fail) continue;
    ++graph.runs;
    for (const FlowHop& hop : run.flow) {
      const auto from = builder.node_of.find(hop.from);
      const auto to = builder.node_of.find(hop.to);
      if (from == builder.node_of.end() || to == builder.node_of.end() || from->second == to->second) continue;
      FlowEdge& edge = edges[{from->second, to->second, hop.message_class, hop.is_crossing}];
      edge.from = from->second;
      edge.to = to->second;
      edge.message_class = hop.message_class;
      edge.is_crossing = hop.is_crossing;
      (hop.way == "refused" ? edge.refused : edge.count) += hop.count;
      note_class(graph.nodes[edge.from], hop.message_class);
      note_class(graph.nodes[edge.to], hop.message_class);
    }
  }
  for (auto& [key, edge] : edges) graph.edges.push_back(std::move(edge));
  const auto shared = outcome.shared_hosts.find(world.name);
  for (FlowNode& node : graph.nodes) {
    std::sort(node.classes.begin(), node.classes.end());
    node.is_shared = shared != outcome.shared_hosts.end() && shared->second.contains(node.name);
    node.is_idle = node.classes.empty();
  }
  return std::move(builder.graph);
}

std::vector<std::string> message_classes(const Outcome& outcome) {
  std::set<std::string> classes;
  for (const ScenarioResult& run : outcome.scenarios) {
    for (const FlowHop& hop : run.flow) classes.insert(hop.message_class);
  }
  return {classes.begin(), classes.end()};
}

}  // namespace watershed::reports::html
