// See local.hpp.
#include "components/router/route/local.hpp"

#include "base/contains.hpp"
#include "components/router/route/address_rules.hpp"
#include "components/router/route/local_delivery.hpp"
#include "components/router/route/local_rules.hpp"

#include <string_view>

namespace watershed::router {

namespace {}  // namespace

LocalAgent::Rules::Rules(std::shared_ptr<const PostfixConfig> shared, const Resolver& with, std::string_view name)
    : config(std::move(shared)),
      resolver(with),
      transport(name),
      parameters(config->parameters_of(config->master().transport(name))),
      extension_rule(extension_rule_of(parameters)) {
  alias_maps = config->maps(parameters, "alias_maps");
  mailbox_transport_maps = config->maps(parameters, "mailbox_transport_maps");
  fallback_transport_maps = config->maps(parameters, "fallback_transport_maps");
  accounts = config->table("unix:passwd.byname");
  mailbox_transport = parameters.text("mailbox_transport");
  fallback_transport = parameters.text("fallback_transport");
  luser_relay = parameters.text("luser_relay");
  mailbox_command = parameters.text("mailbox_command");
  owner_special = parameters.flag("owner_request_special");
  expand_owner = parameters.flag("expand_owner_alias");
  const auto propagated = parameters.list("propagate_unmatched_extensions");
  propagates_alias = contains(propagated, "alias");
  propagates_include = contains(propagated, "include");
  propagates_forward = contains(propagated, "forward");
  reads_forward = !parameters.text("forward_path").empty();
}

LocalAgent::LocalAgent(std::shared_ptr<const PostfixConfig> config, const Resolver& resolver,
                       std::string_view transport)
    : rules_(std::make_unique<Rules>(std::move(config), resolver, transport)) {}
LocalAgent::~LocalAgent() = default;
LocalAgent::LocalAgent(LocalAgent&&) noexcept = default;
LocalAgent& LocalAgent::operator=(LocalAgent&&) noexcept = default;

LocalDelivery LocalAgent::deliver(const mail::ReversePath& reverse_path, const mail::Address& recipient,
                                  std::span<const std::string> delivered_to) const {
  return deliver_locally(*rules_, delivered_to, reverse_path, recipient);
}

}  // namespace watershed::router
