// See flow_map.hpp.
#include "reports/html/flow_map.hpp"

#include "reports/html/graph_layout.hpp"
#include "reports/html/markup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

namespace watershed::reports::html {

namespace {

constexpr double character_width = 6.5;  // of 12 px sans serif
constexpr double node_height = 42;
constexpr double label_height = 16;
constexpr double readable_scale = 0.72;  // a map is scrolled rather than drawn smaller

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

double text_width(std::string_view text) { return static_cast<double>(columns_of(text)) * character_width; }

std::string second_line(const FlowNode& node) {
  if (node.hosts > 1) return plural(node.hosts, "host");
  if (node.is_shared) return "shared by classes";
  return node.is_idle ? node.role + ", no mail" : node.role;
}

// What a line says of one edge; what was seen but never taken is said, too.
std::string edge_text(const FlowEdge& edge, bool is_down, const std::vector<std::string>& classes) {
  std::string text = edge.is_crossing ? "✗ crossing " : "";
  text += fmt::format("{} {} ", is_down ? "↓" : "↑", class_letter(classes, edge.message_class));
  return text + (edge.count > 0 ? grouped(edge.count) : grouped(edge.refused) + " refused");
}

std::string lane_text(const FlowLane& lane) {
  if (lane.is_external) return lane.name + " (outside)";
  return lane.name;
}

// All that goes between two nodes, drawn side by side along one curve.
struct Way {
  std::size_t upper = 0;
  std::size_t lower = 0;
  std::vector<const FlowEdge*> edges;
};

// How far a node is from the outside: the map reads downwards, from there to the mailboxes.
std::vector<std::size_t> depths(const FlowGraph& graph) {
  std::vector<std::size_t> depth(graph.nodes.size(), graph.nodes.size());
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    const bool is_outside = std::any_of(graph.lanes.begin(), graph.lanes.end(), [&](const FlowLane& lane) {
      return lane.is_external && lane.name == graph.nodes[node].lane;
    });
    if (is_outside) depth[node] = 0;
  }
  for (std::size_t round = 0; round < graph.nodes.size(); ++round) {
    for (const FlowEdge& edge : graph.edges) {
      depth[edge.to] = std::min(depth[edge.to], depth[edge.from] + 1);
      depth[edge.from] = std::min(depth[edge.from], depth[edge.to] + 1);
    }
  }
  return depth;
}

std::vector<Way> ways_of(const FlowGraph& graph, const std::vector<std::size_t>& depth) {
  std::map<std::pair<std::size_t, std::size_t>, Way> ways;
  for (const FlowEdge& edge : graph.edges) {
    const bool from_is_upper = std::pair(depth[edge.from], edge.from) < std::pair(depth[edge.to], edge.to);
    Way& way = ways[std::minmax(edge.from, edge.to)];
    way.upper = from_is_upper ? edge.from : edge.to;
    way.lower = from_is_upper ? edge.to : edge.from;
    way.edges.push_back(&edge);
  }
  std::vector<Way> ordered;
  for (auto& [ends, way] : ways) ordered.push_back(std::move(way));
  return ordered;
}

class Map {
 public:
  Map(const FlowGraph& graph, const std::vector<std::string>& classes)
      : graph_(graph), classes_(classes), depths_(depths(graph)), ways_(ways_of(graph, depths_)) {}

  std::string draw(const std::string& id) {
    layout_ = lay_out(request());
    if (layout_.nodes.size() != graph_.nodes.size() || graph_.nodes.empty()) {
      return "<p>This map could not be laid out; the table below has its figures.</p>";
    }
    constexpr double margin = 6;
    svg_.raw(fmt::format(
        "<svg class=map role=img aria-labelledby=\"{0}-t\" viewBox=\"{1:.0f} {1:.0f} {2:.0f} {3:.0f}\" "
        "style=\"--w:{2:.0f}px;--m:{4:.0f}px\"><title id=\"{0}-t\">",
        id, -margin, layout_.width + 2 * margin, layout_.height + 2 * margin, layout_.width * readable_scale));
    svg_.attribute("Flow map of world " + graph_.world + "; the table after it has the same figures").raw("</title>");
    for (std::size_t lane = 0; lane < graph_.lanes.size(); ++lane) draw_lane(lane);
    for (const bool crossings : {false, true}) {
      if (crossings) draw_nodes_and_labels();
      for (std::size_t way = 0; way < ways_.size(); ++way) draw_way(way, crossings);
    }
    // Red goes on top of everything.
    for (std::size_t way = 0; way < ways_.size(); ++way) draw_labels(way, true);
    svg_.raw("</svg>");
    return svg_.take();
  }

