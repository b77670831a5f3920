// See live_host.hpp.
#include "harness/lanes/live/live_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <fstream>

namespace watershed::harness {

namespace fs = std::filesystem;
using stage::Task;

namespace {

bool write_file(const fs::path& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  return static_cast<bool>(out.flush());
}

}  // namespace

LiveHost::LiveHost(stage::RealExecutor& on, const HostSpec& host, const sandbox::Inside& inside)
    : executor(on),
      spec(host),
      folder(inside.work / "hosts" / host.name),
      log_grew(on),
      log(on, [this](const sandbox::LogLine&) {
        log_grew.notify();
        if (stirs != nullptr) stirs->notify();
      }) {
  place.hostname = spec.name;
  place.confinement = inside.confinement;
  place.address = spec.addresses.front();
}

fs::path LiveHost::mount(const std::string& name, const fs::path& target) {
  fs::create_directories(folder / name);
  place.mounts.push_back({folder / name, target});
  return folder / name;
}

Result<void, Error> LiveHost::prepare() {
  mount("run", "/run");
  fs::permissions(mount("tmp", "/tmp"), fs::perms(01777));
  const fs::path etc = folder / "etc";
  fs::create_directories(etc);
  // A name server of its own, as far as it knows: so a lookup shows which host asked.
  const std::string own = to_string(spec.addresses.front());
  const bool written =
      write_file(etc / "resolv.conf", fmt::format("nameserver {}\noptions timeout:1 attempts:2\n", own)) &&
      write_file(etc / "hosts", fmt::format("127.0.0.1 localhost\n{} {}\n", own, spec.name));
  if (!written) return Error{"cannot write " + etc.string()};
  for (const char* name : {"resolv.conf", "hosts"}) place.mounts.push_back({etc / name, fs::path("/etc") / name});
  return log.open(folder / "run/log");
}

Result<void, Error> Daemon::start() {
  note_own_death();
  if (process_) former_.push_back(std::move(process_));
  told_to_end_ = false;
  started_at_ = host_.executor.now();
  auto started = sandbox::Process::start(host_.executor, host_.place, options_.process);
  if (!started) return started.error();
  process_ = std::move(*started);
  host_.executor.spawn(watch(*process_));
  return {};
}

Task<void> Daemon::watch(sandbox::Process& process) {
  co_await process.wait(stage::forever);
  host_.log.drain();
  host_.log_grew.notify();  // whoever waits for its words learns that there will be none
  if (host_.stirs != nullptr) host_.stirs->notify();
}

Task<Result<void, Error>> Daemon::wait_ready(stage::Time deadline) {
  return wait_says(options_.ready_text, started_at_, deadline);
}

Task<Result<void, Error>> Daemon::wait_says(std::string text, stage::Time since, stage::Time deadline) {
  for (;;) {
    host_.log.drain();
    const auto& lines = host_.log.lines();
    const auto says_so = [&](const sandbox::LogLine& line) {
      return line.at >= since && line.text.find(text) != std::string::npos;
    };
    if (std::any_of(lines.rbegin(), lines.rend(), says_so)) co_return Result<void, Error>();
    if (!is_running()) co_return Error{last_words()};
    const bool grew = co_await host_.log_grew.wait(deadline);
    if (!grew)
      co_return Error{
          fmt::format("{} at {} did not say '{}' in time; {}", name(), host_.spec.name, text, last_words())};
  }
}

void Daemon::kill(int signal) {
  note_own_death();
  told_to_end_ = true;
  if (process_) process_->signal(signal);
}

void Daemon::kill_leader() {
  note_own_death();
  told_to_end_ = true;
  if (is_running()) ::kill(process_->pid(), SIGKILL);
}

void Daemon::note_own_death() {
  if (has_died()) own_deaths_.push_back(last_words());
}

std::vector<std::string> Daemon::deaths() const {
  std::vector<std::string> deaths = own_deaths_;
  if (has_died()) deaths.push_back(last_words());
  return deaths;
}

// The watch waits at the process itself, where one can at a time; it tells of the end as of a line.
Task<bool> Daemon::wait_ended(stage::Time deadline) {
  while (is_running()) {
    const bool told = co_await host_.log_grew.wait(deadline);
    if (!told) co_return !is_running();
  }
  co_return true;
}

Task<void> Daemon::stop(int signal) {
  if (!is_running()) co_return;
  kill(signal);
  const bool ended = co_await wait_ended(host_.executor.now() + std::chrono::seconds(1));
  if (ended) co_return;
  process_->signal(SIGKILL);
  co_await wait_ended(stage::forever);
}

std::string Daemon::last_words() const {
  constexpr std::size_t lines_max = 5;
  std::string words;
  if (!process_) return fmt::format("{} at {} did not start", name(), host_.spec.name);
  if (!process_->is_running()) {
    words = fmt::format("{} at {} ended with {}", name(), host_.spec.name, process_->exit_code());
  } else {
    words = fmt::format("{} at {} runs", name(), host_.spec.name);
  }
  const auto& lines = host_.log.lines();
  for (std::size_t index = lines.size() - std::min(lines_max, lines.size()); index < lines.size(); ++index) {
    words += fmt::format("; log: {}: {}", lines[index].tag, lines[index].text);
  }
  std::ifstream output(options_.process.output);
  std::string line;
  std::string last;
  while (std::getline(output, line)) last = line;
  if (!last.empty()) words += "; it printed: " + last;
  return words;
}

}  // namespace watershed::harness
