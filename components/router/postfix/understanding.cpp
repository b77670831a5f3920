// See understanding.hpp.
#include "components/router/postfix/understanding.hpp"

#include "base/text.hpp"
#include "components/router/postfix/expand.hpp"
#include "components/router/postfix/logical_lines.hpp"
#include "components/router/postfix/service_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace watershed::postfix {

namespace {

/// Values other than the default that do not change any fate either.
struct HarmlessValue {
  std::string_view name;
  std::string_view value;
};
constexpr HarmlessValue harmless_values[] = {
    {"forward_path", ""},
    {"lmtp_tls_security_level", "none"},
    {"lmtp_tls_security_level", "may"},
    {"mailbox_size_limit", "0"},
    {"notify_classes", ""},
    {"notify_classes", "resource"},
    {"notify_classes", "software"},
    {"notify_classes", "resource,software"},
    {"smtp_tls_security_level", "none"},
    {"smtp_tls_security_level", "may"},
    {"smtpd_tls_security_level", "none"},
    {"smtpd_tls_security_level", "may"},
};

bool is_harmless_value(std::string_view name, std::string_view value) {
  return std::any_of(std::begin(harmless_values), std::end(harmless_values),
                     [&](const HarmlessValue& known) { return known.name == name && known.value == value; });
}

class Examination {
 public:
  explicit Examination(const PostfixConfig& config) : config_(config) {
    collect_references();
    for (const Service& service : config.master().services()) {
      if (service.type == "unix") transports_.insert(service.name);
    }
    for (const std::string& name : config.parameters().list("smtpd_restriction_classes")) referenced_.insert(name);
  }

  std::vector<NotUnderstood> run() {
    for (const Setting* setting : config_.main().settings()) examine(*setting, config_.parameters(), "");
    for (const Service& service : config_.master().services()) {
      const Parameters parameters = config_.parameters_of(&service);
      const std::string where = fmt::format("service {}: ", service.name);
      for (const Setting& setting : service.overrides) {
        examine(setting, parameters, where);
        examine_override(setting, parameters, service);
      }
      examine_service(service);
    }
    return std::move(found_);
  }

 private:
  /// postconf(1): a name that no parameter of Postfix has is a parameter of the user's own when some value refers to
  /// it.
  void collect_references() {
    for (const ParameterFact& fact : known_parameters()) add_references(fact.default_value);
    for (const Setting* setting : config_.main().settings()) add_references(setting->value);
    for (const Service& service : config_.master().services()) {
      for (const Setting& setting : service.overrides) add_references(setting.value);
      for (const std::string& argument : service.arguments) add_references(argument);
    }
  }

  void add_references(std::string_view value) {
    if (value.find('$') == std::string_view::npos) return;
    for (std::string& name : referenced_names(value)) referenced_.insert(std::move(name));
  }

  bool is_transport_parameter(std::string_view name) const {
    return std::any_of(transports_.begin(), transports_.end(), [&](const std::string& transport) {
      return find_transport_parameter(name, transport) != nullptr;
    });
  }

  void examine(const Setting& setting, const Parameters& parameters, const std::string& where) {
    const ParameterFact* fact = find_parameter(setting.name);
    if (fact == nullptr) {
      if (is_transport_parameter(setting.name) || referenced_.contains(setting.name)) return;
      found_.push_back(
          {setting.at, fmt::format("{}{} is no parameter of Postfix 3.7{}", where, setting.name, hint(setting.name))});
      return;
    }
    if (fact->treatment != Treatment::not_modelled) return;
    const std::string value = parameters.text(setting.name);
    const auto normal = parameters.expand(fact->default_value);
    if ((normal && value == *normal) || is_harmless_value(setting.name, value)) return;
    found_.push_back({setting.at, fmt::format("{}{} = {} is not modelled", where, setting.name, value)});
  }

  /// A parameter that is modelled may be so for other programs only.
  void examine_override(const Setting& setting, const Parameters& parameters, const Service& service) {
    const ParameterFact* fact = find_parameter(setting.name);
    if (fact == nullptr || fact->treatment != Treatment::modelled) return;
    if (is_override_modelled(service.command, setting.name)) return;
    const std::string value = parameters.text(setting.name);
    if (value == config_.parameters().text(setting.name)) return;
    found_.push_back({setting.at, fmt::format("service {}: {} = {} is not modelled for {} alone", service.name,
                                              setting.name, value, service.command)});
  }

  static std::string hint(std::string_view name) {
    std::vector<std::string_view> names;
    for (const ParameterFact& fact : known_parameters()) names.push_back(fact.name);
    const std::string nearest = nearest_match(name, names);
    return nearest.empty() ? std::string{} : fmt::format("; did you mean {}?", nearest);
  }

