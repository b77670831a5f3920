// The flow map as inline SVG: zones as lanes, hosts as nodes, hops as arrows with counts, crossings in red on top.
//
// Nothing is said by colour alone: each class has a dash pattern and a letter, too, so that the map can be read in
// print and by colour-blind people.
#pragma once

#include "reports/html/flow_graph.hpp"

#include <string>
#include <vector>

namespace watershed::reports::html {

/// `id` makes the title's id unique on the page. A map that Graphviz cannot lay out is a sentence that says so.
std::string flow_map_svg(const FlowGraph& graph, const std::vector<std::string>& classes, const std::string& id);

/// What the lines of the map mean.
std::string flow_map_legend(const std::vector<std::string>& classes);

/// The same as a table, for those who cannot see the picture.
std::string flow_map_table(const FlowGraph& graph);

/// A letter or two for a class, different from those of the others.
std::string class_letter(const std::vector<std::string>& classes, const std::string& message_class);

/// Which of the style sheet's lines, c0 … c4, a class has.
std::size_t class_style(const std::vector<std::string>& classes, const std::string& message_class);

}  // namespace watershed::reports::html
