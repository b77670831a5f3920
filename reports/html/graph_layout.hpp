// Where nodes and arrows go: Graphviz's dot, asked for positions only. Drawing is ours (flow_map.cpp), so that colours,
// second cues and text are in our hands and the picture is the same on every machine, whatever fonts it has.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace watershed::reports::html {

struct Point {
  double x = 0;
  double y = 0;
};

struct Box {
  Point low;   ///< left, top
  Point high;  ///< right, bottom
};

struct LayoutNode {
  double width = 0;
  double height = 0;
  int group = -1;  ///< index of a group whose nodes stand in one box; -1: none
};

/// Goes down from `from` to `to` where that can be. The drawing decides which ends have arrows.
struct LayoutEdge {
  int from = 0;
  int to = 0;
  double label_width = 0;
  double label_height = 0;  ///< 0: no label
};

struct LayoutRequest {
  std::vector<LayoutNode> nodes;
  std::vector<LayoutEdge> edges;
  std::vector<double> groups;  ///< width that a group's heading needs
  double heading_height = 0;
};

/// Points, y downwards from the top.
struct Layout {
  double width = 0;
  double height = 0;
  std::vector<Point> nodes;  ///< centres
  std::vector<Box> groups;   ///< empty boxes for groups without nodes
  struct Edge {
    std::vector<Point> spline;  ///< a start and then three control points for each cubic Bézier curve
    Point label;                ///< centre
  };
  std::vector<Edge> edges;
};

/// The same request gives the same layout. An empty layout (no node placed) means that Graphviz could not do it.
Layout lay_out(const LayoutRequest& request);

}  // namespace watershed::reports::html
