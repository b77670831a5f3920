// See zone.hpp. From files to a checked set of records.
#include "fakes/dns/zone.hpp"

#include "base/text.hpp"
#include "fakes/dns/record_reader.hpp"
#include "fakes/dns/zone_check.hpp"
#include "fakes/dns/zone_text.hpp"
#include "talk/dns_name.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unordered_set>

namespace watershed::dns {

namespace {

constexpr std::size_t file_octets_max = std::size_t{16} << 20;
constexpr std::size_t errors_max = 20;  // a file of another kind has an error on every line

void read_file(const ZoneText& file, ZoneSet& into, Diagnostics& errors) {
  if (file.text.size() > file_octets_max) {
    errors.push_back({Severity::error, {file.file, 0, 0}, "the file is over 16 MiB", {}, {}});
    return;
  }
  const Result<std::vector<ZoneEntry>, Diagnostic> entries = split_zone_text(file.text, file.file);
  if (!entries) {
    errors.push_back(entries.error());
    return;
  }
  RecordReader reader(file.text, {}, into.warnings);
  for (const ZoneEntry& entry : *entries) {
    Result<std::optional<Record>, Diagnostic> record = reader.read(entry);
    if (!record) {
      errors.push_back(record.error());
      if (errors.size() >= errors_max) return;
    } else if (*record) {
      into.records.push_back(std::move(**record));
    }
  }
}

std::unordered_set<std::string_view> apexes_of(const ZoneSet& zones) {
  std::unordered_set<std::string_view> apexes;
  for (const Record& record : zones.records) {
    if (record.type == talk::RecordType::soa) apexes.insert(record.owner);
  }
  return apexes;
}

// The deepest apex at or above a name; nothing outside every zone.
std::optional<std::string_view> zone_of(std::string_view name, const std::unordered_set<std::string_view>& apexes) {
  for (;; name = talk::parent_of(name)) {
    if (const auto found = apexes.find(name); found != apexes.end()) return *found;
    if (name.size() <= 1) return std::nullopt;
  }
}

}  // namespace

Parsed<ZoneSet> load_zones(const std::vector<ZoneText>& files) {
  ZoneSet zones;
  Diagnostics errors;
  for (const ZoneText& file : files) read_file(file, zones, errors);
  if (errors.empty()) check_zones(files, zones, errors);
  if (!errors.empty()) return errors;
  return zones;
}

Parsed<ZoneSet> load_zones(std::string_view text, std::string_view file) {
  return load_zones(std::vector<ZoneText>{{std::string(file), std::string(text)}});
}

Parsed<ZoneSet> load_zone_file(const std::string& path, std::string_view shown_as) {
  std::error_code unreadable;
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open() || std::filesystem::is_directory(path, unreadable)) {  // a folder opens, but throws when read
    return Diagnostics{
        {Severity::error, {std::string(shown_as), 0, 0}, "cannot be read; expected a zone file", {}, {}}};
  }
  const std::string text(std::istreambuf_iterator<char>(in), {});
  return load_zones(text, shown_as);
}

Parsed<Record> parse_record(std::string_view text, const SourcePosition& at) {
  constexpr std::uint32_t default_ttl_s = 300;
  const auto relocated = [&](Diagnostic diagnostic) {
    diagnostic.message = fmt::format("in the record '{}': {}", printable(text), diagnostic.message);
    diagnostic.at = at;
    diagnostic.source_line.clear();
    return Diagnostics{std::move(diagnostic)};
  };
  const Result<std::vector<ZoneEntry>, Diagnostic> entries = split_zone_text(text, at.file);
  if (!entries) return relocated(entries.error());
  if (entries->size() != 1 || entries->front().tokens[0].text.starts_with('$')) {
    return relocated({Severity::error, at, "expected exactly one record: owner, TTL, type, data", {}, {}});
  }
  Diagnostics warnings;
  RecordReader reader(text, {.origin = ".", .last_owner = {}, .default_ttl_s = default_ttl_s, .last_ttl_s = {}},
                      warnings);
  Result<std::optional<Record>, Diagnostic> record = reader.read(entries->front());
  if (!record) return relocated(record.error());
  (*record)->at = at;
  return std::move(**record);
}

ZoneSet overlay(const ZoneSet& base, const ZoneSet& override_zones) {
  const std::unordered_set<std::string_view> replaced = apexes_of(override_zones);
  const std::unordered_set<std::string_view> apexes = apexes_of(base);
  ZoneSet result;
  for (const Record& record : base.records) {
    const std::optional<std::string_view> zone = zone_of(record.owner, apexes);
    if (!zone || !replaced.contains(*zone)) result.records.push_back(record);
  }
  result.records.insert(result.records.end(), override_zones.records.begin(), override_zones.records.end());
  return result;
}

}  // namespace watershed::dns
