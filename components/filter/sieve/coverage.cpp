// Coverage of scripts. See coverage.hpp.
#include "components/filter/sieve/coverage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace watershed::sieve {

void Coverage::add(const Script& script) {
  for (const CommandPlace& place : script.commands()) {
    counts_[{std::string(place.file), place.line, place.column}].name = place.name;
  }
}

void Coverage::add(const Script& script, const Outcome& outcome) {
  add(script);
  for (const std::uint32_t number : outcome.taken) {
    const CommandPlace& place = script.commands()[number];
    ++counts_[{std::string(place.file), place.line, place.column}].count;
  }
}

std::vector<CoveredCommand> Coverage::commands() const {
  std::vector<CoveredCommand> out;
  for (const auto& [key, count] : counts_) out.push_back({count.name, {key.file, key.line, key.column}, count.count});
  return out;
}

std::vector<SourcePosition> lines_without_action(const Script& script, const Outcome& outcome) {
  std::vector<SourcePosition> lines;
  const auto is_on = [](const SourcePosition& at, const CommandPlace& place) {
    return at.line == place.line && at.file == place.file;
  };
  for (const std::uint32_t number : outcome.taken) {
    const CommandPlace& place = script.commands()[number];
    const bool acts = std::any_of(outcome.actions.begin(), outcome.actions.end(),
                                  [&](const Action& action) { return is_on(action.at, place); });
    const bool is_known =
        std::any_of(lines.begin(), lines.end(), [&](const SourcePosition& at) { return is_on(at, place); });
    if (!acts && !is_known) lines.push_back({std::string(place.file), place.line, place.column});
  }
  return lines;
}

std::string annotate(std::string_view source, std::string_view file, const std::vector<CoveredCommand>& commands) {
  std::string out;
  int line = 1;
  while (!source.empty()) {
    // Of several commands on one line the least used says most.
    std::optional<std::uint64_t> least;
    for (const CoveredCommand& command : commands) {
      if (command.at.file != file || command.at.line != line) continue;
      least = std::min(least.value_or(command.count), command.count);
    }
    const std::string mark = !least ? "" : *least == 0 ? "--" : fmt::format("{}x", *least);
    const std::size_t end = std::min(source.find('\n'), source.size() - 1);
    out += fmt::format("{:>8}  {}", mark, source.substr(0, end + 1));
    source.remove_prefix(end + 1);
    ++line;
  }
  return out;
}

}  // namespace watershed::sieve
