// See graph_layout.hpp.
#include "reports/html/graph_layout.hpp"

#include "reports/html/graph_ids.hpp"

#include <fmt/format.h>
#include <gvc.h>

#include <charconv>
#include <memory>
#include <mutex>
#include <string_view>

namespace watershed::reports::html {

namespace {

constexpr double points_per_inch = 72;

// Graphviz' headers take char* for what they only read.
char* writable(const char* text) { return const_cast<char*>(text); }

void set(void* object, const char* name, const std::string& value) {
  agsafeset(object, writable(name), writable(value.c_str()), writable(""));
}

// Numbers out of `x,y` and `x,y x,y x,y …`.
std::vector<double> numbers(std::string_view text) {
  std::vector<double> found;
  while (!text.empty()) {
    double number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto used = static_cast<std::size_t>(read.ptr - text.data());
    if (used > 0) found.push_back(number);
    text.remove_prefix(used > 0 ? used : 1);
  }
  return found;
}

std::string_view attribute(void* object, const char* name) {
  const char* value = agget(object, writable(name));
  return value == nullptr ? std::string_view() : std::string_view(value);
}

class Drawing {
 public:
  explicit Drawing(const LayoutRequest& request)
      : request_(request), graph_(agopen(writable("flow"), Agdirected, &disciplines_)) {}
  ~Drawing() { agclose(graph_); }
  Drawing(const Drawing&) = delete;
  Drawing& operator=(const Drawing&) = delete;

  Layout lay_out() {
    build();
    std::unique_ptr<GVC_t, int (*)(GVC_t*)> context(gvContext(), gvFreeContext);
    if (gvLayout(context.get(), graph_, "dot") != 0) return {};
    attach_attrs(graph_);
    Layout layout = read();
    gvFreeLayout(context.get(), graph_);
    return layout;
  }

 private:
  void build() {
    set(graph_, "rankdir", "TB");
    set(graph_, "nodesep", "0.12");
    set(graph_, "ranksep", "0.4");
    set(graph_, "newrank", "false");
    agattr(graph_, AGNODE, writable("shape"), writable("box"));
    agattr(graph_, AGNODE, writable("label"), writable(""));
    agattr(graph_, AGNODE, writable("fixedsize"), writable("true"));
    agattr(graph_, AGEDGE, writable("label"), writable(""));
    agattr(graph_, AGEDGE, writable("dir"), writable("none"));
    agattr(graph_, AGRAPH, writable("label"), writable(""));
    for (std::size_t group = 0; group < request_.groups.size(); ++group) {
      Agraph_t* cluster = agsubg(graph_, fmt::format("cluster{}", group).data(), 1);
      set(cluster, "margin", "8");
      set_room(cluster, request_.groups[group], request_.heading_height);
      clusters_.push_back(cluster);
    }
    for (std::size_t index = 0; index < request_.nodes.size(); ++index) {
      const LayoutNode& node = request_.nodes[index];
      Agraph_t* home = node.group >= 0 ? clusters_[static_cast<std::size_t>(node.group)] : graph_;
      Agnode_t* made = agnode(home, fmt::format("n{}", index).data(), 1);
      set(made, "width", fmt::format("{:.3f}", node.width / points_per_inch));
      set(made, "height", fmt::format("{:.3f}", node.height / points_per_inch));
      nodes_.push_back(made);
    }
    for (std::size_t index = 0; index < request_.edges.size(); ++index) {
      const LayoutEdge& edge = request_.edges[index];
      Agedge_t* made = agedge(graph_, nodes_[static_cast<std::size_t>(edge.from)],
                              nodes_[static_cast<std::size_t>(edge.to)], fmt::format("e{}", index).data(), 1);
      if (edge.label_height > 0) set_room(made, edge.label_width, edge.label_height);
      edges_.push_back(made);
    }
  }

  // A label of fixed size without text: dot makes room for it and asks no font.
  void set_room(void* object, double width, double height) {
    const std::string room = fmt::format(
        "<TABLE BORDER=\"0\" FIXEDSIZE=\"TRUE\" WIDTH=\"{:.0f}\" HEIGHT=\"{:.0f}\"><TR><TD></TD></TR></TABLE>", width,
        height);
    char* html = agstrdup_html(graph_, writable(room.c_str()));
    agsafeset(object, writable("label"), html, writable(""));
    agstrfree(graph_, html);
  }

  Point point(double x, double y) const { return {x - low_.x, high_.y - y}; }

  Layout read() {
    Layout layout;
    const std::vector<double> bounds = numbers(attribute(graph_, "bb"));
    if (bounds.size() != 4) return {};
    low_ = {bounds[0], bounds[1]};
    high_ = {bounds[2], bounds[3]};
    layout.width = high_.x - low_.x;
    layout.height = high_.y - low_.y;
    for (Agnode_t* node : nodes_) {
      const std::vector<double> at = numbers(attribute(node, "pos"));
      if (at.size() < 2) return {};
      layout.nodes.push_back(point(at[0], at[1]));
    }
    for (Agraph_t* cluster : clusters_) {
      const std::vector<double> box = numbers(attribute(cluster, "bb"));
      if (box.size() != 4) {
        layout.groups.emplace_back();
      } else {
        layout.groups.push_back({point(box[0], box[3]), point(box[2], box[1])});
      }
    }
    for (Agedge_t* edge : edges_) layout.edges.push_back(read_edge(edge));
    return layout;
  }

  // A start and three points for each curve; `dir=none` leaves no room for arrows at the ends.
  Layout::Edge read_edge(Agedge_t* edge) const {
    Layout::Edge read;
    const std::vector<double> at = numbers(attribute(edge, "pos"));
    for (std::size_t index = 0; index + 1 < at.size(); index += 2)
      read.spline.push_back(point(at[index], at[index + 1]));
    const std::vector<double> label = numbers(attribute(edge, "lp"));
    if (label.size() == 2) read.label = point(label[0], label[1]);
    return read;
  }

  const LayoutRequest& request_;
  Agdisc_t disciplines_ = graph_disciplines();
  Agraph_t* graph_;
  std::vector<Agraph_t*> clusters_;
  std::vector<Agnode_t*> nodes_;
  std::vector<Agedge_t*> edges_;
  Point low_;
  Point high_;
};

}  // namespace

Layout lay_out(const LayoutRequest& request) {
  static std::mutex graphviz;  // its library keeps state of its own
  const std::lock_guard lock(graphviz);
  return Drawing(request).lay_out();
}

}  // namespace watershed::reports::html
