// See watch.hpp.
#include "cli/watch.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace watershed::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t events = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
constexpr int quiet_ms = 150;

// What editors write beside the file that is meant: swap files, backups, temporary names.
bool is_editors_own(const std::string& name) {
  return name.empty() || name.front() == '.' || name.back() == '~' || name.ends_with(".tmp") || name == "4913";
}

}  // namespace

Result<FolderWatch, Error> FolderWatch::open(const fs::path& folder) {
  const int descriptor = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (descriptor < 0) return Error{std::string("cannot watch files: ") + std::strerror(errno)};
  FolderWatch watch(descriptor);
  watch.add(folder);
  if (watch.folders_.empty()) return Error{"cannot watch " + folder.string() + ": " + std::strerror(errno)};
  return Result<FolderWatch, Error>(std::move(watch));
}

FolderWatch::~FolderWatch() {
  if (descriptor_ >= 0) close(descriptor_);
}

FolderWatch::FolderWatch(FolderWatch&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), folders_(std::move(other.folders_)) {}

void FolderWatch::add(const fs::path& folder) {
  const int watch = inotify_add_watch(descriptor_, folder.c_str(), events | IN_ONLYDIR);
  if (watch < 0) return;  // gone again, or none of ours
  folders_[watch] = folder;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_directory(error) && !entry.is_symlink(error)) add(entry.path());
  }
}

bool FolderWatch::read_events(std::set<fs::path>& changed) {
  alignas(inotify_event) char buffer[16 * 1024];
  const ssize_t size = read(descriptor_, buffer, sizeof buffer);
  if (size <= 0) return false;
  for (ssize_t at = 0; at < size;) {
    inotify_event event{};
    std::memcpy(&event, buffer + at, sizeof event);
    const char* name = buffer + at + sizeof event;
    at += static_cast<ssize_t>(sizeof event + event.len);
    const auto folder = folders_.find(event.wd);
    if (folder == folders_.end() || event.len == 0 || is_editors_own(name)) continue;
    const fs::path path = folder->second / name;
    if ((event.mask & IN_ISDIR) != 0) add(path);
    changed.insert(path);
  }
  return true;
}

std::set<fs::path> FolderWatch::wait() {
  std::set<fs::path> changed;
  for (;;) {
    pollfd waiting{descriptor_, POLLIN, 0};
    const int ready = poll(&waiting, 1, changed.empty() ? -1 : quiet_ms);
    if (ready < 0) return {};
    if (ready == 0) return changed;
    while (read_events(changed)) {
    }
  }
}

}  // namespace watershed::cli
