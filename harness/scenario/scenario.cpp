// The scenario file's table and its binding. See scenario.hpp.
#include "harness/scenario/scenario.hpp"

#include "harness/expectations/expectation_table.hpp"
#include "harness/invariants/invariant_table.hpp"
#include "harness/steps/step_table.hpp"
#include "harness/world/shown.hpp"
#include "harness/yaml/read.hpp"
#include "harness/yaml/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace watershed::harness {

using yaml::Node;

namespace {

yaml::Shape step_shape() {
  std::vector<yaml::Key> keys;
  for (const StepKind& kind : step_kinds()) keys.push_back(yaml::optional(kind.name, kind.shape, kind.doc));
  return yaml::choice(std::move(keys));
}

yaml::Shape expectation_choice(bool about_world) {
  std::vector<yaml::Key> keys;
  for (const ExpectationKind& kind : expectation_kinds()) {
    if (kind.about_world == about_world) keys.push_back(yaml::optional(kind.name, kind.shape, kind.doc));
  }
  return yaml::choice(std::move(keys));
}

yaml::Shape expect_shape() {
  const yaml::Shape id = yaml::text_matching("[A-Za-z][A-Za-z0-9_-]*", "a message id", "request");
  return yaml::map({yaml::optional("world", expectation_choice(true), "What must hold of the world.")})
      .other_keys(id, expectation_choice(false))
      .sized(1, 1);
}

yaml::Shape invariant_name() {
  std::vector<std::string> names;
  for (const Invariant& invariant : invariants()) names.emplace_back(invariant.name);
  return yaml::enumeration(names);
}

yaml::Shape expectation_name() {
  std::vector<std::string> names;
  for (const ExpectationKind& kind : expectation_kinds()) names.emplace_back(kind.name);
  return yaml::enumeration(names);
}

yaml::Shape change_shape() {
  return yaml::map(
             {
                 yaml::required("file", yaml::text(), "File below the world's folder.", "postfix/int-mx/transport"),
                 yaml::optional("find", yaml::text(), "Text that occurs exactly once.", "smtp:[192.0.2.25]"),
                 yaml::optional("line", yaml::integer(1, 1'000'000), "Number of the line to replace.", "3"),
                 yaml::optional("replace", yaml::text_or_empty(), "What stands there instead.", "smtp:[192.0.2.40]"),
                 yaml::optional("append", yaml::text(), "Lines put at the end.", "\"relay_domains = ctbto.org\""),
             })
      .exactly_one_of({"find", "line", "append"});
}

yaml::Shape must_fail_shape() {
  return yaml::map(
             {
                 yaml::optional("invariant", invariant_name(), "The invariant that has to be broken.", "segregation"),
                 yaml::optional("expectation", expectation_name(), "The expectation that has to fail.", "delivered"),
                 yaml::optional("at", yaml::text(), "Configuration line that has to be named.",
                                "postfix/int-mx/transport:3"),
                 yaml::optional("says", yaml::text(), "Text that has to be in the sentence.", "loops"),
                 yaml::optional("despite", yaml::list_of(yaml::text()).sized(1),
                                "Texts of gaps in the evidence that belong to what is bad; others leave it open.",
                                "[could not be read]"),
             })
      .exactly_one_of({"invariant", "expectation"});
}

class Binder {
 public:
  Binder(Scenario& scenario, const std::filesystem::path& messages_folder)
      : scenario_(scenario), messages_folder_(messages_folder) {}

  Diagnostics bind(const Node& root) {
    scenario_.title = yaml::as_text(root["scenario"]);
    scenario_.at = root["scenario"].position();
    scenario_.requirements = yaml::as_texts(root["requirements"]);
    scenario_.worlds = yaml::as_texts(root["worlds"]);
    if (const Node* tags = root.find("tags")) scenario_.tags = yaml::as_texts(*tags);
    if (const Node* lanes = root.find("lanes")) scenario_.lanes = yaml::as_texts(*lanes);
    scenario_.horizon = yaml::as_duration(root["horizon"]);
    bind_changes(root);
    bind_must_fail(root);
    for (const Node& item : root["steps"].items) bind_step(item);
    bind_allowances(root);
    for (const Node& item : root["expect"].items) bind_expectation(item);
    return std::move(diagnostics_);
  }

