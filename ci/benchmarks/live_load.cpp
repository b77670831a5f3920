// What it costs to drive mail through a live world: smtp-source(1) alone, with nobody watching the wire, and the live
// lane with its own sender and its witness offer the same messages to the same Postfix instance, from the same address,
// over as many parallel sessions that both keep open from message to message, turn by turn, in one sandbox. Also how
// long a whole world takes up and down, and how soon the hosts of another are ready.
//
//   live_load WORLD-FOLDER [--messages N] [--pairs N] [--up-down WORLD-FOLDER] [--ready WORLD-FOLDER]
//
// Prints a flat JSON object; exits 1 when a message was not taken, 4 where there is no sandbox.
#include "harness/lanes/live/live_world.hpp"
#include "sandbox/loopback.hpp"
#include "sandbox/process.hpp"

#include <fmt/format.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed {
namespace {

using Clock = std::chrono::steady_clock;
using stage::Task;

constexpr std::size_t sessions = 20;
constexpr std::size_t octets = 1024;
// smtp-source cannot be told its address; a user can have one. Postfix looks both senders up: the same name.
constexpr uid_t peer_user = 6000;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

mail::Message message() {
  std::string body;
  while (body.size() + 80 <= octets) body += std::string(78, 'X') + "\r\n";
  return mail::Message::parse("From: <a@sender.example>\r\nTo: <b@load.example>\r\nSubject: load\r\n\r\n" + body);
}

// Processor time of this process, and of ended children, so far.
double cpu_seconds(int whose) {
  rusage usage{};
  ::getrusage(whose, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Task<double> by_smtp_source(harness::LiveWorld& world, std::filesystem::path work, std::size_t messages) {
  const sandbox::Place place{"sender.load.example", {}};
  const auto start = Clock::now();
  auto process = sandbox::Process::start(
      world.loop(), place,
      {.program = "/usr/bin/setpriv",
       .arguments = {"--reuid", std::to_string(peer_user), "--clear-groups", "/usr/sbin/smtp-source", "-d", "-s",
                     std::to_string(sessions), "-l", std::to_string(octets), "-m", std::to_string(messages), "-f",
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
  std::filesystem::path ready_world;
  std::size_t messages = 4000;
  std::size_t pairs = 5;
};

// What one turn has left in the queue must not be the next one's burden.
Task<void> wait_for_empty_queue(const harness::LiveWorld& world, stage::RealExecutor& loop) {
  const auto is_idle = [](const auto& each) { return each.second->under_way() == 0; };
  while (!std::all_of(world.routers().begin(), world.routers().end(), is_idle)) {
    co_await loop.sleep_for(std::chrono::milliseconds(20));
  }
}

// Whether Postfix took every client for the same host: only then has it the same work with both.
bool is_same_client(const harness::LiveWorld& world) {
  std::size_t messages = 0;
  for (const harness::LiveHost* host : world.hosts_with_programs()) {
    for (const sandbox::LogLine& line : host->log.lines()) {
      if (line.tag != "postfix/smtpd" || line.text.find(": client=") == std::string::npos) continue;
      if (!line.text.ends_with(": client=sender.load.example[198.51.100.10]")) {
        std::fprintf(stderr, "live_load: %s\n", line.text.c_str());
        return false;
      }
      ++messages;
    }
  }
  return messages > 0;
}

Task<void> measure(harness::LiveWorld& world, std::filesystem::path work, const Settings& settings, bool& good) {
  const auto error = co_await world.start();
  if (error) {
    std::fprintf(stderr, "live_load: %s\n", error->c_str());
    world.executor().stop();
    co_return;
  }
  const std::vector<IpAddress> all = harness::LiveWorld::world_addresses(world.world().spec);
  const auto routed = sandbox::speak_from(peer_user, *parse_ip_address("198.51.100.10"), all);
  if (!routed) std::fprintf(stderr, "live_load: %s\n", routed.error().message.c_str());
  world.journal().keep_facts(false);
  world.keep_offered(false);
  std::vector<double> ratios;
  good = true;
  co_await by_smtp_source(world, work, settings.messages / 10);
  for (std::size_t pair = 0; pair < settings.pairs; ++pair) {
    co_await wait_for_empty_queue(world, world.loop());
    good = good && world.listen(false).has_value();
    const double before_theirs = cpu_seconds(RUSAGE_CHILDREN);
    const double theirs = co_await by_smtp_source(world, work, settings.messages);
    const double their_cpu = cpu_seconds(RUSAGE_CHILDREN) - before_theirs;
    co_await wait_for_empty_queue(world, world.loop());
    good = good && world.listen(true).has_value();
    const double before_ours = cpu_seconds(RUSAGE_SELF);
    const double ours = co_await by_the_lane(world, settings.messages);
    const double our_cpu = cpu_seconds(RUSAGE_SELF) - before_ours;
    good = good && theirs > 0 && ours > 0 && is_same_client(world);
    const double each = 1000 / static_cast<double>(settings.messages);
    std::fprintf(stderr, "smtp-source %.0f/s, %.3f ms of processor a message; the lane %.0f/s, %.3f ms\n", theirs,
                 their_cpu * each, ours, our_cpu * each);
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

struct Times {
  double ready_ms = 0;  ///< from the first step in the sandbox until every host says that it is ready
  double whole_ms = 0;  ///< from nothing to that, and to nothing again
};

// One turn; nothing when the world did not come up. The sandbox is another process: it tells its time through a pipe.
std::optional<Times> up_and_down(const std::shared_ptr<const harness::World>& world, sandbox::Level level) {
  int ends[2];
  if (::pipe(ends) != 0) return std::nullopt;
  const auto start = Clock::now();
  const int code = in_sandbox(world, level, [&ends](harness::LiveWorld& running, const sandbox::Inside&) {
    const auto began = Clock::now();
    double ready_ms = 0;
    const auto bring_up = [](harness::LiveWorld& up, Clock::time_point from, double& until_ready_ms) -> Task<void> {
      if (!(co_await up.start())) until_ready_ms = seconds_since(from) * 1000;
      up.executor().stop();
    };
    running.loop().spawn(bring_up(running, began, ready_ms));
    running.loop().run_until(stage::forever);
    const bool told = ::write(ends[1], &ready_ms, sizeof ready_ms) == sizeof ready_ms;
    return told && ready_ms > 0 ? 0 : 1;
  });
  Times times{0, seconds_since(start) * 1000};
  const bool heard = code == 0 && ::read(ends[0], &times.ready_ms, sizeof times.ready_ms) == sizeof times.ready_ms;
  ::close(ends[0]);
  ::close(ends[1]);
  if (!heard) return std::nullopt;
  return times;
}

// The median of five turns, after one to warm up.
bool measure_up_down(const char* name, double Times::*which, const std::filesystem::path& folder,
                     sandbox::Level level) {
  if (folder.empty()) return true;
  const auto world = load(folder);
  std::vector<double> times_ms;
  for (int turn = 0; turn < 6; ++turn) {
    const auto times = up_and_down(world, level);
    if (!times) return false;
    if (turn > 0) times_ms.push_back((*times).*which);
  }
  std::sort(times_ms.begin(), times_ms.end());
  fmt::print("  \"{}\": {:.0f},\n", name, times_ms[times_ms.size() / 2]);
  std::fflush(stdout);
  return true;
}

int run(const Settings& settings) {
  const auto level = sandbox::best_level();
  if (!level) return 4;
  fmt::print("{{\n");
  std::fflush(stdout);
  if (!measure_up_down("live_world_up_down_ms", &Times::whole_ms, settings.whole_world, *level)) return 1;
  if (!measure_up_down("live_ready_ms", &Times::ready_ms, settings.ready_world, *level)) return 1;
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
    } else if (name == "--ready") {
      settings.ready_world = value;
    } else {
      return 2;
    }
  }
  return watershed::run(settings);
}
