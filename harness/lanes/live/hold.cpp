// See hold.hpp.
#include "harness/lanes/live/hold.hpp"

#include "harness/lanes/live/live_world.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>

namespace watershed::harness {

namespace fs = std::filesystem;
using stage::Task;

namespace {

constexpr int could_not_start = 200;

// The world's name server is the command's too.
sandbox::Place beside(const World& world, const sandbox::Inside& inside) {
  const fs::path& work = inside.work;
  const fs::path file = work / "resolv.conf";
  std::ofstream(file) << "nameserver " << to_string(world.spec.dns_address) << "\n";
  fs::create_directory(work / "tmp");
  fs::permissions(work / "tmp", fs::perms(01777));
  return {"beside.example", {{file, "/etc/resolv.conf"}}, inside.confinement, world.spec.dns_address};
}

Task<void> run_command(LiveWorld& world, const std::vector<std::string>& command, sandbox::Inside inside, int& code) {
  if (auto error = co_await world.start()) {
    std::fprintf(stderr, "watershed: %s\n", error->c_str());
    code = could_not_start;
  } else {
    auto process = sandbox::Process::start(world.loop(), beside(world.world(), inside),
                                           {.program = "/usr/bin/env",
                                            .arguments = command,
                                            .environment = {{"TMPDIR", inside.work / "tmp"}},
                                            .output = {}});
    if (process) {
      co_await (*process)->wait(stage::forever);
      code = (*process)->exit_code();
    } else {
      std::fprintf(stderr, "watershed: %s\n", process.error().message.c_str());
      code = could_not_start;
    }
  }
  world.executor().stop();
}

}  // namespace

Result<int, Error> hold_live_world(std::shared_ptr<const World> world, const std::vector<std::string>& command,
                                   sandbox::Level level) {
  sandbox::SandboxOptions options;
  options.level = level;
  options.addresses = LiveWorld::world_addresses(world->spec);
  options.needed = {fs::current_path(), fs::absolute(world->spec.folder)};
  auto started = sandbox::Sandbox::start(options, [&](const sandbox::Inside& inside) {
    int code = could_not_start;
    LiveWorld running(world, 1, inside);
    running.loop().spawn(run_command(running, command, inside, code));
    running.loop().run_until(stage::forever);
    return code;
  });
  if (!started) return Error{started.error().message};
  const int code = started->wait();
  if (code == could_not_start) return Error{"the world could not be brought up"};
  return code;
}

}  // namespace watershed::harness
