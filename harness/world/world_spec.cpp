// The binding of a world file. See world_spec.hpp; its table is in world_shape.cpp.
#include "harness/world/world_spec.hpp"

#include "base/text.hpp"
#include "harness/world/shown.hpp"
#include "harness/yaml/read.hpp"
#include "harness/yaml/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace watershed::harness {

using yaml::Node;

namespace {

constexpr const char* rule_processors[] = {"procmail", "maildrop"};

}  // namespace

bool ZoneSpec::may_carry(std::string_view message_class) const {
  return is_external || std::find(carries.begin(), carries.end(), message_class) != carries.end();
}

const ZoneSpec* WorldSpec::zone(std::string_view zone_name) const {
  const auto found = std::find_if(zones.begin(), zones.end(), [&](const auto& each) { return each.name == zone_name; });
  return found == zones.end() ? nullptr : &*found;
}

const HostSpec* WorldSpec::host(std::string_view host_name) const {
  const auto found = std::find_if(hosts.begin(), hosts.end(),
                                  [&](const HostSpec& each) { return equal_ignoring_case(each.name, host_name); });
  return found == hosts.end() ? nullptr : &*found;
}

std::vector<std::string> WorldSpec::segregated_classes() const {
  std::set<std::string> all;
  for (const ZoneSpec& each : zones) all.insert(each.carries.begin(), each.carries.end());
  for (const std::string& bridge : bridges) all.erase(bridge);
  std::vector<std::string> classes(all.begin(), all.end());
  return classes;
}

namespace {

class Binder {
 public:
  explicit Binder(WorldSpec& world) : world_(world) {}

  Diagnostics bind(const Node& root) {
    world_.name = yaml::as_text(root["world"]);
    if (const Node* description = root.find("description")) world_.description = yaml::as_text(*description);
    for (const auto& [key, value] : root["zones"].entries) bind_zone(key, value);
    if (const Node* bridges = root.find("bridges")) bind_bridges(*bridges);
    bind_dns(root["dns"]);
    for (const auto& [key, value] : root["hosts"].entries) bind_host(key, value);
    for (const auto& [key, value] : root["hosts"].entries) check_host_names(value);
    bind_views(root["dns"]);
    if (const Node* links = root.find("links")) bind_links(*links);
    if (links_default_) world_.latency = std::chrono::milliseconds(1);
    if (const Node* waive = root.find("waive")) {
      for (const Node& item : waive->items) {
        world_.waivers.push_back({yaml::as_text(item["at"]), yaml::as_text(item["because"]), item.position()});
      }
    }
    return std::move(diagnostics_);
  }

 private:
  static FileReference reference(const Node* node) {
    if (node == nullptr) return {};
    std::string path = yaml::as_text(*node);
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return {path, node->position()};
  }

  void bind_zone(const Node& key, const Node& value) {
    ZoneSpec zone;
    zone.name = key.text;
    zone.at = key.position();
    if (const Node* external = value.find("external")) zone.is_external = yaml::as_boolean(*external);
    if (const Node* carries = value.find("carries")) zone.carries = yaml::as_texts(*carries);
    world_.zones.push_back(std::move(zone));
  }

  void bind_bridges(const Node& node) {
    world_.bridges = yaml::as_texts(node);
    std::vector<std::string> known;
    for (const ZoneSpec& zone : world_.zones) known.insert(known.end(), zone.carries.begin(), zone.carries.end());
    for (const Node& item : node.items) {
      if (std::find(known.begin(), known.end(), yaml::as_text(item)) == known.end()) {
        diagnostics_.push_back(yaml::unknown_name(item, "class", known));
      }
    }
  }

  void bind_dns(const Node& node) {
    if (node.kind == yaml::NodeKind::scalar) {
      world_.dns_zones.push_back(reference(&node));
      world_.dns_address = *parse_ip_address("192.0.2.53");
      return;
    }
    for (const Node& file : yaml::items_of(node["zones"])) world_.dns_zones.push_back(reference(&file));
    world_.dns_address = yaml::as_ip_address(node["address"]);
  }

  // After the hosts, whose addresses are the clients of a view.
  void bind_views(const Node& dns) {
    const Node* views = dns.kind == yaml::NodeKind::scalar ? nullptr : dns.find("views");
    if (views == nullptr) return;
    std::vector<std::string> known = host_names();
    for (const ZoneSpec& zone : world_.zones) known.push_back(zone.name);
    for (const auto& [key, value] : views->entries) {
      DnsViewSpec view;
      view.name = key.text;
      view.at = key.position();
      for (const Node& file : yaml::items_of(value["zones"])) view.zones.push_back(reference(&file));
      for (const Node& seer : yaml::items_of(value["seen_by"])) {
        view.seen_by.push_back(yaml::as_text(seer));
        bool is_known = false;
        for (const HostSpec& host : world_.hosts) {
          if (host.zone != view.seen_by.back() && !equal_ignoring_case(host.name, view.seen_by.back())) continue;
          view.clients.insert(view.clients.end(), host.addresses.begin(), host.addresses.end());
          is_known = true;
        }
        if (!is_known) diagnostics_.push_back(yaml::unknown_name(seer, "zone or host with an address", known));
      }
      world_.dns_views.push_back(std::move(view));
    }
  }

