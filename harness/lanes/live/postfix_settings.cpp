// See postfix_settings.hpp.
#include "harness/lanes/live/postfix_settings.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace watershed::harness {

namespace {

// Retries, and how long anything is tried. Timeouts inside a dialogue stay: they are not waited for on purpose.
constexpr const char* retry_times[] = {"queue_run_delay",        "minimal_backoff_time",  "maximal_backoff_time",
                                       "maximal_queue_lifetime", "bounce_queue_lifetime", "delay_warning_time",
                                       "transport_retry_time"};

std::string setting_name(std::string_view line) {
  const std::size_t equals = line.find('=');
  if (line.empty() || line[0] == '#' || line[0] == ' ' || line[0] == '\t' || equals == std::string_view::npos)
    return {};
  return std::string(trim(line.substr(0, equals)));
}

}  // namespace

std::vector<SandboxSetting> sandbox_settings(const postfix::PostfixConfig& config, std::span<const IpAddress> addresses,
                                             double time_factor) {
  std::vector<SandboxSetting> layer;
  const postfix::Parameters& given = config.parameters();
  std::vector<std::string> own;
  for (const IpAddress& address : addresses) own.push_back(to_string(address));
  const std::string interfaces = given.text("inet_interfaces");
  if (interfaces == "all") {
    layer.push_back({"inet_interfaces", fmt::format("{}", fmt::join(own, ", ")),
                     "all hosts of the world share one loopback; these addresses are this host's"});
  }
  // With one address smtp(8) binds to it by itself; among several it has to be told.
  const auto first_v4 =
      std::find_if(addresses.begin(), addresses.end(), [](const IpAddress& each) { return !each.is_v6; });
  for (const char* name : {"smtp_bind_address", "lmtp_bind_address"}) {
    if (addresses.size() < 2 || first_v4 == addresses.end() || given.is_set(name)) continue;
    layer.push_back({name, to_string(*first_v4), "on a shared loopback a client has to say who it is"});
  }
  if (!given.text("maillog_file").empty())
    layer.push_back({"maillog_file", "", "the log goes to the harness, by syslog"});
  for (const char* name : retry_times) {
    const auto given_s = given.duration(name);
    if (given_s.count() <= 1) continue;
    const auto shorter = std::max(1L, std::lround(static_cast<double>(given_s.count()) / time_factor));
    layer.push_back({name, fmt::format("{}s", shorter),
                     fmt::format("{}s, divided by the lane's time factor {}", given_s.count(), time_factor)});
  }
  return layer;
}

std::string with_shorter_wakeups(std::string_view master_cf, double time_factor) {
  std::string out;
  while (!master_cf.empty()) {
    const std::size_t end = std::min(master_cf.find('\n'), master_cf.size() - 1);
    const std::string_view line = master_cf.substr(0, end + 1);
    master_cf.remove_prefix(end + 1);
    // service type private unpriv chroot wakeup maxproc command; a wake-up ends with `?` where it may be left out.
    std::vector<std::string_view> fields;
    for (const std::string_view field : split(line, " \t\r\n")) {
      if (!field.empty()) fields.push_back(field);
    }
    const bool is_service = fields.size() >= 8 && line[0] != '#' && line[0] != ' ' && line[0] != '\t';
    long seconds = 0;
    if (is_service) std::from_chars(fields[5].data(), fields[5].data() + fields[5].size(), seconds);
    if (seconds > 1) {
      const long shorter = std::max(1L, std::lround(static_cast<double>(seconds) / time_factor));
      const auto place = static_cast<std::size_t>(fields[5].data() - line.data());
      const std::string mark = fields[5].ends_with('?') ? "?" : "";
      out += fmt::format("#given# {}{}{}{}{}", line, line.substr(0, place), shorter, mark,
                         line.substr(place + fields[5].size()));
    } else {
      out += line;
    }
  }
  return out;
}

std::string with_layer(std::string_view main_cf, std::span<const SandboxSetting> layer) {
  std::string out;
  bool replaced = false;
  while (!main_cf.empty()) {
    const std::size_t end = std::min(main_cf.find('\n'), main_cf.size() - 1);
    const std::string_view line = main_cf.substr(0, end + 1);
    main_cf.remove_prefix(end + 1);
    // A line that starts with white space continues the one before; comments may stand between. postconf(5)
    const bool continues = line[0] == ' ' || line[0] == '\t';
    const bool is_setting = !setting_name(line).empty();
    if (is_setting) {
      const std::string name = setting_name(line);
      replaced = std::any_of(layer.begin(), layer.end(), [&](const SandboxSetting& each) { return each.name == name; });
    }
    if (replaced && (is_setting || continues)) out += "#given# ";
    out += line;
  }
  if (!out.empty() && out.back() != '\n') out += '\n';
  out += "\n# What follows is the sandbox's. Given settings of the same names stand above after #given#.\n";
  for (const SandboxSetting& each : layer) out += fmt::format("# {}\n{} = {}\n", each.because, each.name, each.value);
  return out;
}

}  // namespace watershed::harness
