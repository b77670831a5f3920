// See compare.hpp.
#include "harness/world/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

namespace watershed::harness {

namespace {

namespace fs = std::filesystem;

// Content by path below the referenced file or folder; empty key for a single file.
std::map<std::string, std::string> contents(const fs::path& root) {
  std::map<std::string, std::string> files;
  const auto read = [](const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  std::error_code error;
  if (fs::is_regular_file(root, error)) files[""] = read(root);
  if (!fs::is_directory(root, error)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) files[fs::relative(entry.path(), root).string()] = read(entry.path());
  }
  return files;
}

std::vector<FileReference> references(const HostSpec& host) {
  std::vector<FileReference> found{host.spam_filter};
  if (const auto* router = std::get_if<RouterSpec>(&host.role)) {
    found.push_back(router->folder);
    found.push_back(router->rule_processor.rules);
    found.push_back(router->rule_processor.mailboxes);
  }
  if (const auto* cloud = std::get_if<CloudSpec>(&host.role)) found.push_back(cloud->tenant);
  if (const auto* store = std::get_if<MailStoreSpec>(&host.role)) {
    found.push_back(store->mailboxes);
    found.push_back(store->filter);
  }
  return found;
}

void compare_files(const WorldSpec& before, const WorldSpec& after, const FileReference& old_file,
                   const FileReference& new_file, std::vector<std::string>& differences) {
  if (!old_file.is_set() && !new_file.is_set()) return;
  const auto old_contents = contents(before.folder / old_file.path);
  const auto new_contents = contents(after.folder / new_file.path);
  for (const auto& [name, text] : old_contents) {
    const auto other = new_contents.find(name);
    if (other != new_contents.end() && other->second == text) continue;
    differences.push_back(fmt::format("{}/{}{}{} {}", before.shown_folder, old_file.path, name.empty() ? "" : "/", name,
                                      other == new_contents.end() ? "is gone" : "has changed"));
  }
  for (const auto& [name, text] : new_contents) {
    if (old_contents.contains(name)) continue;
    differences.push_back(
        fmt::format("{}/{}{}{} is new", after.shown_folder, new_file.path, name.empty() ? "" : "/", name));
  }
}

void compare_host(const WorldSpec& before, const WorldSpec& after, const HostSpec& old_host, const HostSpec& new_host,
                  std::vector<std::string>& differences) {
  if (old_host.addresses != new_host.addresses)
    differences.push_back(fmt::format("{} has other addresses", old_host.name));
  if (old_host.role.index() != new_host.role.index()) {
    differences.push_back(fmt::format("{} has another role", old_host.name));
    return;
  }
  if (old_host.milter != new_host.milter) differences.push_back(fmt::format("{} asks another filter", old_host.name));
  const std::vector<FileReference> old_files = references(old_host);
  const std::vector<FileReference> new_files = references(new_host);
  for (std::size_t index = 0; index < old_files.size(); ++index) {
    compare_files(before, after, old_files[index], new_files[index], differences);
  }
}

}  // namespace

std::vector<std::string> zone_differences(const WorldSpec& before, const WorldSpec& after, std::string_view zone) {
  std::vector<std::string> differences;
  std::size_t compared = 0;
  for (const HostSpec& old_host : before.hosts) {
    if (old_host.zone != zone) continue;
    const HostSpec* new_host = after.host(old_host.name);
    if (new_host == nullptr || new_host->zone != zone) {
      differences.push_back(fmt::format("{} is no longer in zone {}", old_host.name, zone));
      continue;
    }
    ++compared;
    compare_host(before, after, old_host, *new_host, differences);
  }
  for (const HostSpec& new_host : after.hosts) {
    const HostSpec* old_host = before.host(new_host.name);
    if (new_host.zone == zone && (old_host == nullptr || old_host->zone != zone)) {
      differences.push_back(fmt::format("{} is new in zone {}", new_host.name, zone));
    }
  }
  if (compared == 0 && differences.empty()) differences.push_back(fmt::format("zone {} has no host to compare", zone));
  return differences;
}

}  // namespace watershed::harness
