// See procmail_rules.hpp.
#include "harness/world/procmail_rules.hpp"

#include "harness/world/shown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace watershed::harness {

namespace fs = std::filesystem;

Parsed<ProcmailRules> read_procmail_rules(const fs::path& folder, const std::string& shown) {
  Diagnostics diagnostics;
  std::error_code error;
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file(error)) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  if (found.empty()) {
    return Diagnostics{
        {Severity::error, {shown, 0, 0}, "does not exist or is empty; expected procmailrc files", {}, {}}};
  }
  ProcmailRules rules;
  for (const fs::path& file : found) {
    const std::string below = file.lexically_relative(folder).generic_string();
    const std::string name = fmt::format("{}/{}", shown, below);
    const auto text = read_text(file, name, {name, 0, 0});
    auto rcfile =
        text ? procmail::read_rcfile(*text, name) : Parsed<std::shared_ptr<const procmail::Rcfile>>(text.error());
    if (rcfile) {
      rules.files.emplace(fmt::format("{}/{}", procmail_folder, below), *rcfile);
    } else {
      diagnostics.insert(diagnostics.end(), rcfile.error().begin(), rcfile.error().end());
    }
  }
  if (!diagnostics.empty()) return diagnostics;
  return rules;
}

}  // namespace watershed::harness
