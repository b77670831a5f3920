// Scripts of a program that others include. RFC 6609 §3.2. See compiler.hpp.
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/parser.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

// RFC 6609 §3.2: :optional passes over a script that does not exist, and nothing else. As Pigeonhole has it, a location
// that is not set is an error even then.
std::optional<ScriptLibrary::Found> Compiler::library_script(bool is_global, const std::string& name, bool is_optional,
                                                             Place at) {
  const std::string_view place = is_global ? "global" : "personal";
  const ScriptLibrary* library = options().library;
  if (library == nullptr || !library->has_place(is_global)) {
    error(at, fmt::format("there is no place for {} scripts here, so the included script '{}' cannot be looked for",
                          place, name));
    return std::nullopt;
  }
  auto found = library->find(is_global, name);
  if (found && !found->source) {
    error(at, fmt::format("the included {} script '{}' cannot be read", place, name));
    return std::nullopt;
  }
  if (!found && !is_optional) error(at, fmt::format("the included {} script '{}' does not exist", place, name));
  return found;
}

const Unit* Compiler::included(bool is_global, const std::string& name, bool is_optional, Place at) {
  const std::string identity = fmt::format("{} {}", is_global ? "global" : "personal", name);
  const std::string_view place = is_global ? "global" : "personal";
  if (std::find(assembly_.open.begin(), assembly_.open.end(), identity) != assembly_.open.end()) {
    error(at, fmt::format("circular include of the {} script '{}'", place, name));
    return nullptr;
  }
  for (const auto& unit : program_.units) {
    if (unit->identity == identity) return unit.get();
  }
  if (assembly_.open.size() >= limits().include_nesting_max) {
    error(at, fmt::format("cannot nest includes deeper than {} levels", limits().include_nesting_max));
    return nullptr;
  }
  if (program_.units.size() > limits().includes_max) {
    error(at,
          fmt::format("failed to include script '{}': no more than {} includes allowed", name, limits().includes_max));
    return nullptr;
  }
  const auto found = library_script(is_global, name, is_optional, at);
  if (!found) return nullptr;
  program_.units.push_back(std::make_unique<Unit>());
  Unit& unit = *program_.units.back();
  unit.file = found->file;
  unit.identity = identity;
  assembly_.open.push_back(identity);
  Report report(*found->source, unit.file, limits().diagnostics_max);
  const std::vector<ast::Node> commands = parse(*found->source, limits(), report);
  const bool is_parsed = !report.has_errors();
  Compiler(assembly_, unit, report).top_level(commands);
  assembly_.open.pop_back();
  if (report.has_errors()) {
    error(at, fmt::format("failed to {} included script '{}'", is_parsed ? "validate" : "parse", name));
  }
  const Diagnostics inner = report.take();
  assembly_.found.insert(assembly_.found.end(), inner.begin(), inner.end());
  return &unit;
}

}  // namespace watershed::sieve
