// The flow map as a graph: what mail of which class went from where to where in one world, over all of its runs.
#pragma once

#include "harness/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::reports::html {

struct FlowNode {
  std::string name;
  std::string lane;  ///< zone
  std::string role;
  std::uint64_t hosts = 1;           ///< how many hosts a node stands for
  std::vector<std::string> classes;  ///< of the mail that it handled
  bool is_shared = false;            ///< handled mail of several segregated classes
  bool is_idle = false;              ///< no mail came by
};

struct FlowEdge {
  std::size_t from = 0;  ///< index of a node
  std::size_t to = 0;
  std::string message_class;
  std::uint64_t count = 0;
  std::uint64_t refused = 0;  ///< seen but not taken
  bool is_crossing = false;
};

struct FlowLane {
  std::string name;
  std::vector<std::string> carries;
  bool is_external = false;
};

struct FlowGraph {
  std::string world;
  std::vector<FlowLane> lanes;
  std::vector<FlowNode> nodes;
  std::vector<FlowEdge> edges;
  std::uint64_t runs = 0;
};

/// Of all runs on that world, known-bad ones left out. `gather_outside`: the hosts of an external zone become one node.
FlowGraph flow_graph(const harness::Outcome& outcome, const harness::WorldMap& world, bool gather_outside);

/// The classes of mail in a run, in the order in which they get their colours.
std::vector<std::string> message_classes(const harness::Outcome& outcome);

}  // namespace watershed::reports::html