 private:
  bool is_down(const Way& way, const FlowEdge& edge) const { return edge.from == way.upper; }

  LayoutRequest request() {
    LayoutRequest request;
    request.heading_height = 18;
    for (const FlowLane& lane : graph_.lanes) request.groups.push_back(text_width(lane_text(lane)));
    for (const FlowNode& node : graph_.nodes) {
      const double width = std::max({text_width(node.name), text_width(second_line(node)) * 0.9, 60.0}) + 14;
      const auto lane = std::find_if(graph_.lanes.begin(), graph_.lanes.end(),
                                     [&](const FlowLane& each) { return each.name == node.lane; });
      const bool is_known = lane != graph_.lanes.end();
      request.nodes.push_back({width, node_height, is_known ? static_cast<int>(lane - graph_.lanes.begin()) : -1});
    }
    for (const Way& way : ways_) {
      double width = 0;
      for (const FlowEdge* edge : way.edges) width = std::max(width, label_width(way, *edge));
      request.edges.push_back({static_cast<int>(way.upper), static_cast<int>(way.lower), width + 4,
                               label_height * static_cast<double>(way.edges.size()) + 4});
    }
    // Hosts of a lane that would stand side by side stand one below the other: lanes are narrow and maps fit abreast.
    for (std::size_t node = 0; node < graph_.nodes.size(); ++node) {
      for (std::size_t next = node + 1; next < graph_.nodes.size(); ++next) {
        if (graph_.nodes[node].lane != graph_.nodes[next].lane || depths_[node] != depths_[next]) continue;
        request.edges.push_back({static_cast<int>(node), static_cast<int>(next), 0, 0});
        break;
      }
    }
    widths_ = request.nodes;
    return request;
  }

  double label_width(const Way& way, const FlowEdge& edge) const {
    return text_width(edge_text(edge, is_down(way, edge), classes_)) * 0.92 + 8;
  }

  void draw_nodes_and_labels() {
    for (std::size_t node = 0; node < graph_.nodes.size(); ++node) draw_node(node);
    for (std::size_t way = 0; way < ways_.size(); ++way) draw_labels(way, false);
  }

  void draw_lane(std::size_t index) {
    const Box& box = layout_.groups[index];
    const FlowLane& lane = graph_.lanes[index];
    if (box.high.x <= box.low.x) return;
    svg_.raw(fmt::format("<g class=\"lane{}\"><rect x={:.1f} y={:.1f} width={:.1f} height={:.1f} rx=8 />",
                         lane.is_external ? " out" : "", box.low.x, box.low.y, box.high.x - box.low.x,
                         box.high.y - box.low.y));
    svg_.raw(fmt::format("<text x={:.1f} y={:.1f}>", box.low.x + 8, box.low.y + 16));
    svg_.attribute(lane_text(lane)).raw("</text></g>");
  }

  void draw_node(std::size_t index) {
    const FlowNode& node = graph_.nodes[index];
    const Point at = layout_.nodes[index];
    const double width = widths_[index].width;
    const double left = at.x - width / 2;
    const double top = at.y - node_height / 2;
    svg_.raw(fmt::format("<g class=\"node{}{}\"><rect x={:.1f} y={:.1f} width={:.1f} height={:.0f} rx=5 />",
                         node.is_shared ? " shared" : "", node.is_idle ? " idle" : "", left, top, width, node_height));
    double stripe = left + 6;
    for (const std::string& message_class : node.classes) {
      svg_.raw(fmt::format("<line class=c{0} x1={1:.1f} x2={2:.1f} y1={3:.1f} y2={3:.1f} />",
                           class_style(classes_, message_class), stripe, stripe + 16, top + node_height - 4));
      stripe += 20;
    }
    svg_.raw(fmt::format("<text x={:.1f} y={:.1f}>", at.x, at.y - 4)).attribute(node.name);
    svg_.raw(fmt::format("</text><text class=role x={:.1f} y={:.1f}>", at.x, at.y + 10)).attribute(second_line(node));
    svg_.raw("</text></g>");
  }

