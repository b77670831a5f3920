// See tenant_file.hpp.
#include "harness/world/tenant_file.hpp"

#include "base/text.hpp"
#include "fakes/cloud/directory.hpp"
#include "fakes/cloud/profile.hpp"
#include "fakes/cloud/route.hpp"
#include "harness/world/shown.hpp"
#include "harness/world/tenant_switches.hpp"
#include "harness/yaml/read.hpp"
#include "harness/yaml/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace watershed::harness {

using yaml::Node;

namespace {

std::vector<mail::Address> addresses_of(const Node& map, const char* key) {
  std::vector<mail::Address> addresses;
  if (const Node* node = map.find(key)) {
    for (const Node& item : yaml::items_of(*node)) addresses.push_back(yaml::as_address(item));
  }
  return addresses;
}

std::vector<cloud::Alias> aliases_of(const Node& map, const char* key) {
  std::vector<cloud::Alias> aliases;
  if (const Node* node = map.find(key)) {
    for (const Node& item : node->items) aliases.push_back({yaml::as_address(item), item.position()});
  }
  return aliases;
}

class TenantBinder {
 public:
  explicit TenantBinder(const Node& root)
      : root_(root), tenant_(cloud::default_tenant(*cloud::find_profile(yaml::as_text(root["profile"])))) {}

  Parsed<cloud::Tenant> run() {
    tenant_.at = root_["profile"].position();
    bind_domains();
    bind_connectors();
    each("mailboxes", [&](const Node& key, const Node& value) { bind_mailbox(key, value); });
    each("groups", [&](const Node& key, const Node& value) { bind_group(key, value); });
    each("contacts", [&](const Node& key, const Node& value) { bind_contact(key, value); });
    bind_tenant_switches(root_, tenant_, diagnostics_);
    check_references();
    if (!diagnostics_.empty()) return std::move(diagnostics_);
    return std::move(tenant_);
  }

 private:
  template <class Bind>
  void each(const char* section, Bind bind) {
    if (const Node* node = root_.find(section)) {
      for (const auto& [key, value] : node->entries) bind(key, value);
    }
  }

  void bind_domains() {
    for (const auto& [key, value] : root_["domains"].entries) {
      const bool known = std::any_of(tenant_.domains.begin(), tenant_.domains.end(), [&](const auto& domain) {
        return equal_ignoring_case(domain.name, yaml::as_text(key));
      });
      if (known) diagnostics_.push_back(key.error(fmt::format("domain '{}' is there already", key.text)));
      const bool is_relay = yaml::as_text(value) == "internal_relay";
      tenant_.domains.push_back({yaml::as_text(key),
                                 is_relay ? cloud::DomainKind::internal_relay : cloud::DomainKind::authoritative,
                                 key.position()});
    }
    tenant_.default_domain = tenant_.domains.front().name;
    if (const Node* chosen = root_.find("default_domain")) {
      tenant_.default_domain = yaml::as_text(*chosen);
      check_domain(*chosen, tenant_.default_domain);
    }
  }

  void check_domain(const Node& node, std::string_view domain) {
    std::vector<std::string> names;
    for (const cloud::AcceptedDomain& accepted : tenant_.domains) {
      if (equal_ignoring_case(accepted.name, domain)) return;
      names.push_back(accepted.name);
    }
    diagnostics_.push_back(node.error(
        fmt::format("'{}' is not in an accepted domain; expected one of: {}", node.text, fmt::join(names, ", "))));
  }

  std::vector<talk::NetworkPattern> networks_of(const Node& map, const char* key) {
    std::vector<talk::NetworkPattern> networks;
    const Node* node = map.find(key);
    if (node == nullptr) return networks;
    for (const Node& item : node->items) {
      auto network = talk::NetworkPattern::compile(yaml::as_text(item));
      if (network && !network->matches_all()) {
        networks.push_back(*network);
      } else {
        diagnostics_.push_back(item.error(
            fmt::format("'{}' is no network; expected an address or a network such as 192.0.2.0/24", item.text)));
      }
    }
    return networks;
  }

  void bind_connectors() {
    tenant_.internal_networks = networks_of(root_, "internal_networks");
    if (const Node* connectors = root_.find("inbound_connectors")) {
      for (const Node& item : connectors->items) {
        cloud::InboundConnector connector;
        connector.name = yaml::as_text(item["name"]);
        connector.clients = networks_of(item, "clients");
        if (const Node* names = item.find("client_names")) connector.client_names = yaml::as_texts(*names);
        connector.is_internal = flag(item, "internal");
        connector.may_relay = flag(item, "relay");
        connector.at = item.position();
        tenant_.inbound_connectors.push_back(std::move(connector));
      }
    }
    const Node* connectors = root_.find("outbound_connectors");
    if (connectors == nullptr) return;
    for (const Node& item : connectors->items) {
      cloud::OutboundConnector connector;
      connector.name = yaml::as_text(item["name"]);
      connector.domains = yaml::as_texts(item["domains"]);
      if (const Node* hosts = item.find("smart_hosts")) bind_smart_hosts(*hosts, connector);
      connector.on_premises = flag(item, "on_premises");
      connector.at = item.position();
      tenant_.outbound_connectors.push_back(std::move(connector));
    }
  }

  void bind_smart_hosts(const Node& hosts, cloud::OutboundConnector& connector) {
    for (const Node& item : yaml::items_of(hosts)) {
      auto host = cloud::parse_smart_host(yaml::as_text(item));
      if (host) {
        connector.smart_hosts.push_back(std::move(*host));
      } else {
        diagnostics_.push_back(
            item.error(fmt::format("'{}' is no smart host ({}); expected mx.ctbto.int, mx.ctbto.int:2525 or 192.0.2.25",
                                   item.text, host.error().message)));
      }
    }
  }

