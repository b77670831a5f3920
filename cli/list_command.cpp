// watershed list: the scenarios of a suite as lines, as a tree of folders, or as JSON.
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/support.hpp"
#include "harness/suite/run_suite.hpp"

#include <fmt/format.h>

#include <map>

namespace watershed::cli {

namespace {

using Scenarios = std::vector<std::shared_ptr<const harness::Scenario>>;

std::string as_lines(const Scenarios& scenarios) {
  std::string out;
  for (const auto& scenario : scenarios) {
    out += fmt::format("{}\n    {}\n    {} on {}\n", printable(scenario->file), printable(scenario->title),
                       fmt::join(scenario->requirements, ", "), fmt::join(scenario->worlds, ", "));
  }
  return out;
}

struct Branch {
  std::map<std::string, Branch> folders;
  std::map<std::string, const harness::Scenario*> files;
};

void append_branch(std::string& out, const Branch& branch, const std::string& indent) {
  std::size_t left = branch.folders.size() + branch.files.size();
  for (const auto& [name, folder] : branch.folders) {
    const bool is_last = --left == 0;
    out += fmt::format("{}{}{}/\n", indent, is_last ? "└── " : "├── ", printable(name));
    append_branch(out, folder, indent + (is_last ? "    " : "│   "));
  }
  for (const auto& [name, scenario] : branch.files) {
    const bool is_last = --left == 0;
    out += fmt::format("{}{}{}  {}\n", indent, is_last ? "└── " : "├── ", printable(name), printable(scenario->title));
    out += fmt::format("{}{}    {} on {}\n", indent, is_last ? "    " : "│   ", fmt::join(scenario->requirements, ", "),
                       fmt::join(scenario->worlds, ", "));
  }
}

std::string as_tree(const Scenarios& scenarios) {
  Branch root;
  for (const auto& scenario : scenarios) {
    Branch* branch = &root;
    const std::filesystem::path file(scenario->file);
    for (const auto& part : file.parent_path()) branch = &branch->folders[part.string()];
    branch->files[file.filename().string()] = scenario.get();
  }
  std::string out;
  append_branch(out, root, "");
  return out;
}

std::string as_json(const Scenarios& scenarios) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::pretty);
  json.begin_array();
  for (const auto& scenario : scenarios) {
    json.begin_object();
    json.key("file").value(scenario->file);
    json.key("title").value(scenario->title);
    json.key("must_fail").value(scenario->must_fail.has_value());
    for (const auto& [key, values] : {std::pair("requirements", &scenario->requirements),
                                      std::pair("worlds", &scenario->worlds), std::pair("tags", &scenario->tags)}) {
      json.key(key).begin_array();
      for (const std::string& value : *values) json.value(value);
      json.end_array();
    }
    json.end_object();
  }
  json.end_array();
  return out + "\n";
}

}  // namespace

ExitCode list(const Options& options) {
  const auto suite = load(options, false);
  if (!suite) return ExitCode::wrong_input;
  harness::SuiteRunOptions selection;
  selection.filter = options.filter;
  selection.tags = options.tags;
  selection.worlds = options.worlds;
  if (!parse_shard(options.shard, selection)) return ExitCode::usage;
  const auto selected = harness::select_scenarios(*suite, selection);
  if (!selected) {
    complain(selected.error().message);
    return ExitCode::usage;
  }
  say(options.as_json ? as_json(*selected) : options.as_tree ? as_tree(*selected) : as_lines(*selected));
  return ExitCode::ok;
}

}  // namespace watershed::cli
