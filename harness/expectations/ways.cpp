// path, never, filtered: which hosts a message met, which it must not meet, and which filters looked at it.
#include "harness/expectations/support.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace watershed::harness {

namespace {

struct Path final : Expectation {
  std::string to;
  std::vector<std::string> hosts;

  void check(const Evidence& evidence, Findings& findings) const override {
    for (const RootMessage* root : subjects(*this, evidence, findings)) {
      std::vector<std::string> seen;
      for (const Delivery& delivery : root->deliveries) {
        if (delivery.is_notice || (!to.empty() && !equal_ignoring_case(to, delivery.mailbox))) continue;
        std::vector<std::string> names = evidence.host_names(evidence.lineage.path(delivery.custody));
        names.erase(names.begin());  // the originator
        seen.push_back(fmt::format("{}", fmt::join(names, " > ")));
      }
      const std::string wanted = fmt::format("{}", fmt::join(hosts, " > "));
      const bool all_right =
          !seen.empty() && std::all_of(seen.begin(), seen.end(), [&](const std::string& way) { return way == wanted; });
      if (all_right) continue;
      findings.push_back(finding_of(*this, evidence, *root,
                                    fmt::format("message '{}' expected by way of {}, went {}", root->label, wanted,
                                                seen.empty() ? "nowhere: " + fate_of(evidence, *root) +
                                                                   closest_deliveries(evidence, root->label, to, "")
                                                             : fmt::format("{}", fmt::join(seen, " and ")))));
    }
  }
};

struct Never final : Expectation {
  std::string zone;
  std::string host;

  void check(const Evidence& evidence, Findings& findings) const override {
    for (const RootMessage* root : subjects(*this, evidence, findings)) {
      for (const stage::Custody id : root->custodies) {
        const CustodyRecord& record = *evidence.lineage.custody(id);
        const ZoneSpec* at_zone = evidence.zone_of(record.host);
        const std::string& name = evidence.journal.host_name(record.host);
        const bool forbidden = (!zone.empty() && at_zone != nullptr && at_zone->name == zone) ||
                               (!host.empty() && equal_ignoring_case(host, name));
        if (!forbidden) continue;
        Finding found = finding_of(*this, evidence, *root, "");
        found.path = evidence.host_names(evidence.lineage.path(id));
        found.trail = evidence.trail(id, {});
        found.decided_by = record.parent == 0 ? "" : evidence.decided_by(record.parent, record.parent_recipient);
        found.sentence =
            fmt::format("message '{}' must never be in {}, but {} had it: {}{}", root->label,
                        zone.empty() ? host : "zone " + zone, name, fmt::join(found.path, " > "),
                        found.decided_by.empty() ? "" : fmt::format(", sent there by {}", found.decided_by));
        findings.push_back(std::move(found));
        break;
      }
    }
  }
};

struct Filtered final : Expectation {
  std::vector<std::string> by;
  std::string as;
  bool only = false;

  void check(const Evidence& evidence, Findings& findings) const override {
    for (const RootMessage* root : subjects(*this, evidence, findings)) {
      std::set<std::string> filters;
      std::string seen;
      for (const stage::Fact& fact : evidence.journal.facts()) {
        if (fact.kind != stage::FactKind::filtered) continue;
        const CustodyRecord* record = evidence.lineage.record_of(fact);
        if (record == nullptr || &evidence.lineage.roots().at(record->root) != root) continue;
        const std::string name = to_lower(evidence.journal.host_name(fact.host));
        seen += fmt::format("{}{}: {}", seen.empty() ? "" : "; ", name, fact.detail);
        if (as.empty() || as == fact.detail) filters.insert(name);
      }
      bool right = true;
      for (const std::string& name : by) right = right && filters.contains(to_lower(name));
      if (only) right = right && filters.size() == by.size();
      if (right) continue;
      findings.push_back(
          finding_of(*this, evidence, *root,
                     fmt::format("message '{}' expected to be filtered{} by {}{}, was filtered by {}", root->label,
                                 as.empty() ? "" : fmt::format(" as '{}'", as), fmt::join(by, ", "),
                                 only ? " alone" : "", seen.empty() ? "nobody" : seen)));
    }
  }
};

}  // namespace

yaml::Shape path_shape() {
  const yaml::Shape hosts = yaml::list_of(yaml::text()).sized(1);
  return yaml::either({hosts, yaml::map({
                                  yaml::optional("to", yaml::address(), "The mailbox it ends in.", "autodrm@ctbto.int"),
                                  yaml::required("hosts", hosts, "Hosts after the originator, in order.",
                                                 "[mx.ctbto.int, store.ctbto.int]"),
                              })});
}

std::shared_ptr<Expectation> bind_path(const yaml::Node& node) {
  auto bound = std::make_shared<Path>();
  const yaml::Node& hosts = node.kind == yaml::NodeKind::list ? node : node["hosts"];
  bound->hosts = yaml::as_texts(hosts);
  for (const yaml::Node& host : hosts.items) bound->uses.push_back({NameUse::Kind::host, host});
  if (node.kind == yaml::NodeKind::map) bound->to = optional_text(node, "to");
  return bound;
}

yaml::Shape never_shape() {
  return yaml::map({
                       yaml::optional("zone", yaml::text(), "No host of this zone may have it.", "personal"),
                       yaml::optional("host", yaml::text(), "This host may not have it.", "mx.ctbto.org"),
                   })
      .exactly_one_of({"zone", "host"});
}

std::shared_ptr<Expectation> bind_never(const yaml::Node& node) {
  auto bound = std::make_shared<Never>();
  bound->zone = optional_text(node, "zone");
  bound->host = optional_text(node, "host");
  use_name(*bound, NameUse::Kind::zone, node, "zone");
  use_name(*bound, NameUse::Kind::host, node, "host");
  return bound;
}

yaml::Shape filtered_shape() {
  return yaml::map({
      yaml::required("by", yaml::one_or_many(yaml::text()), "Hosts whose filter saw it.", "mx.ctbto.int"),
      yaml::optional("as", yaml::enumeration({"accept", "tag", "quarantine", "reject", "tempfail", "discard"}),
                     "What the filter said.", "accept"),
      yaml::defaulted("only", yaml::boolean(), "false", "No other filter saw it."),
  });
}

std::shared_ptr<Expectation> bind_filtered(const yaml::Node& node) {
  auto bound = std::make_shared<Filtered>();
  bound->by = yaml::as_texts(node["by"]);
  for (const yaml::Node& host : yaml::items_of(node["by"])) bound->uses.push_back({NameUse::Kind::host, host});
  bound->as = optional_text(node, "as");
  if (const yaml::Node* only = node.find("only")) bound->only = yaml::as_boolean(*only);
  return bound;
}

}  // namespace watershed::harness
