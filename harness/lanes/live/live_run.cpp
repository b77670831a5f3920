// See live_run.hpp.
#include "harness/lanes/live/live_run.hpp"

#include "base/text.hpp"
#include "harness/lanes/judge.hpp"
#include "harness/lanes/live/play.hpp"
#include "harness/result_file/result_file.hpp"
#include "harness/world/milters.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace watershed::harness {

namespace {

// A run says every second that it lives, until it judges.
constexpr auto silence_max = std::chrono::seconds(120);

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// What takes a namespace of one's own to give.
std::optional<std::string> missing_at_loopback_addresses(const Scenario& scenario, const WorldSpec& world) {
  for (const auto& step : scenario.steps) {
    const bool is_about_disk = step->summary.ends_with("fill_disk") || step->summary.ends_with("free_disk");
    if (step->kind == "machine" && is_about_disk) {
      return fmt::format("needs a disk of its own, which {} has not: {}", to_string(sandbox::Level::loopback_addresses),
                         step->summary);
    }
  }
  for (const HostSpec& host : world.hosts) {
    const bool has_v6 = std::any_of(host.addresses.begin(), host.addresses.end(),
                                    [](const IpAddress& address) { return address.is_v6; });
    if (has_v6 || world.dns_address.is_v6) {
      return fmt::format("needs IPv6, which {} has not: {}", to_string(sandbox::Level::loopback_addresses), host.name);
    }
  }
  return std::nullopt;
}

// Postfix asks a milter by its socket. Where nobody listens there, milter_default_action decides, and the world's
// filter has seen nothing: that is another world than the one written down.
std::optional<std::string> missing_filter(const HostSpec& host, const HostConfig& config) {
  if (!config.router) return std::nullopt;
  const postfix::PostfixConfig& folder = config.router->config();
  const bool asks_any = !milters_without_a_part(folder, false).empty();
  if (asks_any && !host.milter.empty() && !equal_ignoring_case(host.milter, host.name)) {
    return fmt::format("simulated lane only: {} asks the spam filter of another host, {}", host.name, host.milter);
  }
  if (!config.spam_rules) return std::nullopt;
  const std::vector<postfix::NotUnderstood> unserved = milters_beside_main_cf(folder);
  if (unserved.empty()) return std::nullopt;
  return fmt::format("simulated lane only: {}: {}", to_file_line(unserved.front().at), unserved.front().text);
}

}  // namespace

LiveRun::LiveRun(const Scenario& scenario, std::shared_ptr<const World> world, const RunOptions& options,
                 const Surroundings& surroundings, sandbox::Level level)
    : result_(begin_result(scenario, *world, options.seed, "live")), heard_(std::chrono::steady_clock::now()) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    result_.findings.push_back(lane_finding("live", "no pipe for the result"));
    result_.verdict = Verdict::failed;
    return;
  }
  sandbox::SandboxOptions sandbox_options;
  sandbox_options.level = level;
  sandbox_options.addresses = live_addresses(world->spec);
  sandbox_options.needed = {std::filesystem::current_path(), std::filesystem::absolute(world->spec.folder),
                            std::filesystem::absolute(scenario.path)};
  if (!options.artifacts.empty()) {
    std::filesystem::create_directories(options.artifacts);
    sandbox_options.writable = {std::filesystem::absolute(options.artifacts)};
  }
  auto started = sandbox::Sandbox::start(sandbox_options, [&](const sandbox::Inside& inside) {
    ::close(ends[0]);
    const auto say_alive = [&] { write_all(ends[1], " "); };  // blanks before JSON mean nothing
    const ScenarioResult result = play_live(scenario, world, options, surroundings, inside, say_alive);
    return write_all(ends[1], to_json(result)) ? 0 : 1;
  });
  ::close(ends[1]);
  if (!started) {
    ::close(ends[0]);
    result_.findings.push_back(lane_finding("live", "no sandbox: " + started.error().message));
    result_.verdict = Verdict::failed;
    return;
  }
  sandbox_.emplace(std::move(*started));
  result_pipe_ = ends[0];
  ::fcntl(result_pipe_, F_SETFL, O_NONBLOCK);
}

LiveRun::~LiveRun() {
  if (result_pipe_ >= 0) ::close(result_pipe_);
}

void LiveRun::take() {
  char buffer[64 * 1024];
  while (result_pipe_ >= 0) {
    const ssize_t got = ::read(result_pipe_, buffer, sizeof buffer);
    if (got > 0) {
      heard_ = std::chrono::steady_clock::now();
      received_.append(buffer, static_cast<std::size_t>(got));
    } else if (got == 0) {
      finish();
    } else if (errno != EINTR) {
      return;
    }
  }
}

void LiveRun::finish() {
  ::close(result_pipe_);
  result_pipe_ = -1;
  const int code = sandbox_->wait();
  auto read = read_scenario_result(received_, "result of the sandbox");
  if (read) {
    result_ = std::move(*read);
  } else {
    result_.findings.push_back(lane_finding("live", fmt::format("the run broke down in its sandbox ({})", code)));
    result_.verdict = Verdict::failed;
  }
}

void LiveRun::end_if_late() {
  if (is_over() || std::chrono::steady_clock::now() - heard_ < silence_max) return;
  sandbox_->kill();
}

ScenarioResult LiveRun::result() { return std::move(result_); }

std::optional<std::string> live_skip_reason(const Scenario& scenario, const World& world, sandbox::Level level) {
  // Here time is waited for, if in a small part of its length: what takes hours is for the virtual clock.
  constexpr stage::Duration advance_max = std::chrono::minutes(30);
  constexpr stage::Duration horizon_max = std::chrono::hours(5);
  if (auto reason = lane_skip_reason(scenario, "live")) return reason;
  stage::Duration advance{};
  for (const auto& step : scenario.steps) {
    advance += step->advances();
    if (advance > advance_max) return "virtual time only: it lets more than half an hour go by";
    if (step->kind == "link") return "simulated lane only: " + step->summary;
  }
  if (scenario.horizon > horizon_max) return "virtual time only: it looks further ahead than five hours";
  for (std::size_t index = 0; index < world.hosts.size(); ++index) {
    if (auto reason = missing_filter(world.spec.hosts[index], world.hosts[index])) return reason;
  }
  if (level == sandbox::Level::loopback_addresses) return missing_at_loopback_addresses(scenario, world.spec);
  return std::nullopt;
}

}  // namespace watershed::harness
