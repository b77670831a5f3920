// watershed verify: is an evidence pack still what was written?
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/report_requests.hpp"
#include "cli/support.hpp"
#include "reports/evidence/manifest.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace watershed::cli {

ExitCode verify(const Options& options) {
  const std::filesystem::path folder = options.paths.front();
  const std::string name = (folder / reports::manifest_name).string();
  const auto text = read_file(name);
  if (!text) return ExitCode::wrong_input;
  const auto stated = reports::read_manifest(*text, name);
  if (!stated) {
    complain("\n" + render(stated.error()));
    return ExitCode::wrong_input;
  }
  const auto found = reports::sum_files(folder);
  if (!found) {
    say(printable(found.error().message) + "\n");
    return ExitCode::failed;
  }
  const auto differences = reports::manifest_differences(*stated, *found);
  for (const std::string& difference : differences) say(printable(difference) + "\n");
  if (!differences.empty()) {
    complain(fmt::format("{}: {} of {} files differ from the manifest", folder.string(), differences.size(),
                         stated->size()));
    return ExitCode::failed;
  }
  say(fmt::format("{}: {} files are as they were written; SHA-256 of the manifest: {}\n", folder.string(),
                  stated->size(), sha256_hex(*text)));
  return ExitCode::ok;
}

}  // namespace watershed::cli
