// See shared_hosts.hpp; and the expectations shared_hosts and filter_saw_only.
#include "harness/expectations/shared_hosts.hpp"

#include "harness/expectations/support.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

std::map<std::string, std::set<std::string>> classes_by_host(const Evidence& evidence) {
  const std::vector<std::string> segregated = evidence.world.segregated_classes();
  std::map<std::string, std::set<std::string>> classes;
  const auto note = [&](stage::HostId host, std::string_view message_class) {
    const ZoneSpec* zone = evidence.zone_of(host);
    if (zone == nullptr || zone->is_external) return;
    if (std::find(segregated.begin(), segregated.end(), message_class) == segregated.end()) return;
    classes[evidence.journal.host_name(host)].insert(std::string(message_class));
  };
  for (const auto& [index, root] : evidence.lineage.roots()) {
    for (const stage::Custody id : root.custodies) note(evidence.lineage.custody(id)->host, root.message_class);
  }
  for (const stage::Fact& fact : evidence.journal.facts()) {
    if (fact.kind != stage::FactKind::filtered && fact.kind != stage::FactKind::rejected) continue;
    const stage::Custody custody = evidence.lineage.custody(fact.custody) != nullptr
                                       ? fact.custody
                                       : evidence.lineage.custody_of_transaction(fact.connection, fact.transaction);
    if (evidence.lineage.custody(custody) != nullptr) note(fact.host, evidence.lineage.message_class(custody));
  }
  return classes;
}

std::set<std::string> shared_hosts(const Evidence& evidence) {
  std::set<std::string> shared;
  for (const auto& [host, classes] : classes_by_host(evidence)) {
    if (classes.size() > 1) shared.insert(host);
  }
  return shared;
}

namespace {

struct SharedHosts final : Expectation {
  std::set<std::string> wanted;

  void check(const Evidence& evidence, Findings& findings) const override {
    const std::set<std::string> found = shared_hosts(evidence);
    if (found == wanted) return;
    findings.push_back(
        finding_of(*this, fmt::format("hosts that handled several segregated classes: {}; expected: {}",
                                      found.empty() ? "none" : fmt::format("{}", fmt::join(found, ", ")),
                                      wanted.empty() ? "none" : fmt::format("{}", fmt::join(wanted, ", ")))));
  }
};

struct FilterSawOnly final : Expectation {
  std::string host;
  std::set<std::string> classes;

  void check(const Evidence& evidence, Findings& findings) const override {
    std::size_t seen = 0;
    for (const stage::Fact& fact : evidence.journal.facts()) {
      if (fact.kind != stage::FactKind::filtered || !equal_ignoring_case(evidence.journal.host_name(fact.host), host)) {
        continue;
      }
      const stage::Custody custody = evidence.lineage.custody(fact.custody) != nullptr
                                         ? fact.custody
                                         : evidence.lineage.custody_of_transaction(fact.connection, fact.transaction);
      const std::string message_class(evidence.lineage.message_class(custody));
      ++seen;
      if (classes.contains(message_class)) continue;
      findings.push_back(
          finding_of(*this, fmt::format("the filter of {} saw a message of class '{}'; expected only {}", host,
                                        message_class.empty() ? "unknown" : message_class, fmt::join(classes, ", "))));
    }
    if (seen == 0) {
      findings.push_back(
          finding_of(*this, fmt::format("the filter of {} saw no message at all: nothing can be said of it", host)));
    }
  }
};

}  // namespace

yaml::Shape shared_hosts_shape() {
  return yaml::list_of(yaml::text_matching("[A-Za-z0-9.-]+", "a host name", "filter.ctbto.org"));
}

std::shared_ptr<Expectation> bind_shared_hosts(const yaml::Node& node) {
  auto bound = std::make_shared<SharedHosts>();
  for (const yaml::Node& host : node.items) {
    bound->wanted.insert(yaml::as_text(host));
    bound->uses.push_back({NameUse::Kind::host, host});
  }
  return bound;
}

yaml::Shape filter_saw_only_shape() {
  return yaml::map({
      yaml::required("host", yaml::text(), "Host of the filter.", "mx.ctbto.int"),
      yaml::required("classes", yaml::list_of(yaml::text()).sized(1), "Classes it may see.", "[verification]"),
  });
}

std::shared_ptr<Expectation> bind_filter_saw_only(const yaml::Node& node) {
  auto bound = std::make_shared<FilterSawOnly>();
  bound->host = yaml::as_text(node["host"]);
  use_name(*bound, NameUse::Kind::host, node, "host");
  for (const std::string& name : yaml::as_texts(node["classes"])) bound->classes.insert(name);
  return bound;
}

}  // namespace watershed::harness
