// See diff_report.hpp.
#include "reports/diff_report.hpp"

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "reports/causes.hpp"
#include "reports/escape.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::reports {

namespace {

using harness::FlowComparison;
using harness::FlowDifference;

std::string flow_text(const FlowDifference& difference) {
  std::string out = fmt::format("    {}{}  {} to {}\n", shown(difference.scenario),
                                difference.world.empty() ? "" : " on " + shown(difference.world),
                                shown(difference.message), shown(difference.recipient));
  for (const std::string& aspect : difference.aspects) out += fmt::format("        {}\n", shown(aspect));
  return out;
}

std::string cause_text(const Cause& cause, std::size_t per_cause_max) {
  std::string out = fmt::format("\n  {}\n    {} flow{}, {} {}\n", shown(cause.text), cause.flows.size(),
                                cause.flows.size() == 1 ? "" : "s",
                                cause.is_expected ? "expected: all that is asked of them holds on both sides, for"
                                                  : "NOT expected: something asked of them does not hold, for",
                                shown(fmt::format("{}", fmt::join(cause.requirements, ", "))));
  const std::size_t listed = std::min(per_cause_max, cause.flows.size());
  for (std::size_t index = 0; index < listed; ++index) out += flow_text(*cause.flows[index]);
  if (cause.flows.size() > listed) out += fmt::format("    … and {} more\n", cause.flows.size() - listed);
  return out;
}

std::string zone_text(const ZoneAnswer& zone, const FlowComparison& comparison) {
  if (zone.is_unchanged()) {
    return fmt::format("\nZone {}: unchanged from {} to {} (its hosts, their configuration, and {} flows)\n",
                       shown(zone.zone), shown(comparison.a), shown(comparison.b), zone.flows.flows);
  }
  std::string out =
      fmt::format("\nZone {}: CHANGED from {} to {}\n", shown(zone.zone), shown(comparison.a), shown(comparison.b));
  for (const std::string& line : zone.configuration) out += fmt::format("  {}\n", shown(line));
  for (const FlowDifference& difference : zone.flows.differences) out += flow_text(difference);
  return out;
}

void write_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.key(key).begin_array();
  for (const std::string& text : texts) json.value(text);
  json.end_array();
}

void write_differences(JsonWriter& json, const std::vector<FlowDifference>& differences) {
  json.key("differences").begin_array();
  for (const FlowDifference& difference : differences) {
    json.begin_object().member("scenario", difference.scenario).member("world", difference.world);
    json.member("message", difference.message).member("recipient", difference.recipient);
    json.member("cause", difference.cause).member("expected", difference.is_expected);
    write_texts(json, "requirements", difference.requirements);
    write_texts(json, "aspects", difference.aspects);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string diff_text(const FlowComparison& comparison, const std::optional<ZoneAnswer>& zone,
                      std::size_t per_cause_max) {
  std::string out = fmt::format("A: {}\nB: {}\n{} flows compared, {} differ\n", shown(comparison.a),
                                shown(comparison.b), comparison.flows, comparison.differences.size());
  for (const Cause& cause : causes_of(comparison)) out += cause_text(cause, per_cause_max);
  if (!comparison.not_compared.empty()) out += "\nNot compared\n";
  for (const std::string& line : comparison.not_compared) out += fmt::format("  {}\n", shown(line));
  return zone ? out + zone_text(*zone, comparison) : out;
}

std::string diff_json(const FlowComparison& comparison, const std::optional<ZoneAnswer>& zone) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::pretty);
  json.begin_object().member("schema_version", 1).member("a", comparison.a).member("b", comparison.b);
  json.member("flows", comparison.flows);
  write_differences(json, comparison.differences);
  write_texts(json, "not_compared", comparison.not_compared);
  if (zone) {
    json.key("zone").begin_object().member("name", zone->zone).member("unchanged", zone->is_unchanged());
    write_texts(json, "configuration", zone->configuration);
    json.member("flows", zone->flows.flows);
    write_differences(json, zone->flows.differences);
    json.end_object();
  }
  json.end_object();
  return out + "\n";
}

}  // namespace watershed::reports