 private:
  void bind_allowances(const Node& root) {
    const Node* allow = root.find("allow");
    if (allow == nullptr) return;
    for (const Node& item : allow->items) {
      Allowance allowance{yaml::as_text(item["invariant"]), {}, yaml::as_text(item["because"])};
      if (const Node* message = item.find("message")) {
        allowance.message = yaml::as_text(*message);
        check_message_id(*message);
      }
      scenario_.allowances.push_back(std::move(allowance));
    }
  }

  void bind_changes(const Node& root) {
    const Node* changes = root.find("changes");
    if (changes == nullptr) return;
    for (const Node& item : changes->items) {
      Change change;
      change.file = yaml::as_text(item["file"]);
      change.node = item;
      if (const Node* find = item.find("find")) change.find = yaml::as_text(*find);
      if (const Node* replace = item.find("replace")) change.replace = yaml::as_text(*replace);
      if (const Node* append = item.find("append")) change.append = yaml::as_text(*append);
      if (const Node* line = item.find("line")) change.line = static_cast<int>(yaml::as_integer(*line));
      if (change.append.empty() != item.has("replace")) {
        diagnostics_.push_back(item.error("expected 'replace' with 'find' or 'line', and not with 'append'"));
      }
      scenario_.changes.push_back(std::move(change));
    }
  }

  void bind_must_fail(const Node& root) {
    const Node* node = root.find("must_fail");
    if (node == nullptr) return;
    MustFail must_fail;
    const Node* invariant = node->find("invariant");
    must_fail.rule = invariant != nullptr ? "invariant " + yaml::as_text(*invariant)
                                          : "expectation " + yaml::as_text((*node)["expectation"]);
    if (const Node* at = node->find("at")) must_fail.at = yaml::as_text(*at);
    if (const Node* says = node->find("says")) must_fail.says = yaml::as_text(*says);
    if (const Node* despite = node->find("despite")) must_fail.despite = yaml::as_texts(*despite);
    scenario_.must_fail = std::move(must_fail);
  }

  void bind_step(const Node& item) {
    const auto& [key, value] = item.entries.front();
    for (const StepKind& kind : step_kinds()) {
      if (key.text != kind.name) continue;
      BindContext context{messages_folder_, scenario_.path.parent_path(), diagnostics_, scenario_.worlds};
      std::shared_ptr<Step> step = kind.bind(value, context);
      step->kind = kind.name;
      step->node = value.kind == yaml::NodeKind::scalar ? value : key;
      for (const std::string& id : step->message_ids()) {
        if (id == "world") diagnostics_.push_back(value.error("'world' is no message id: it stands for the world"));
        if (!ids_.insert(id).second)
          diagnostics_.push_back(value.error(fmt::format("message id '{}' is used twice", id)));
      }
      scenario_.steps.push_back(std::move(step));
    }
  }

  void bind_expectation(const Node& item) {
    const auto& [subject, choice] = item.entries.front();
    const auto& [key, value] = choice.entries.front();
    for (const ExpectationKind& kind : expectation_kinds()) {
      if (key.text != kind.name || kind.about_world != (subject.text == "world")) continue;
      std::shared_ptr<Expectation> expectation = kind.bind(value);
      expectation->kind = kind.name;
      expectation->subject = subject.text;
      expectation->node = key;
      if (subject.text != "world") check_message_id(subject);
      scenario_.expectations.push_back(std::move(expectation));
    }
  }

  void check_message_id(const Node& name) {
    if (ids_.contains(name.text)) return;
    const std::vector<std::string> known(ids_.begin(), ids_.end());
    diagnostics_.push_back(yaml::unknown_name(name, "message id", known));
  }

  Scenario& scenario_;
  const std::filesystem::path& messages_folder_;
  Diagnostics diagnostics_;
  std::set<std::string> ids_;
};

}  // namespace

