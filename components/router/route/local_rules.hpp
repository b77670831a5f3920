// What a Postfix folder tells local(8): its tables and settings, read once.
#pragma once

#include "components/router/route/address_form.hpp"
#include "components/router/route/local.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace watershed::router {

struct LocalAgent::Rules {
  std::shared_ptr<const PostfixConfig> config;
  const Resolver& resolver;
  std::string transport;  // its name in master.cf
  postfix::Parameters parameters;
  ExtensionRule extension_rule;
  postfix::Maps alias_maps, mailbox_transport_maps, fallback_transport_maps;
  postfix::TablePtr accounts;
  std::string mailbox_transport, fallback_transport, luser_relay, mailbox_command;
  bool owner_special, expand_owner, propagates_alias, propagates_include, propagates_forward;
  bool reads_forward;  // forward_path is not empty

  Rules(std::shared_ptr<const PostfixConfig> shared, const Resolver& with, std::string_view name);
};

}  // namespace watershed::router
