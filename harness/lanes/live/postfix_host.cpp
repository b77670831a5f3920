// See postfix_host.hpp.
#include "harness/lanes/live/postfix_host.hpp"

#include "base/file.hpp"
#include "sandbox/descendants.hpp"
#include "sandbox/mounts.hpp"
#include "sandbox/ownership.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <set>

namespace watershed::harness {

namespace fs = std::filesystem;
using stage::Task;

namespace {

constexpr std::uint64_t queue_octets = 512U << 20;
constexpr const char* daemon_directory = "/usr/lib/postfix/sbin";
constexpr const char* etc_postfix = "/etc/postfix";
constexpr const char* next_folder = ".next";  // in it: a configuration that is being made ready

// Postfix reads its files again, and sleeps before, while they are younger than a second or two.
void backdate(const fs::path& folder) {
  std::error_code ignored;
  const auto past = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) fs::last_write_time(entry.path(), past, ignored);
}

// `hash:/etc/postfix/transport` as it is called while the configuration is in another folder.
std::vector<std::string> tables_in(const std::string& folder, std::vector<std::string> tables) {
  const std::string usual = fmt::format(":{}/", etc_postfix);
  for (std::string& table : tables) {
    const std::size_t at = table.find(usual);
    if (at != std::string::npos) table.replace(at, usual.size(), fmt::format(":{}/", folder));
  }
  return tables;
}

std::set<fs::path> names_in(const fs::path& folder) {
  std::set<fs::path> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    names.insert(entry.path().lexically_relative(folder));
  return names;
}

// File by file in one go each, for programs read them while it happens; then what is not there any more goes.
Result<void, Error> replace_files(const fs::path& next, const fs::path& folder) {
  std::error_code error;
  const std::set<fs::path> kept = names_in(next);  // a folder's name comes before those in it
  for (const fs::path& name : kept) {
    if (fs::is_directory(next / name)) {
      fs::create_directories(folder / name, error);
    } else {
      fs::rename(next / name, folder / name, error);
    }
    if (error) return Error{fmt::format("cannot write {}: {}", (folder / name).string(), error.message())};
  }
  for (const fs::path& name : names_in(folder)) {
    if (!kept.contains(name)) fs::remove_all(folder / name, error);
  }
  return {};
}

bool has_index(std::string_view type) {
  return type == "hash" || type == "btree" || type == "lmdb" || type == "cdb" || type == "dbm";
}

}  // namespace

PostfixHost::PostfixHost(LiveHost& host, fs::path given, double time_factor)
    : host_(host),
      given_(std::move(given)),
      time_factor_(time_factor),
      master_(host, {.name = "postfix",
                     .process = {.program = fs::path(daemon_directory) / "master",
                                 .arguments = {"-c", "/etc/postfix", "-d"},
                                 .environment = {},
                                 .output = host.folder / "master.out"},
                     .ready_text = "daemon started -- version"}) {}

Result<void, Error> PostfixHost::lay_out_queue() {
  const passwd* owner = ::getpwnam("postfix");
  const group* drop = ::getgrnam("postdrop");
  if (owner == nullptr || drop == nullptr) return Error{"Postfix is not installed: no user postfix, no group postdrop"};
  const fs::path queue = host_.mount("queue", "/var/spool/postfix");
  // A disk of its own, so that it can be full; where nothing can be mounted, scenarios that need it are skipped.
  const bool is_in_namespace = host_.place.confinement == nullptr;
  if (is_in_namespace) {
    const auto disk = sandbox::mount_memory(queue, fmt::format("mode=755,size={}", queue_octets));
    if (!disk) return disk;
  }
  const fs::path data = host_.mount("data", "/var/lib/postfix");
  if (const auto given = sandbox::give_away(data, owner->pw_uid, owner->pw_gid); !given) return given;
  fs::create_directory(queue / "pid");
  for (const char* name : {"active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private",
                           "saved", "trace", "maildrop", "public"}) {
    const fs::path folder = queue / name;
    fs::create_directory(folder);
    const bool is_shared = name == std::string_view("maildrop") || name == std::string_view("public");
    const gid_t group_id = is_shared ? drop->gr_gid : owner->pw_gid;
    if (const auto given = sandbox::give_away(folder, owner->pw_uid, group_id); !given) return given;
    fs::permissions(folder, fs::perms(0700));
  }
  // postdrop(1) without its set-group-ID bit (see sandbox/libc_only) is in no group that could be let in alone.
  fs::permissions(queue / "maildrop", fs::perms(is_in_namespace ? 01730 : 01733));
  fs::permissions(queue / "public", fs::perms(is_in_namespace ? 02710 : 02711));
  // What Debian's own start script copies for services that run with chroot=y.
  fs::create_directory(queue / "etc");
  for (const char* name : {"hosts", "resolv.conf"}) fs::copy_file(host_.folder / "etc" / name, queue / "etc" / name);
  std::error_code ignored;  // a file that the machine does not have is not needed either
  for (const char* name : {"services", "localtime", "nsswitch.conf"}) {
    fs::copy_file(fs::path("/etc") / name, queue / "etc" / name, ignored);
  }
  return {};
}

