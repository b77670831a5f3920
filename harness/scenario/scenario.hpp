// A scenario as its author wrote it: what is done to a world, and what must hold then.
#pragma once

#include "harness/scenario/finding.hpp"
#include "harness/world/not_understood.hpp"
#include "harness/world/world_spec.hpp"
#include "harness/yaml/document.hpp"
#include "stage/task.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watershed::harness {

class Theatre;
struct Evidence;

/// A name in a scenario that must exist in every world it runs on (hosts, zones) or in the scenario (messages).
struct NameUse {
  enum class Kind { host, zone, host_or_zone, message, message_class } kind;
  yaml::Node node;
};

/// Something the scenario does. One kind a file in harness/steps.
class Step {
 public:
  virtual ~Step() = default;
  virtual stage::Task<void> act(Theatre& theatre) const = 0;

  /// What is wrong with the step on this world: files that it names and that are not there or malformed.
  virtual Diagnostics check(const WorldSpec&) const { return {}; }

  /// What is not understood of the configuration that the step brings, and not waived.
  virtual NotUnderstoodLines not_understood(const WorldSpec&, ConfigReader) const { return {}; }

  /// Message ids that the step brings into being.
  virtual std::vector<std::string> message_ids() const { return {}; }
  /// By how much it puts the scenario's clock forward.
  virtual stage::Duration advances() const { return {}; }

  std::string kind;
  yaml::Node node;
  std::vector<NameUse> uses;
  std::string summary;  ///< one line for reports, `send request: op@station.example to autodrm@ctbto.int`
};

/// Something that must hold at the end. One kind a file in harness/expectations.
class Expectation {
 public:
  virtual ~Expectation() = default;
  virtual void check(const Evidence& evidence, Findings& findings) const = 0;
  /// A world whose files it reads besides those of the world that ran; empty: none.
  virtual std::string world_read() const { return {}; }

  std::string kind;
  std::string subject;  ///< message id, or `world`
  yaml::Node node;
  std::vector<NameUse> uses;
};

struct Allowance {
  std::string invariant;
  std::string message;  ///< the only one that may break it; empty: every one
  std::string because;
};

/// An edit to the world's configuration for one scenario.
struct Change {
  std::string file;  ///< relative to the world's folder
  std::string find;
  std::string replace;
  std::string append;
  int line = 0;  ///< replaces this line when set
  yaml::Node node;
};

/// What a known-bad world must be told.
struct MustFail {
  std::string rule;                  ///< `invariant segregation` or `expectation path`
  std::string at;                    ///< configuration `file:line` below the world's folder; empty: not asked
  std::string says;                  ///< part of the sentence; empty: not asked
  std::vector<std::string> despite;  ///< parts of sentences: gaps in the evidence that what is bad here causes
};

struct Scenario {
  std::string file;  ///< as shown in messages
  std::filesystem::path path;
  std::string title;
  std::vector<std::string> requirements;
  std::vector<std::string> worlds;
  std::vector<std::string> tags;
  std::vector<std::string> lanes;  ///< only in these; empty: in all
  stage::Duration horizon = std::chrono::hours(1);
  std::vector<Allowance> allowances;
  std::vector<Change> changes;
  std::optional<MustFail> must_fail;
  std::vector<std::shared_ptr<const Step>> steps;
  std::vector<std::shared_ptr<const Expectation>> expectations;
  SourcePosition at;
};

/// The table behind validation and the published schema.
yaml::Shape scenario_shape();

/// Reads a scenario file. Message files are looked for in `messages_folder`, then beside the scenario.
Parsed<Scenario> read_scenario(const std::filesystem::path& file, const std::string& shown,
                               const std::filesystem::path& messages_folder);

/// Hosts, zones, classes and message ids that `scenario` names and `world` (or the scenario) does not have.
Diagnostics check_names(const Scenario& scenario, const WorldSpec& world);

/// Adds what is not understood of the folders that steps of the scenario bring into `world`, each line once.
void add_not_understood_of_steps(const Scenario& scenario, const WorldSpec& world, ConfigReader reader,
                                 NotUnderstoodLines& to);

}  // namespace watershed::harness