  // Every name stands for one thing, in a domain that is accepted here.
  void claim(const Node& node) {
    const mail::Address address = yaml::as_address(node);
    check_domain(node, address.domain);
    const auto [owner, is_new] = claimed_.emplace(folded(address), to_file_line(node.position()));
    if (is_new) return;
    diagnostics_.push_back(node.error(fmt::format("address '{}' is taken at {}", node.text, owner->second)));
  }

  void claim_all(const Node& key, const Node& value) {
    claim(key);
    if (const Node* aliases = value.find("aliases")) {
      for (const Node& alias : aliases->items) claim(alias);
    }
  }

  void bind_mailbox(const Node& key, const Node& value) {
    claim_all(key, value);
    cloud::Mailbox mailbox;
    mailbox.address = yaml::as_address(key);
    mailbox.at = key.position();
    mailbox.display_name = text_of(value, "display_name");
    mailbox.aliases = aliases_of(value, "aliases");
    if (const Node* folders = value.find("folders")) mailbox.folders = yaml::as_texts(*folders);
    if (const Node* forward = value.find("forward")) {
      const bool is_rule = yaml::as_text((*forward)["kind"]) == "inbox_rule";
      mailbox.forward = {yaml::as_address((*forward)["to"]), flag(*forward, "keep_copy"),
                         is_rule ? cloud::Forward::Kind::inbox_rule : cloud::Forward::Kind::mailbox,
                         (*forward)["to"].position()};
    }
    if (const Node* rules = value.find("rules")) {
      for (const Node& item : rules->items) mailbox.rules.push_back(bind_rule(item, mailbox));
    }
    if (const Node* away = value.find("out_of_office")) {
      mailbox.out_of_office = {text_of(*away, "internal"), text_of(*away, "external"), flag(*away, "active"),
                               away->position()};
    }
    mailbox.internal_only = flag(value, "internal_only");
    mailbox.send_as = addresses_of(value, "send_as");
    tenant_.mailboxes.push_back(std::move(mailbox));
  }

  cloud::InboxRule bind_rule(const Node& item, const cloud::Mailbox& mailbox) {
    cloud::InboxRule rule;
    rule.name = yaml::as_text(item["name"]);
    rule.at = item.position();
    if (const Node* when = item.find("when")) {
      if (const Node* header = when->find("header")) {
        rule.header_name = text_of(*header, "name");
        rule.header_contains = text_of(*header, "contains");
      }
      rule.from_contains = text_of(*when, "from_contains");
    }
    if (const Node* folder = item.find("move_to")) {
      rule.move_to = yaml::as_text(*folder);
      std::vector<std::string> known = mailbox.folders;
      known.emplace_back("Inbox");
      known.emplace_back(tenant_.profile->junk_folder);
      if (std::find(known.begin(), known.end(), rule.move_to) == known.end()) {
        diagnostics_.push_back(yaml::unknown_name(*folder, "folder", known));
      }
    }
    rule.forward_to = addresses_of(item, "forward_to");
    rule.redirect_to = addresses_of(item, "redirect_to");
    rule.discard = flag(item, "delete");
    rule.stop = flag(item, "stop");
    return rule;
  }

  void bind_group(const Node& key, const Node& value) {
    claim_all(key, value);
    cloud::Group group;
    group.address = yaml::as_address(key);
    group.at = key.position();
    group.aliases = aliases_of(value, "aliases");
    group.members = aliases_of(value, "members");
    group.internal_only = flag(value, "internal_only");
    group.allowed_from = addresses_of(value, "allowed_from");
    tenant_.groups.push_back(std::move(group));
  }

  void bind_contact(const Node& key, const Node& value) {
    claim(key);
    tenant_.contacts.push_back(
        {yaml::as_address(key), yaml::as_address(value["to"]), flag(value, "internal_only"), key.position()});
  }

  // Members and delegates inside must exist: a provider's directory keeps no dead references.
  void check_references() {
    const cloud::Directory directory(tenant_);
    std::vector<std::string> names;
    for (const auto& mailbox : tenant_.mailboxes) names.push_back(to_string(mailbox.address));
    const auto check = [&](const char* section, const char* key, const char* what) {
      each(section, [&](const Node&, const Node& value) {
        const Node* node = value.find(key);
        if (node == nullptr) return;
        for (const Node& item : node->items) {
          const mail::Address address = yaml::as_address(item);
          const cloud::AcceptedDomain* domain = directory.accepted_domain(address.domain);
          if (domain == nullptr || domain->kind == cloud::DomainKind::internal_relay) continue;
          if (!directory.find(address)) diagnostics_.push_back(yaml::unknown_name(item, what, names));
        }
      });
    };
    check("groups", "members", "member");
    check("mailboxes", "send_as", "mailbox");
  }

  const Node& root_;
  cloud::Tenant tenant_;
  Diagnostics diagnostics_;
  std::unordered_map<std::string, std::string> claimed_;  // folded address → file:line
};

}  // namespace

Parsed<cloud::Tenant> bind_tenant(const yaml::Node& root) { return TenantBinder(root).run(); }

Parsed<cloud::Tenant> read_tenant_file(const std::filesystem::path& file, const std::string& shown) {
  static const yaml::Shape shape = tenant_file_shape();
  const auto root = load_shown(file, shown, shape);
  if (!root) return root.error();
  return bind_tenant(*root);
}

}  // namespace watershed::harness
