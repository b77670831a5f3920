// What it costs to drive mail through a live world: smtp-source(1) alone and the live lane's own sender offer the same
// messages to the same Postfix instance, one a connection, turn by turn, in one sandbox. Also how long a whole world
// takes up and down.
//
//   live_load WORLD-FOLDER [--messages N] [--pairs N] [--up-down WORLD-FOLDER]
//
// Prints a flat JSON object; exits 1 when a message was not taken, 4 where there is no sandbox.
#include "harness/lanes/live/live_world.hpp"
#include "sandbox/process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace watershed {
namespace {

using Clock = std::chrono::steady_clock;
using stage::Task;

constexpr std::size_t sessions = 20;
constexpr std::size_t octets = 1024;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

mail::Message message() {
  std::string body;
  while (body.size() + 80 <= octets) body += std::string(78, 'X') + "\r\n";
  return mail::Message::parse("From: <a@sender.example>\r\nTo: <b@load.example>\r\nSubject: load\r\n\r\n" + body);
}

Task<double> by_smtp_source(harness::LiveWorld& world, std::filesystem::path work, std::size_t messages) {
  const auto start = Clock::now();
  const sandbox::Place place{"sender.load.example", {}};
  auto process = sandbox::Process::start(
      world.loop(), place,
      {.program = "/usr/sbin/smtp-source",
       .arguments = {"-s", std::to_string(sessions), "-l", std::to_string(octets), "-m", std::to_string(messages), "-f",
                     "a@sender.example", "-t", "b@load.example", "192.0.2.25:25"},
       .environment = {},
       .output = work / "smtp-source.out"});
  if (!process) co_return 0;
  co_await (*process)->wait(stage::forever);
  co_return (*process)->exit_code() == 0 ? static_cast<double>(messages) / seconds_since(start) : 0;
}

Task<void> offer(harness::LiveWorld& world, std::size_t count, std::size_t& open, stage::Signal& ended) {
  static const mail::Message content = message();
  for (std::size_t sent = 0; sent < count; ++sent) {
    harness::Submission submission;
    submission.label = "load";
    submission.message_class = "load";
    submission.author = {"a", "sender.example"};
    submission.envelope.reverse_path = mail::ReversePath(submission.author);
    submission.envelope.recipients = {mail::Recipient{mail::ForwardPath(mail::Address{"b", "load.example"}), {}, {}}};
    submission.message = content;
    static_cast<void>(world.submit(std::move(submission)));
    co_await world.executor().sleep_for(stage::Duration(0));
  }
  --open;
  ended.notify();
}

Task<double> by_the_lane(harness::LiveWorld& world, std::size_t messages) {
  const auto start = Clock::now();
  std::size_t open = 1;
  stage::Signal ended(world.executor());
  world.loop().spawn(offer(world, messages, open, ended));
  while (open > 0) co_await ended.wait();
  while (world.offers_under_way() > 0) co_await world.executor().sleep_for(std::chrono::milliseconds(1));
  co_return static_cast<double>(messages) / seconds_since(start);
}

struct Settings {
  std::filesystem::path load_world;
  std::filesystem::path whole_world;
  std::size_t messages = 4000;
  std::size_t pairs = 5;
};

Task<void> measure(harness::LiveWorld& world, std::filesystem::path work, const Settings& settings, bool& good) {
  const auto error = co_await world.start();
  if (error) {
    std::fprintf(stderr, "live_load: %s\n", error->c_str());
    world.executor().stop();
    co_return;
  }
  world.journal().keep_facts(false);
  world.keep_offered(false);
  std::vector<double> ratios;
  good = true;
  co_await by_smtp_source(world, work, settings.messages / 10);
  for (std::size_t pair = 0; pair < settings.pairs; ++pair) {
    const double theirs = co_await by_smtp_source(world, work, settings.messages);
    const double ours = co_await by_the_lane(world, settings.messages);
    good = good && theirs > 0 && ours > 0;
    std::fprintf(stderr, "smtp-source %.0f/s, the lane %.0f/s\n", theirs, ours);
    ratios.push_back(ours / theirs);
  }
  std::sort(ratios.begin(), ratios.end());
  fmt::print("  \"live_throughput_ratio\": {:.3f}\n", ratios[ratios.size() / 2]);
  std::fflush(stdout);
  world.executor().stop();
}

std::shared_ptr<const harness::World> load(const std::filesystem::path& folder) {
  auto world = harness::load_world(folder, folder.string());
  if (world) return *world;
  std::fprintf(stderr, "live_load: %s\n", render(world.error()).c_str());
  std::exit(3);
}

int in_sandbox(const std::shared_ptr<const harness::World>& world, sandbox::Level level,
               const std::function<int(harness::LiveWorld&, const sandbox::Inside&)>& body) {
  sandbox::SandboxOptions options;
  options.level = level;
  options.addresses = harness::LiveWorld::world_addresses(world->spec);
  options.needed = {std::filesystem::current_path()};
  auto sandbox = sandbox::Sandbox::start(options, [&](const sandbox::Inside& inside) {
    harness::LiveWorld running(world, 1, inside);
    return body(running, inside);
  });
  return sandbox ? sandbox->wait() : 4;
}

// From nothing to every host ready, and to nothing again.
bool measure_up_down(const Settings& settings, sandbox::Level level) {
  const auto world = load(settings.whole_world);
  std::vector<double> times_ms;
  for (int turn = 0; turn < 6; ++turn) {
    const auto start = Clock::now();
    const int code = in_sandbox(world, level, [](harness::LiveWorld& running, const sandbox::Inside&) {
      bool is_up = false;
      const auto bring_up = [](harness::LiveWorld& up, bool& done) -> Task<void> {
        done = !(co_await up.start());
        up.executor().stop();
      };
      running.loop().spawn(bring_up(running, is_up));
      running.loop().run_until(stage::forever);
      return is_up ? 0 : 1;
    });
    if (code != 0) return false;
    if (turn > 0) times_ms.push_back(seconds_since(start) * 1000);  // the first one warms up
  }
  std::sort(times_ms.begin(), times_ms.end());
  fmt::print("  \"live_world_up_down_ms\": {:.0f},\n", times_ms[times_ms.size() / 2]);
  std::fflush(stdout);
  return true;
}

int run(const Settings& settings) {
  const auto level = sandbox::best_level();
  if (!level) return 4;
  fmt::print("{{\n");
  std::fflush(stdout);
  if (!settings.whole_world.empty() && !measure_up_down(settings, *level)) return 1;
  const int code =
      in_sandbox(load(settings.load_world), *level, [&](harness::LiveWorld& running, const sandbox::Inside& inside) {
        bool good = false;
        running.loop().spawn(measure(running, inside.work, settings, good));
        running.loop().run_until(stage::forever);
        return good ? 0 : 1;
      });
  fmt::print("}}\n");
  return code;
}

}  // namespace
}  // namespace watershed

int main(int count, char** arguments) {
  watershed::Settings settings;
  if (count < 2) return 2;
  settings.load_world = arguments[1];
  for (int index = 2; index + 1 < count; index += 2) {
    const std::string_view name = arguments[index];
    const std::string_view value = arguments[index + 1];
    std::size_t* number = name == "--messages" ? &settings.messages : name == "--pairs" ? &settings.pairs : nullptr;
    if (number != nullptr) {
      std::from_chars(value.data(), value.data() + value.size(), *number);
    } else if (name == "--up-down") {
      settings.whole_world = value;
    } else {
      return 2;
    }
  }
  return watershed::run(settings);
}
