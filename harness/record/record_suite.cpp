// See record_suite.hpp. Worlds, waivers and the machine; the input files are in input_files.cpp.
#include "harness/record/record_suite.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <ldns/ldns.h>
#include <openssl/crypto.h>
#include <pcre2.h>
#include <sys/utsname.h>
#include <yaml.h>
#include <boost/version.hpp>

#include <chrono>
#include <fstream>
#include <set>
#include <thread>

namespace watershed::harness {

namespace {

std::string role_of(const HostSpec& host) {
  if (const auto* router = std::get_if<RouterSpec>(&host.role)) {
    return router->rule_processor.rules.is_set() ? "mail store" : "router";
  }
  if (std::holds_alternative<MailStoreSpec>(host.role)) return "mail store";
  if (std::holds_alternative<CloudSpec>(host.role)) return "cloud";
  if (std::holds_alternative<MtaSpec>(host.role)) return "outside MTA";
  return "content filter";
}

WorldMap map_of(const WorldSpec& spec) {
  WorldMap map;
  map.name = spec.name;
  map.description = spec.description;
  map.bridges = spec.bridges;
  for (const ZoneSpec& zone : spec.zones) map.zones.push_back({zone.name, zone.is_external, zone.carries});
  for (const HostSpec& host : spec.hosts) map.hosts.push_back({host.name, host.zone, role_of(host)});
  return map;
}

// `model name : Intel(R) …` of proc(5).
std::string processor_name() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

std::string sandbox_of(const Outcome& outcome) {
  if (!outcome.sandbox_level.empty()) return outcome.sandbox_level;
  return "no socket is opened: every host lives in this process, on a network in memory";
}

}  // namespace

std::string describe_machine() {
  utsname system{};
  uname(&system);
  const unsigned cores = std::thread::hardware_concurrency();
  return fmt::format("{} {} {}, {} × {}", system.sysname, system.release, system.machine, cores, processor_name());
}

std::map<std::string, std::string> component_versions() {
  char pcre2_version[64] = {};
  pcre2_config_8(PCRE2_CONFIG_VERSION, pcre2_version);
  return {{"watershed", WATERSHED_VERSION},
          {"compiler", fmt::format("GCC-compatible {}", __VERSION__)},
          {"Boost", fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
          {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
          {"ldns", ldns_version()},
          {"libyaml", yaml_get_version_string()},
          {"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)},
          {"PCRE2", pcre2_version}};
}

void record_suite(const Suite& suite, const std::string& command, Outcome& outcome) {
  std::set<std::string> ran;
  for (const ScenarioResult& result : outcome.scenarios) ran.insert(result.world);
  outcome.worlds.clear();
  RunRecord& record = outcome.record;
  for (const auto& [name, world] : suite.worlds) {
    if (!world || !ran.contains(name)) continue;
    outcome.worlds.push_back(map_of(world->spec));
    for (const WaiverSpec& waiver : world->spec.waivers) record.waivers.push_back({name, waiver.place, waiver.because});
  }
  outcome.inputs = input_files(suite, outcome);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  record.started_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
  record.command = command;
  record.machine = describe_machine();
  record.sandbox = sandbox_of(outcome);
  record.versions = component_versions();
  record.versions.insert(outcome.components.begin(), outcome.components.end());
}

}  // namespace watershed::harness