Result<void, Error> PostfixHost::write_config(const postfix::PostfixConfig& config, const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder)) fs::remove_all(entry.path(), error);
  fs::copy(given_, folder, fs::copy_options::recursive, error);
  // Which library reads which type of table is the installation's business, not the world's.
  if (!error) fs::copy("/etc/postfix/dynamicmaps.cf", folder / "dynamicmaps.cf", error);
  if (!error && fs::exists("/etc/postfix/dynamicmaps.cf.d")) {
    fs::copy("/etc/postfix/dynamicmaps.cf.d", folder / "dynamicmaps.cf.d", fs::copy_options::recursive, error);
  }
  if (error) return Error{fmt::format("cannot copy {}: {}", given_.string(), error.message())};
  const std::vector<SandboxSetting> layer = sandbox_settings(config, host_.spec.addresses, time_factor_);
  std::ofstream out(folder / "main.cf", std::ios::binary | std::ios::trunc);
  out << with_layer(file_bytes(given_ / "main.cf"), layer);
  if (!out.flush()) return Error{"cannot write " + (folder / "main.cf").string()};
  out.close();
  if (!fs::exists(folder / "master.cf")) fs::copy("/usr/share/postfix/master.cf.dist", folder / "master.cf", error);
  if (error) return Error{"there is no master.cf, and the installation has none to take"};
  const std::string services = with_shorter_wakeups(file_bytes(folder / "master.cf"), time_factor_);
  std::ofstream master(folder / "master.cf", std::ios::binary | std::ios::trunc);
  master << services;
  if (!master.flush()) return Error{"cannot write " + (folder / "master.cf").string()};
  master.close();
  backdate(folder);

  postmap_.clear();
  postalias_.clear();
  for (const postfix::ParameterSummary& each : summarize(config)) {
    const bool is_alias = each.name == "alias_maps" || each.name == "alias_database";
    for (const std::string& word : config.parameters().list(each.name)) {
      const std::size_t colon = word.find(':');
      if (colon == std::string::npos || !has_index(word.substr(0, colon))) continue;
      std::vector<std::string>& tables = is_alias ? postalias_ : postmap_;
      if (std::find(tables.begin(), tables.end(), word) == tables.end()) tables.push_back(word);
    }
  }
  return {};
}

Result<void, Error> PostfixHost::prepare(const postfix::PostfixConfig& config) {
  milters_ = config.parameters().list("smtpd_milters");
  if (const auto laid_out = lay_out_queue(); !laid_out) return laid_out;
  host_.mount("postfix", "/etc/postfix");
  return write_config(config, config_folder());
}

Task<Result<void, Error>> PostfixHost::build_tables(std::string folder) {
  if (!postmap_.empty()) {
    const auto built = co_await run_tool("/usr/sbin/postmap", tables_in(folder, postmap_));
    if (!built) co_return built;
  }
  if (postalias_.empty()) co_return Result<void, Error>();
  co_return co_await run_tool("/usr/sbin/postalias", tables_in(folder, postalias_));
}

Task<Result<void, Error>> PostfixHost::start() {
  const auto built = co_await build_tables(etc_postfix);
  if (!built) co_return built;
  co_return master_.start();
}