  void examine_service(const Service& service) {
    const bool listens = service.type == "inet" || service.type == "pass";
    if (!listens || service.command == "smtpd") return;
    found_.push_back(
        {service.at, fmt::format("service {} runs {}, which is not modelled", service.name, service.command)});
  }

  const PostfixConfig& config_;
  std::set<std::string, std::less<>> referenced_;
  std::set<std::string, std::less<>> transports_;
  std::vector<NotUnderstood> found_;
};

IpAddress loopback_v4() { return *parse_ip_address("127.0.0.1"); }
IpAddress loopback_v6() { return *parse_ip_address("::1"); }

/// The addresses that one element of inet_interfaces or proxy_interfaces names; nothing when it cannot be known here.
std::optional<std::vector<IpAddress>> addresses_of(std::string element, const Parameters& parameters,
                                                   const std::vector<IpAddress>& interfaces) {
  if (element.starts_with("[") && element.ends_with("]")) element = element.substr(1, element.size() - 2);
  std::vector<IpAddress> found;
  if (element == "all") {
    found = {loopback_v4(), loopback_v6()};
    found.insert(found.end(), interfaces.begin(), interfaces.end());
  } else if (element == "loopback-only" || element == "localhost") {
    found = {loopback_v4(), loopback_v6()};
  } else if (equal_ignoring_case(element, parameters.text("myhostname"))) {
    found = interfaces;
  } else if (const auto address = parse_ip_address(element)) {
    found = {*address};
  } else {
    return std::nullopt;
  }
  return found;
}

std::string as_network(const IpAddress& address, int prefix_bits) {
  IpAddress network = address;
  for (int bit = prefix_bits; bit < (address.is_v6 ? 128 : 32); ++bit) {
    network.bytes[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(0x80 >> (bit % 8)));
  }
  return address.is_v6 ? fmt::format("[{}]/{}", to_string(network), prefix_bits)
                       : fmt::format("{}/{}", to_string(network), prefix_bits);
}

/// postconf(5) mynetworks_style: host, subnet or class.
int style_prefix_bits(const IpAddress& address, std::string_view style) {
  if (address.is_v6) return 128;
  if (style == "host") return 32;
  // A subnet's netmask is the interface's; 127.0.0.0/8 is the one that every host has.
  if (style == "subnet") return address.bytes[0] == 127 ? 8 : 32;
  return address.bytes[0] < 128 ? 8 : address.bytes[0] < 192 ? 16 : address.bytes[0] < 224 ? 24 : 32;
}

}  // namespace

std::vector<NotUnderstood> find_not_understood(const PostfixConfig& config) { return Examination(config).run(); }

std::vector<SourcePosition> find_doubtful(const PostfixConfig& config,
                                          const std::optional<TableSource::File>& accounts) {
  std::vector<SourcePosition> found;
  if (accounts) {
    for (const LogicalLine& line : logical_lines(accounts->text)) found.push_back({accounts->shown_path, line.line, 1});
  }
  for (const Service& service : config.master().services()) {
    const Parameters parameters = config.parameters_of(&service);
    for (const char* name : {"mailbox_transport", "mailbox_transport_maps"}) {
      if (service.command == "local" && parameters.is_set(name)) found.push_back(parameters.where(name));
    }
  }
  return found;
}

HostAddresses find_own_addresses(const Parameters& parameters, const std::vector<IpAddress>& interfaces) {
  HostAddresses own;
  const std::string protocols = parameters.text("inet_protocols");
  const bool v4 = protocols.find("all") != std::string::npos || protocols.find("ipv4") != std::string::npos;
  const bool v6 = protocols.find("all") != std::string::npos || protocols.find("ipv6") != std::string::npos;
  std::vector<IpAddress> reachable;
  for (const std::string_view name : {"inet_interfaces", "proxy_interfaces"}) {
    for (const std::string& element : parameters.list(name)) {
      const auto addresses = addresses_of(element, parameters, interfaces);
      if (!addresses) {
        own.not_understood.push_back(
            {parameters.where(name), fmt::format("{}: the address of {} is not known here", name, element)});
        continue;
      }
      for (const IpAddress& address : *addresses) {
        if ((address.is_v6 && !v6) || (!address.is_v6 && !v4)) continue;
        own.addresses.push_back(address);
        if (name == "inet_interfaces") reachable.push_back(address);
      }
    }
  }
  const std::string style = parameters.text("mynetworks_style");
  for (const IpAddress& address : reachable) {
    own.default_networks += as_network(address, style_prefix_bits(address, style)) + " ";
  }
  if (style == "subnet" && !parameters.is_set("mynetworks") && !interfaces.empty()) {
    SourcePosition at = parameters.where("mynetworks_style");
    own.not_understood.push_back(
        {at,
         "mynetworks follows from the interfaces' netmasks (mynetworks_style = subnet), which are "
         "not known here; set mynetworks or mynetworks_style = host"});
  }
  return own;
}

}  // namespace watershed::postfix
