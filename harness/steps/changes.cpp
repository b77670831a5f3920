// dns, configure: the world's names and configuration change while it runs, as they do in a cutover.
#include "harness/steps/step_table.hpp"
#include "harness/steps/theatre.hpp"
#include "harness/yaml/read.hpp"

#include <fmt/format.h>

#include <functional>
#include <utility>

namespace watershed::harness {

using stage::Task;
using yaml::Node;

namespace {

struct DnsChange final : Step {
  std::function<StepError(Theatre&)> call;
  FileReference zones;  // only for replace

  Task<void> act(Theatre& theatre) const override {
    StepError error;
    if (zones.is_set()) {
      auto loaded = load_world_zones(theatre.world().spec, std::span(&zones, 1));
      error = loaded ? theatre.replace_zones(std::move(*loaded)) : StepError(render(loaded.error()));
    } else {
      error = call(theatre);
    }
    if (error) theatre.fail(*this, std::move(*error));
    co_return;
  }

  Diagnostics check(const WorldSpec& world) const override {
    if (!zones.is_set()) return {};
    auto loaded = load_world_zones(world, std::span(&zones, 1));
    return loaded ? Diagnostics{} : loaded.error();
  }
};

dns::FaultKind fault_kind(const std::string& word) {
  for (const auto kind : {dns::FaultKind::servfail, dns::FaultKind::nxdomain, dns::FaultKind::refused,
                          dns::FaultKind::timeout, dns::FaultKind::delay}) {
    if (word == dns::to_string(kind)) return kind;
  }
  return dns::FaultKind::truncate;
}

yaml::Shape record_type_shape() {
  return yaml::enumeration({"A", "AAAA", "MX", "TXT", "CNAME", "PTR", "TLSA", "NS", "SOA", "SRV"});
}

std::optional<talk::RecordType> record_type(const std::string& word) {
  static const std::pair<const char*, talk::RecordType> names[] = {
      {"A", talk::RecordType::a},       {"AAAA", talk::RecordType::aaaa},   {"MX", talk::RecordType::mx},
      {"TXT", talk::RecordType::txt},   {"CNAME", talk::RecordType::cname}, {"PTR", talk::RecordType::ptr},
      {"TLSA", talk::RecordType::tlsa}, {"NS", talk::RecordType::ns},       {"SOA", talk::RecordType::soa},
      {"SRV", talk::RecordType::srv}};
  for (const auto& [name, type] : names) {
    if (word == name) return type;
  }
  return std::nullopt;
}

struct Configure final : Step {
  std::string host;
  FileReference router;
  FileReference filter;
  FileReference mailboxes;
  FileReference cloud;

  // What the world file says, with the step's own references in place of it.
  MailStoreSpec store_spec(const HostSpec& spec) const {
    MailStoreSpec changed;
    if (const auto* store = std::get_if<MailStoreSpec>(&spec.role)) changed = *store;
    if (filter.is_set()) changed.filter = filter;
    if (mailboxes.is_set()) changed.mailboxes = mailboxes;
    return changed;
  }

  bool fits(const HostSpec& spec) const {
    if (router.is_set()) return std::holds_alternative<RouterSpec>(spec.role);
    if (cloud.is_set()) return std::holds_alternative<CloudSpec>(spec.role);
    return std::holds_alternative<MailStoreSpec>(spec.role);
  }

  Task<void> act(Theatre& theatre) const override {
    const WorldSpec& world = theatre.world().spec;
    const HostSpec& spec = *world.host(host);  // check_names made sure of it
    StepError error;
    if (router.is_set()) {
      auto loaded = load_router(world, spec, router);
      if (!loaded) {
        error = render(loaded.error());
      } else {
        error = co_await theatre.configure_router(host, router, *loaded);
      }
    } else if (cloud.is_set()) {
      auto loaded = load_tenant(world, cloud);
      error = loaded ? theatre.configure_cloud(host, std::move(*loaded)) : StepError(render(loaded.error()));
    } else {
      const MailStoreSpec changed = store_spec(spec);
      auto loaded = load_mailboxes(world, changed.mailboxes, changed.filter);
      error = loaded ? theatre.configure_store(host, changed.filter, std::move(*loaded))
                     : StepError(render(loaded.error()));
    }
    if (error) theatre.fail(*this, std::move(*error));
    co_return;
  }

  Diagnostics check(const WorldSpec& world) const override {
    const HostSpec* spec = world.host(host);
    if (spec == nullptr) return {};  // said by check_names
    if (!fits(*spec)) return {node.error(fmt::format("host {} has no such part to configure", host))};
    if (router.is_set()) {
      auto loaded = load_router(world, *spec, router);
      return loaded ? Diagnostics{} : loaded.error();
    }
    if (cloud.is_set()) {
      auto loaded = load_tenant(world, cloud);
      return loaded ? Diagnostics{} : loaded.error();
    }
    const MailStoreSpec changed = store_spec(*spec);
    auto loaded = load_mailboxes(world, changed.mailboxes, changed.filter);
    return loaded ? Diagnostics{} : loaded.error();
  }