Task<Result<void, Error>> PostfixHost::configure(fs::path given, const postfix::PostfixConfig& config) {
  given_ = std::move(given);
  const fs::path next = config_folder() / next_folder;
  std::error_code error;
  fs::create_directory(next, error);
  if (const auto written = write_config(config, next); !written) co_return written;
  const auto built = co_await build_tables(fmt::format("{}/{}", etc_postfix, next_folder));
  if (!built) co_return built;
  if (const auto moved = replace_files(next, config_folder()); !moved) co_return moved;
  if (!master_.is_running()) co_return Result<void, Error>();
  const stage::Time asked_at = host_.executor.now();
  const std::vector<pid_t> before = sandbox::descendants_of(master_.pid());
  // master(8): SIGHUP reads the configuration again; postfix reload does no more.
  ::kill(master_.pid(), SIGHUP);
  const auto reloaded = co_await master_.wait_says("reload -- version", asked_at, asked_at + std::chrono::seconds(10));
  if (!reloaded) co_return reloaded;
  co_await wait_for_ends(before, host_.executor.now() + std::chrono::seconds(1));
  co_return Result<void, Error>();
}

// Who was there before a reload ends when he has nothing to do. What he is doing he does as he was told before.
Task<void> PostfixHost::wait_for_ends(std::vector<pid_t> processes, stage::Time deadline) {
  const auto is_there = [](pid_t process) { return ::kill(process, 0) == 0; };
  while (host_.executor.now() < deadline && std::any_of(processes.begin(), processes.end(), is_there)) {
    co_await host_.executor.sleep_for(std::chrono::milliseconds(5));
  }
}

Task<Result<void, Error>> PostfixHost::flush() { return run_tool("/usr/sbin/postqueue", {"-f"}); }

Task<Result<void, Error>> PostfixHost::run_tool(std::string program, std::vector<std::string> arguments) {
  const fs::path output = host_.folder / (fs::path(program).filename().string() + ".out");
  auto tool = sandbox::Process::start(
      host_.executor, host_.place,
      {.program = program, .arguments = std::move(arguments), .environment = {}, .output = output});
  if (!tool) co_return tool.error();
  const bool ended = co_await (*tool)->wait(host_.executor.now() + std::chrono::seconds(10));
  if (ended && (*tool)->exit_code() == 0) co_return Result<void, Error>();
  co_return Error{fmt::format("{} at {} failed: {}", program, host_.spec.name, file_bytes(output))};
}

Result<void, Error> PostfixHost::set_disk_full(bool full) {
  return sandbox::resize_memory(queue_folder(), full ? 0 : queue_octets);
}

Result<void, Error> PostfixHost::damage_queue() {
  std::size_t damaged = 0;
  std::error_code error;
  for (const QueuedFile& file : queue()) {
    const fs::path path = queue_path(file);
    fs::resize_file(path, fs::file_size(path, error) / 2, error);
    if (!error) ++damaged;
  }
  if (damaged == 0) return Error{"there is no file in the queue to damage"};
  return {};
}

std::filesystem::path PostfixHost::queue_path(const QueuedFile& file) const {
  // hash_queue_names: deferred and defer have a level of folders by the first character. postconf(5)
  const fs::path flat = queue_folder() / file.queue / file.id;
  std::error_code ignored;
  return fs::exists(flat, ignored) ? flat : queue_folder() / file.queue / file.id.substr(0, 1) / file.id;
}

std::vector<QueuedFile> PostfixHost::queue(std::initializer_list<const char*> queues) const {
  std::vector<QueuedFile> files;
  for (const char* name : queues) {
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(queue_folder() / name, ignored)) {
      if (entry.is_regular_file(ignored)) files.push_back({name, entry.path().filename().string()});
    }
  }
  return files;
}

bool PostfixHost::is_locked() const {
  const int lock = ::open((queue_folder() / "pid/master.pid").c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) return false;
  const bool is_taken = ::flock(lock, LOCK_EX | LOCK_NB) != 0;
  ::close(lock);
  return is_taken;
}

void PostfixHost::shorten_locked_wait() const {
  const auto now = fs::file_time_type::clock::now();
  std::error_code gone;
  for (const auto& file : fs::recursive_directory_iterator(queue_folder() / "incoming", gone)) {
    if (!file.is_regular_file(gone)) continue;
    const auto due = file.last_write_time(gone);
    if (!gone && due > now + std::chrono::seconds(2)) fs::last_write_time(file.path(), now, gone);
  }
}

}  // namespace watershed::harness