  void draw_way(std::size_t index, bool crossings) {
    const Way& way = ways_[index];
    for (std::size_t number = 0; number < way.edges.size(); ++number) {
      const FlowEdge& edge = *way.edges[number];
      if (edge.is_crossing != crossings) continue;
      const double aside = (static_cast<double>(number) - static_cast<double>(way.edges.size() - 1) / 2) * 6;
      draw_line(edge, beside(layout_.edges[index].spline, aside), is_down(way, edge));
    }
  }

  // The curve, moved sideways.
  static std::vector<Point> beside(const std::vector<Point>& spline, double aside) {
    std::vector<Point> moved = spline;
    for (std::size_t at = 0; at < spline.size(); ++at) {
      const Point& before = spline[at == 0 ? 0 : at - 1];
      const Point& after = spline[std::min(at + 1, spline.size() - 1)];
      const double length = std::hypot(after.x - before.x, after.y - before.y);
      if (length < 1e-6) continue;
      moved[at].x -= (after.y - before.y) / length * aside;
      moved[at].y += (after.x - before.x) / length * aside;
    }
    return moved;
  }

  void draw_line(const FlowEdge& edge, std::vector<Point> spline, bool is_down) {
    if (spline.size() < 4) return;
    if (!is_down) std::reverse(spline.begin(), spline.end());
    std::string path = fmt::format("M{:.1f},{:.1f}C", spline[0].x, spline[0].y);
    for (std::size_t at = 1; at < spline.size(); ++at) {
      fmt::format_to(std::back_inserter(path), "{:.1f},{:.1f} ", spline[at].x, spline[at].y);
    }
    path.pop_back();
    const std::string name = edge.is_crossing ? "x" : fmt::format("c{}", class_style(classes_, edge.message_class));
    if (edge.is_crossing) svg_.raw(fmt::format("<path class=under d=\"{}\"/>", path));
    svg_.raw(fmt::format("<path class=\"e {}\" d=\"{}\"/>", name, path));
    const Point tip = spline.back();
    const Point from = spline[spline.size() - 2];
    const double length = std::max(1e-6, std::hypot(tip.x - from.x, tip.y - from.y));
    const double x = (tip.x - from.x) / length;
    const double y = (tip.y - from.y) / length;
    svg_.raw(fmt::format("<path class=\"h {}\" d=\"M{:.1f},{:.1f}L{:.1f},{:.1f} {:.1f},{:.1f}Z\"/>", name, tip.x, tip.y,
                         tip.x - 9 * x + 4 * y, tip.y - 9 * y - 4 * x, tip.x - 9 * x - 4 * y, tip.y - 9 * y + 4 * x));
  }

  void draw_labels(std::size_t index, bool crossings) {
    const Way& way = ways_[index];
    const Point at = layout_.edges[index].label;
    double top = at.y - label_height * static_cast<double>(way.edges.size()) / 2;
    for (const FlowEdge* edge : way.edges) {
      if (edge->is_crossing == crossings) draw_label(way, *edge, {at.x, top});
      top += label_height;
    }
  }

  void draw_label(const Way& way, const FlowEdge& edge, Point at) {
    const double width = label_width(way, edge);
    svg_.raw(fmt::format("<g class=\"l {}\"><rect x={:.1f} y={:.1f} width={:.1f} height={:.0f} rx=3 />",
                         edge.is_crossing ? "x" : fmt::format("c{}", class_style(classes_, edge.message_class)),
                         at.x - width / 2, at.y, width, label_height - 1));
    svg_.raw(fmt::format("<text x={:.1f} y={:.1f}>", at.x, at.y + 11.5));
    svg_.attribute(edge_text(edge, is_down(way, edge), classes_)).raw("</text></g>");
  }

  const FlowGraph& graph_;
  const std::vector<std::string>& classes_;
  std::vector<std::size_t> depths_;
  std::vector<Way> ways_;
  std::vector<LayoutNode> widths_;
  Layout layout_;
  Markup svg_;
};

}  // namespace

std::string flow_map_svg(const FlowGraph& graph, const std::vector<std::string>& classes, const std::string& id) {
  return Map(graph, classes).draw(id);
}

}  // namespace watershed::reports::html