yaml::Shape scenario_shape() {
  const yaml::Shape name = yaml::text_matching("[A-Za-z0-9_][A-Za-z0-9_.-]*", "a name", "phase2");
  const yaml::Shape allowance = yaml::map({
      yaml::required("invariant", invariant_name(), "The invariant that may be broken here.", "conservation"),
      yaml::optional("message", name, "The one message for which it may. Default: all.", "request"),
      yaml::required("because", yaml::text(), "Why that is right.", "\"the loop is what this scenario is about\""),
  });
  return yaml::map({
      yaml::required("version", yaml::integer(1, 1), "Version of this format.", "1"),
      yaml::required("scenario", yaml::text(), "A sentence that says what must hold.",
                     "A station's request is answered"),
      yaml::required("requirements", yaml::list_of(name).sized(1), "Ids from requirements.yaml.", "[SEG-1]"),
      yaml::required("worlds", yaml::list_of(name).sized(1), "Worlds it runs on, in this order.", "[phase1, phase2]"),
      yaml::optional("tags", yaml::list_of(name), "Words to select it by.", "[robots]"),
      yaml::optional("lanes", yaml::list_of(yaml::enumeration({"simulated", "live"})).sized(1),
                     "Lanes that can run it; others skip it. Default: all.", "[live]"),
      yaml::defaulted("horizon", yaml::duration(), "1h", "How long the world may go on after the last step.", "6d"),
      yaml::optional("allow", yaml::list_of(allowance), "Invariants that may be broken, each with the reason."),
      yaml::optional("changes", yaml::list_of(change_shape()), "Edits to the world's files for this scenario."),
      yaml::optional("must_fail", must_fail_shape(), "A known-bad world: it passes only if this is reported."),
      yaml::required("steps", yaml::list_of(yaml::named("step", step_shape())).sized(1), "What is done, in order."),
      yaml::required("expect", yaml::list_of(yaml::named("expectation", expect_shape())).sized(1),
                     "What must hold at the end."),
  });
}

Parsed<Scenario> read_scenario(const std::filesystem::path& file, const std::string& shown,
                               const std::filesystem::path& messages_folder) {
  static const yaml::Shape shape = scenario_shape();
  const auto root = load_shown(file, shown, shape);
  if (!root) return root.error();
  Scenario scenario;
  scenario.file = shown;
  scenario.path = file;
  Diagnostics diagnostics = Binder(scenario, messages_folder).bind(*root);
  if (!diagnostics.empty()) return diagnostics;
  return scenario;
}

Diagnostics check_names(const Scenario& scenario, const WorldSpec& world) {
  Diagnostics diagnostics;
  std::vector<std::string> hosts;
  std::vector<std::string> zones;
  std::set<std::string> classes;
  std::vector<std::string> ids;
  for (const HostSpec& host : world.hosts) hosts.push_back(host.name);
  for (const ZoneSpec& zone : world.zones) {
    zones.push_back(zone.name);
    classes.insert(zone.carries.begin(), zone.carries.end());
  }
  for (const auto& step : scenario.steps) {
    for (const std::string& id : step->message_ids()) ids.push_back(id);
  }
  const auto has = [](const auto& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const auto check = [&](const NameUse& use) {
    const std::string& name = yaml::as_text(use.node);
    const std::string in_world = " in world " + world.name;
    const bool is_host = world.host(name) != nullptr;
    switch (use.kind) {
      case NameUse::Kind::host:
        if (!is_host) diagnostics.push_back(yaml::unknown_name(use.node, "host" + in_world, hosts));
        break;
      case NameUse::Kind::zone:
        if (!has(zones, name)) diagnostics.push_back(yaml::unknown_name(use.node, "zone" + in_world, zones));
        break;
      case NameUse::Kind::host_or_zone:
        if (!is_host && !has(zones, name)) {
          std::vector<std::string> both = zones;
          both.insert(both.end(), hosts.begin(), hosts.end());
          diagnostics.push_back(yaml::unknown_name(use.node, "zone or host" + in_world, both));
        }
        break;
      case NameUse::Kind::message:
        if (!has(ids, name)) diagnostics.push_back(yaml::unknown_name(use.node, "message id", ids));
        break;
      case NameUse::Kind::message_class:
        if (!has(classes, name)) {
          const std::vector<std::string> known(classes.begin(), classes.end());
          diagnostics.push_back(yaml::unknown_name(use.node, "class" + in_world, known));
        }
        break;
    }
  };
  for (const auto& step : scenario.steps) {
    for (const NameUse& use : step->uses) check(use);
  }
  for (const auto& expectation : scenario.expectations) {
    for (const NameUse& use : expectation->uses) check(use);
  }
  return diagnostics;
}

void add_not_understood_of_steps(const Scenario& scenario, const WorldSpec& world, ConfigReader reader,
                                 NotUnderstoodLines& to) {
  for (const auto& step : scenario.steps) add_unwaived(world, step->not_understood(world, reader), to);
}

}  // namespace watershed::harness