  NotUnderstoodLines not_understood(const WorldSpec& world, ConfigReader reader) const override {
    const HostSpec* spec = world.host(host);
    if (spec == nullptr || !router.is_set()) return {};
    const auto loaded = load_router(world, *spec, router);
    if (!loaded) return {};  // said by check
    NotUnderstoodLines lines;
    add_unwaived(world, not_understood_lines(*spec, **loaded, reader), lines);
    return lines;
  }
};

FileReference reference(const Node& node, const char* key) {
  const Node* found = node.find(key);
  if (found == nullptr) return {};
  return {yaml::as_text(*found), found->position()};
}

}  // namespace

yaml::Shape dns_shape() {
  const yaml::Shape remove = yaml::map({
      yaml::required("name", yaml::text(), "Owner name.", "ctbto.org."),
      yaml::optional("type", record_type_shape(), "Record type; default: all.", "MX"),
  });
  const yaml::Shape fault = yaml::map({
      yaml::required("id", yaml::text(), "Name of the fault, for clear.", "f1"),
      yaml::required("name", yaml::text(), "A name, `*.name` for all below it, `*` for all.", "ctbto.org."),
      yaml::optional("type", record_type_shape(), "Record type; default: any.", "MX"),
      yaml::required("kind", yaml::enumeration({"servfail", "nxdomain", "refused", "timeout", "delay", "truncate"}),
                     "What goes wrong.", "servfail"),
      yaml::optional("delay", yaml::duration(), "For kind delay.", "2s"),
      yaml::optional("times", yaml::integer(1, 1'000'000), "Only the first queries.", "2"),
  });
  return yaml::choice({
      yaml::optional("set", yaml::text(), "A record in place of those with its name and type.",
                     "\"ctbto.org. 300 IN MX 10 eu.cloud.example.\""),
      yaml::optional("remove", remove, "Records that go."),
      yaml::optional("fault", fault, "Queries that fail."),
      yaml::optional("clear", yaml::text(), "Id of a fault that ends.", "f1"),
      yaml::optional("replace", yaml::text(), "A zone file in place of all.", "dns/after.zone"),
  });
}

std::shared_ptr<Step> bind_dns(const Node& node, BindContext& context) {
  auto bound = std::make_shared<DnsChange>();
  const auto& [key, value] = node.entries.front();
  bound->summary = "dns " + key.text;
  if (key.text == "set") {
    auto record = dns::parse_record(yaml::as_text(value), value.position());
    if (!record) {
      for (const Diagnostic& diagnostic : record.error()) context.diagnostics.push_back(diagnostic);
      return bound;
    }
    bound->summary += " " + yaml::as_text(value);
    bound->call = [record = *record](Theatre& theatre) { return theatre.set_dns_record(record); };
  } else if (key.text == "remove") {
    const std::string name = yaml::as_text(value["name"]);
    const std::string type = value.has("type") ? yaml::as_text(value["type"]) : std::string();
    bound->call = [name, type](Theatre& theatre) { return theatre.remove_dns_records(name, type); };
  } else if (key.text == "fault") {
    dns::Fault fault;
    const std::string id = yaml::as_text(value["id"]);
    fault.name = yaml::as_text(value["name"]);
    if (const Node* type = value.find("type")) fault.type = record_type(yaml::as_text(*type));
    fault.kind = fault_kind(yaml::as_text(value["kind"]));
    if (const Node* delay = value.find("delay")) fault.delay = yaml::as_duration(*delay);
    if (const Node* times = value.find("times"))
      fault.last_query = static_cast<std::uint64_t>(yaml::as_integer(*times));
    fault.at = value.position();
    bound->call = [id, fault](Theatre& theatre) { return theatre.set_dns_fault(id, fault); };
  } else if (key.text == "clear") {
    const std::string id = yaml::as_text(value);
    bound->call = [id](Theatre& theatre) { return theatre.clear_fault(id); };
  } else {
    bound->zones = {yaml::as_text(value), value.position()};
  }
  return bound;
}

yaml::Shape configure_shape() {
  return yaml::map({
                       yaml::required("host", yaml::text(), "The host.", "mx.ctbto.int"),
                       yaml::optional("router", yaml::text(), "Another Postfix folder (postfix reload).",
                                      "postfix/int-mx-after"),
                       yaml::optional("filter", yaml::text(), "Another folder of Sieve scripts.", "sieve-after"),
                       yaml::optional("mailboxes", yaml::text(), "Another mailboxes file.", "mailboxes/after.yaml"),
                       yaml::optional("cloud", yaml::text(), "Another tenant file.", "cloud/after.yaml"),
                   })
      .at_least_one_of({"router", "filter", "mailboxes", "cloud"})
      .at_most_one_of({"router", "filter", "cloud"});
}

std::shared_ptr<Step> bind_configure(const Node& node, BindContext&) {
  auto bound = std::make_shared<Configure>();
  bound->host = yaml::as_text(node["host"]);
  bound->router = reference(node, "router");
  bound->filter = reference(node, "filter");
  bound->mailboxes = reference(node, "mailboxes");
  bound->cloud = reference(node, "cloud");
  bound->uses.push_back({NameUse::Kind::host, node["host"]});
  bound->summary = "configure " + bound->host;
  return bound;
}

}  // namespace watershed::harness