  HostRole bind_role(const Node& key, const Node& value) {
    if (const Node* router = value.find("router")) {
      RouterSpec spec{reference(router), {}};
      for (const char* program : rule_processors) {
        if (const Node* found = value.find(program)) {
          spec.rule_processor = {program, reference(found->find("rules")), reference(found->find("mailboxes"))};
        }
      }
      return spec;
    }
    if (const Node* store = value.find("mailstore")) {
      const Node* submission = value.find("submission");
      return MailStoreSpec{reference(store), reference(value.find("filter")),
                           submission == nullptr ? "" : yaml::as_text(*submission)};
    }
    if (const Node* cloud = value.find("cloud")) return CloudSpec{reference(cloud)};
    const Node* mta = value.find("mta");
    if (mta == nullptr) return FilterHostSpec{};
    MtaSpec spec;
    const Node* sends_for = mta->find("sends_for");
    spec.sends_for = sends_for == nullptr ? std::vector<std::string>{key.text} : yaml::as_texts(*sends_for);
    if (const Node* smart_host = mta->find("smart_host")) spec.smart_host = yaml::as_text(*smart_host);
    if (const Node* mailboxes = mta->find("mailboxes")) spec.mailboxes = yaml::as_texts(*mailboxes);
    return spec;
  }

  void bind_host(const Node& key, const Node& value) {
    HostSpec host;
    host.name = key.text;
    host.at = key.position();
    host.zone = yaml::as_text(value["zone"]);
    if (world_.zone(host.zone) == nullptr) {
      std::vector<std::string> names;
      for (const ZoneSpec& zone : world_.zones) names.push_back(zone.name);
      diagnostics_.push_back(yaml::unknown_name(value["zone"], "zone", names));
    }
    const Node* address = value.find("address");
    for (const Node& each : yaml::items_of(address != nullptr ? *address : value["addresses"])) {
      host.addresses.push_back(yaml::as_ip_address(each));
      const auto [known, is_new] = owners_.try_emplace(host.addresses.back(), host.name);
      if (!is_new) diagnostics_.push_back(each.error(fmt::format("this address is already {}'s", known->second)));
      if (host.addresses.back() == world_.dns_address) {
        diagnostics_.push_back(each.error("this address is the DNS stub's; expected another one"));
      }
    }
    host.role = bind_role(key, value);
    host.spam_filter = reference(value.find("spam_filter"));
    if (const Node* milter = value.find("milter")) host.milter = yaml::as_text(*milter);
    for (const char* program : rule_processors) {
      const Node* found = value.find(program);
      if (found == nullptr || value.find("router") != nullptr) continue;
      diagnostics_.push_back(
          found->error(fmt::format("only a host with a `router:` calls {}, from a pipe transport", program)));
    }
    world_.hosts.push_back(std::move(host));
  }

  void check_host_names(const Node& value) {
    const auto check = [this](const Node* node) {
      if (node != nullptr && world_.host(yaml::as_text(*node)) == nullptr) {
        diagnostics_.push_back(yaml::unknown_name(*node, "host", host_names()));
      }
    };
    check(value.find("submission"));
    check(value.find("milter"));
    if (const Node* mta = value.find("mta")) check(mta->find("smart_host"));
    const Node* milter = value.find("milter");
    const HostSpec* filter = milter == nullptr ? nullptr : world_.host(yaml::as_text(*milter));
    if (filter != nullptr && !filter->spam_filter.is_set()) {
      diagnostics_.push_back(milter->error(fmt::format("host {} has no spam_filter", filter->name)));
    }
  }

  std::vector<std::string> host_names() const {
    std::vector<std::string> names;
    for (const HostSpec& host : world_.hosts) names.push_back(host.name);
    return names;
  }

  void bind_links(const Node& node) {
    links_default_ = false;
    world_.latency = yaml::as_duration(node["latency"]);
    const Node* between = node.find("between");
    if (between == nullptr) return;
    std::vector<std::string> names = host_names();
    for (const ZoneSpec& zone : world_.zones) names.push_back(zone.name);
    for (const Node& item : between->items) {
      for (const char* end : {"from", "to"}) {
        if (std::find(names.begin(), names.end(), yaml::as_text(item[end])) == names.end()) {
          diagnostics_.push_back(yaml::unknown_name(item[end], "zone or host", names));
        }
      }
      world_.links.push_back(
          {yaml::as_text(item["from"]), yaml::as_text(item["to"]), yaml::as_duration(item["latency"])});
    }
  }

  WorldSpec& world_;
  Diagnostics diagnostics_;
  std::map<IpAddress, std::string> owners_;
  bool links_default_ = true;
};

}  // namespace

Parsed<WorldSpec> read_world_spec(const std::filesystem::path& file, const std::string& shown) {
  static const yaml::Shape shape = world_shape();
  const auto root = load_shown(file, shown, shape);
  if (!root) return root.error();
  WorldSpec world;
  world.folder = file.parent_path();
  world.shown_folder = std::filesystem::path(shown).parent_path().string();
  Diagnostics diagnostics = Binder(world).bind(*root);
  if (!diagnostics.empty()) return diagnostics;
  return world;
}

}  // namespace watershed::harness
