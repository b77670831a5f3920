// See manifest.hpp.
#include "reports/evidence/manifest.hpp"

#include "base/sha256.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

namespace watershed::reports {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view first_line_start = "# watershed evidence pack, version 1, ";
constexpr std::string_view first_line_end = " files";
constexpr std::size_t digits = 64;

// sha256sum would write such names escaped; nothing that we write has them.
bool is_plain_name(std::string_view path) {
  return printable(path) == path && path.find('\\') == std::string_view::npos;
}

bool leads_out(const std::string& path) {
  const fs::path parsed(path);
  return path.empty() || parsed.is_absolute() || std::find(parsed.begin(), parsed.end(), "..") != parsed.end();
}

// What is wrong with a line; empty when it went into the manifest.
std::string read_line(std::string_view line, Manifest& manifest) {
  const std::string_view sum = line.substr(0, digits);
  const bool is_sum = sum.size() == digits && sum.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!is_sum || line.substr(digits, 2) != "  ") return "expected 64 hexadecimal digits, two blanks and a path";
  const std::string path(line.substr(digits + 2));
  if (leads_out(path) || !is_plain_name(path)) return fmt::format("'{}' is no path in a pack", printable(path));
  if (!manifest.emplace(path, sum).second) return fmt::format("'{}' comes twice", path);
  return {};
}

}  // namespace

Result<Manifest, Error> sum_files(const fs::path& folder) {
  Manifest manifest;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(folder, error); entry != fs::recursive_directory_iterator();
       entry.increment(error)) {
    const std::string path = entry->path().lexically_relative(folder).generic_string();
    if (!is_plain_name(path)) return Error{fmt::format("'{}' is no name for a file in a pack", printable(path))};
    if (entry->is_symlink() || (!entry->is_directory() && !entry->is_regular_file())) {
      return Error{fmt::format("{} is no regular file", path)};
    }
    if (entry->is_directory() || path == manifest_name) continue;
    std::ifstream in(entry->path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (!in) return Error{fmt::format("cannot read {}", path)};
    manifest[path] = sha256_hex(bytes);
  }
  if (error) return Error{fmt::format("cannot read {}: {}", folder.string(), error.message())};
  return manifest;
}

std::string write_manifest(const Manifest& manifest) {
  std::string out = fmt::format("{}{}{}\n", first_line_start, manifest.size(), first_line_end);
  for (const auto& [path, sum] : manifest) out += fmt::format("{}  {}\n", sum, path);
  return out;
}

Parsed<Manifest> read_manifest(std::string_view text, const std::string& shown_name) {
  Manifest manifest;
  std::size_t stated = 0;
  int number = 0;
  const auto error = [&](std::string message) {
    return Diagnostics{{Severity::error, {shown_name, number, 0}, std::move(message), {}, {}}};
  };
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return error("the last line has no end: the manifest was cut short");
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (number > 1) {
      const std::string wrong = read_line(line, manifest);
      if (!wrong.empty()) return error(wrong);
      continue;
    }
    const bool is_first = line.starts_with(first_line_start) && line.ends_with(first_line_end) &&
                          line.size() > first_line_start.size() + first_line_end.size();
    if (is_first) {
      line.remove_prefix(first_line_start.size());
      line.remove_suffix(first_line_end.size());
    }
    const auto read = std::from_chars(line.data(), line.data() + line.size(), stated);
    if (!is_first || read.ec != std::errc{} || read.ptr != line.data() + line.size()) {
      return error("this is no manifest of an evidence pack");
    }
  }
  if (number == 0) return error("the manifest is empty");
  if (manifest.size() == stated) return manifest;
  number = 1;
  return error(fmt::format("{} files are stated and {} are listed: the manifest was changed", stated, manifest.size()));
}

std::vector<std::string> manifest_differences(const Manifest& stated, const Manifest& found) {
  std::vector<std::string> differences;
  for (const auto& [path, sum] : stated) {
    const auto file = found.find(path);
    if (file == found.end()) differences.push_back("missing: " + path);
    if (file != found.end() && file->second != sum) differences.push_back("altered: " + path);
  }
  for (const auto& [path, sum] : found) {
    if (!stated.contains(path)) differences.push_back("added: " + path);
  }
  return differences;
}

}  // namespace watershed::reports
