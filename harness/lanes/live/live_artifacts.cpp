// See live_artifacts.hpp.
#include "harness/lanes/live/live_artifacts.hpp"

#include <fmt/format.h>

#include <fstream>

namespace watershed::harness {

namespace fs = std::filesystem;
using stage::Task;

namespace {

bool write_log(const fs::path& file, const sandbox::LogSocket& log) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  for (const sandbox::LogLine& line : log.lines()) {
    const double seconds = std::chrono::duration<double>(line.at).count();
    out << fmt::format("{:9.3f} {}[{}]: {}\n", seconds, line.tag, line.pid, line.text);
  }
  return static_cast<bool>(out.flush());
}

Task<Result<void, Error>> write_config(const PostfixHost& router, fs::path folder) {
  const std::string& name = router.host().spec.name;
  std::error_code error;
  fs::create_directories(folder, error);
  fs::copy(router.config_folder(), folder / name, fs::copy_options::recursive, error);
  if (error) co_return Error{fmt::format("cannot copy {}: {}", router.config_folder().string(), error.message())};
  // In the host's own view the given folder may be hidden: diff(1) runs at a place without mounts.
  const sandbox::Place outside{name, {}};
  const fs::path difference = folder / (name + ".diff");
  fs::remove(difference, error);
  auto diff =
      sandbox::Process::start(router.host().executor, outside,
                              {.program = "/usr/bin/diff",
                               .arguments = {"-ruN", "--exclude=dynamicmaps.cf*", "--exclude=*.db",
                                             fs::absolute(router.given()).string(), router.config_folder().string()},
                               .environment = {},
                               .output = difference});
  if (!diff) co_return diff.error();
  co_await (*diff)->wait(stage::forever);
  co_return Result<void, Error>();
}

}  // namespace

Task<Result<void, Error>> write_live_artifacts(LiveWorld& world, fs::path folder) {
  std::error_code error;
  fs::create_directories(folder / "logs", error);
  for (const LiveHost* host : world.hosts_with_programs()) {
    const fs::path file = folder / "logs" / (host->spec.name + ".log");
    if (!write_log(file, host->log)) co_return Error{"cannot write " + file.string()};
  }
  world.end_capture();
  if (world.witness() != nullptr) {
    fs::copy_file(world.witness()->file(), folder / "capture.pcapng", fs::copy_options::overwrite_existing, error);
    if (error) co_return Error{"cannot write capture.pcapng: " + error.message()};
  }
  for (const auto& [name, router] : world.routers()) {
    auto written = co_await write_config(*router, folder / "postfix");
    if (!written) co_return written;
  }
  co_return Result<void, Error>();
}

}  // namespace watershed::harness
