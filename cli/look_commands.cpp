// watershed check, explain, schema: they look and run nothing (explain sends one message of its own).
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/support.hpp"
#include "harness/explain/explain.hpp"
#include "harness/parity/lane_differences.hpp"
#include "harness/world/mailboxes_file.hpp"
#include "harness/world/spam_file.hpp"
#include "harness/world/tenant_file.hpp"
#include "harness/yaml/schema_json.hpp"

#include <fmt/format.h>

namespace watershed::cli {

namespace {

// Of the folders that hosts begin with, and of those that steps bring.
harness::NotUnderstoodLines not_understood_of(const harness::Suite& suite) {
  harness::NotUnderstoodLines lines;
  for (const auto& [name, world] : suite.worlds) {
    if (world) harness::add_unwaived(world->spec, world->not_understood, lines);
  }
  for (const auto& scenario : suite.scenarios) {
    for (const std::string& name : scenario->worlds) {
      const auto world = suite.world_for(*scenario, name);
      if (!world) continue;
      harness::add_not_understood_of_steps(*scenario, world->spec, harness::ConfigReader::model, lines);
    }
  }
  return lines;
}

}  // namespace

ExitCode check(const Options& options) {
  const bool whole_suite =
      options.paths.empty() ||
      (options.paths.size() == 1 && harness::find_scenarios_root(options.paths.front()) == options.paths.front());
  const auto suite = load(options, whole_suite);
  if (!suite) return ExitCode::wrong_input;
  const harness::NotUnderstoodLines not_understood = not_understood_of(*suite);
  for (const harness::NotUnderstoodLine& line : not_understood) {
    say(fmt::format("{}: not understood: {}\n", line.place, line.text));
  }
  if (!options.quiet) {
    say(fmt::format("{} scenarios, {} worlds, {} requirements: no errors\n", suite->scenarios.size(),
                    suite->worlds.size(), suite->requirements.size()));
  }
  if (not_understood.empty()) return ExitCode::ok;
  complain(fmt::format("{} configuration line(s) are not understood: every verdict that rests on them is inconclusive",
                       not_understood.size()));
  return ExitCode::inconclusive;
}

namespace {

std::string explanation_text(const Options& options, const harness::Explanation& explanation) {
  std::string text = fmt::format("{} to {} on {}\n", options.from, options.to, options.world);
  std::size_t number = 0;
  for (const harness::ExplainedHop& hop : explanation.hops) {
    text += fmt::format("\n{:>3}  {}{}  at {:.3f} s\n", ++number, hop.host,
                        hop.zone.empty() ? "" : fmt::format(" ({})", hop.zone), hop.at_seconds);
    for (const harness::ExplainedDecision& decision : hop.decisions) {
      text += fmt::format("       {}\n", printable(decision.text));
      if (!decision.decided_by.empty()) text += fmt::format("           by {}\n", decision.decided_by);
    }
  }
  text += "\n";
  for (const std::string& end : explanation.ends) text += printable(end) + "\n";
  for (const harness::NotUnderstoodLine& line : explanation.not_understood) {
    text += fmt::format("{}: not understood: {}\n", line.place, line.text);
  }
  return text;
}

std::string explanation_json(const harness::Explanation& explanation) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::pretty);
  json.begin_object();
  json.key("hops").begin_array();
  for (const harness::ExplainedHop& hop : explanation.hops) {
    json.begin_object();
    json.key("host").value(hop.host);
    json.key("zone").value(hop.zone);
    json.key("at_seconds").value(hop.at_seconds);
    json.key("decisions").begin_array();
    for (const harness::ExplainedDecision& decision : hop.decisions) {
      json.begin_object();
      json.key("text").value(decision.text);
      json.key("decided_by").value(decision.decided_by);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.key("ends").begin_array();
  for (const std::string& end : explanation.ends) json.value(end);
  json.end_array();
  json.end_object();
  return out + "\n";
}

}  // namespace

ExitCode explain(const Options& options) {
  harness::ExplainRequest request;
  const auto from = mail::parse_reverse_path(options.from.starts_with('<') ? options.from : "<" + options.from + ">");
  const auto to = mail::parse_address(options.to);
  if (!from || !to) {
    complain(!from ? "--from: " + from.error().message : "--to: " + to.error().message);
    return ExitCode::usage;
  }
  request.from = *from;
  request.to = *to;
  request.via = options.via;
  const std::filesystem::path root = options.scenarios_root.empty() ? "scenarios" : options.scenarios_root;
  const std::filesystem::path folder = root / "worlds" / options.world;
  if (!std::filesystem::is_regular_file(folder / "world.yaml")) {
    complain(fmt::format("there is no world '{}'; expected {}", options.world, (folder / "world.yaml").string()));
    return ExitCode::wrong_input;
  }
  auto world = harness::load_world(folder, folder.string());
  if (!world) {
    complain("\n" + render(world.error()));
    return ExitCode::wrong_input;
  }
  const auto explanation = harness::explain(*world, request);
  if (!explanation) {
    complain(explanation.error().message);
    return ExitCode::wrong_input;
  }
  say(options.as_json ? explanation_json(*explanation) : explanation_text(options, *explanation));
  return explanation->not_understood.empty() ? ExitCode::ok : ExitCode::inconclusive;
}

ExitCode schema(const Options& options) {
  const std::string id = "https://watershed.example/schema/" + options.schema + ".json";
  const std::string title = "Watershed " + options.schema + " file";
  const yaml::Shape shape = options.schema == "scenario"           ? harness::scenario_shape()
                            : options.schema == "world"            ? harness::world_shape()
                            : options.schema == "requirements"     ? harness::requirements_shape()
                            : options.schema == "mailboxes"        ? harness::mailboxes_file_shape()
                            : options.schema == "spam"             ? harness::spam_file_shape()
                            : options.schema == "lane-differences" ? harness::lane_differences_shape()
                                                                   : harness::tenant_file_shape();
  say(yaml::json_schema(shape, title, id));
  return ExitCode::ok;
}

}  // namespace watershed::cli
