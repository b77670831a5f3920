// See main_cf.hpp.
#include "components/router/postfix/main_cf.hpp"

#include "components/router/postfix/logical_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::postfix {

Result<Assignment, Error> split_assignment(std::string_view text) {
  text = trim_blanks(text);
  std::size_t length = 0;
  while (length < text.size() && text[length] != '=' && !is_blank(text[length])) ++length;
  const std::string_view name = text.substr(0, length);
  text = trim_blanks(text.substr(length));
  if (name.empty()) return Error{"a parameter name was expected before '='"};
  if (text.empty() || text.front() != '=') return Error{fmt::format("'=' was expected after \"{}\"", name)};
  return Assignment{name, trim_blanks(text.substr(1))};
}

Parsed<MainCf> MainCf::parse(std::string_view text, const std::string& file) {
  MainCf main;
  main.file_ = file;
  Diagnostics errors;
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    const int line =
        1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(nul), '\n'));
    errors.push_back({Severity::error, {file, line, 0}, "a NUL byte; main.cf is text", {}, {}});
    return errors;
  }
  for (const LogicalLine& line : logical_lines(text)) {
    const SourcePosition at{file, line.line, 1};
    if (line.starts_with_blank) {
      errors.push_back(
          {Severity::error, at, "the first entry starts with white space; Postfix skips it", line.text, {}});
      continue;
    }
    const auto assignment = split_assignment(line.text);
    if (!assignment) {
      errors.push_back({Severity::error, at, assignment.error().message + "; expected name = value", line.text, {}});
      continue;
    }
    Setting setting{std::string(assignment->name), std::string(assignment->value), at};
    const auto existing = main.settings_.find(setting.name);
    if (existing == main.settings_.end()) {
      main.settings_.emplace(setting.name, std::move(setting));
      continue;
    }
    main.warnings_.push_back(
        {Severity::warning,
         at,
         fmt::format("'{}' is set again; this value replaces that of line {}", setting.name, existing->second.at.line),
         line.text,
         {}});
    existing->second = std::move(setting);
  }
  if (!errors.empty()) return errors;
  return main;
}

const Setting* MainCf::find(std::string_view name) const {
  const auto found = settings_.find(name);
  return found == settings_.end() ? nullptr : &found->second;
}

std::vector<const Setting*> MainCf::settings() const {
  std::vector<const Setting*> all;
  for (const auto& [name, setting] : settings_) all.push_back(&setting);
  std::sort(all.begin(), all.end(), [](const Setting* a, const Setting* b) { return a->at.line < b->at.line; });
  return all;
}

}  // namespace watershed::postfix
