// What the flow map's lines mean, and its figures as a table. See flow_map.hpp.
#include "reports/html/flow_map.hpp"

#include "reports/html/markup.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::reports::html {

std::size_t class_style(const std::vector<std::string>& classes, const std::string& message_class) {
  constexpr std::size_t styled_classes = 5;  // style.cpp has c0 … c4
  const auto found = std::find(classes.begin(), classes.end(), message_class);
  return static_cast<std::size_t>(found - classes.begin()) % styled_classes;
}

std::string class_letter(const std::vector<std::string>& classes, const std::string& message_class) {
  for (std::size_t length = 1; length < message_class.size(); ++length) {
    const std::string start = message_class.substr(0, length);
    const auto same =
        std::count_if(classes.begin(), classes.end(), [&](const std::string& each) { return each.starts_with(start); });
    if (same > 1) continue;
    std::string letter = start;
    if (letter[0] >= 'a' && letter[0] <= 'z') letter[0] = static_cast<char>(letter[0] - 'a' + 'A');
    return letter;
  }
  return message_class;
}

std::string flow_map_legend(const std::vector<std::string>& classes) {
  Markup html;
  html.raw("<ul class=legend aria-label=\"What the lines mean\">");
  for (const std::string& message_class : classes) {
    html.raw(fmt::format("<li><svg width=44 height=14 aria-hidden=true><path class=\"e c{}\" d=\"M2,7H42\"/></svg> ",
                         class_style(classes, message_class)));
    html.raw("<b>").text(class_letter(classes, message_class)).raw("</b> ").text(message_class).raw("</li>");
  }
  html.raw(
      "<li><svg width=44 height=14 aria-hidden=true><path class=\"e x\" d=\"M2,7H42\"/></svg> <b>✗</b> crossing: "
      "mail in a zone that may not carry it</li></ul>");
  return html.take();
}

std::string flow_map_table(const FlowGraph& graph) {
  Markup html;
  html.raw(
      "<table><thead><tr><th scope=col>From<th scope=col>To<th scope=col>Class<th scope=col class=n>Messages"
      "<th scope=col class=n>Refused<th scope=col>Crossing</thead><tbody>");
  for (const FlowEdge& edge : graph.edges) {
    html.raw("<tr><td>").text(graph.nodes[edge.from].name).raw("<td>").text(graph.nodes[edge.to].name);
    html.raw("<td>").text(edge.message_class).raw("<td class=n>").number(edge.count).raw("<td class=n>");
    html.number(edge.refused).raw(edge.is_crossing ? "<td><b class=bad>✗ crossing</b>" : "<td>no");
  }
  return html.raw("</tbody></table>").take();
}

}  // namespace watershed::reports::html
