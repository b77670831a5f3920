// The lists and reply codes of one smtpd service, read once. Internal to access.
#pragma once

#include "components/router/route/access.hpp"
#include "components/router/route/address_rules.hpp"
#include "components/router/route/restriction.hpp"

#include <map>
#include <string>
#include <vector>

namespace watershed::router {

struct AccessPolicy::Rules {
  Rules(std::shared_ptr<const PostfixConfig> config, const postfix::Parameters& parameters, const Resolver& resolver);

  std::shared_ptr<const PostfixConfig> config;
  postfix::Parameters parameters;
  const Resolver& resolver;
  AddressRules addresses;  // how this service asks tables for addresses

  RestrictionList client, helo, mail, relay, recipient, data, end_of_data;
  std::map<std::string, RestrictionList, std::less<>> classes;
  std::vector<std::string> class_names;
  std::vector<NotUnderstood> not_understood;

  postfix::MatchList mynetworks;
  postfix::Maps canonical_maps, recipient_canonical_maps, sender_canonical_maps, virtual_alias_maps;
  postfix::Maps local_recipient_maps, virtual_mailbox_maps, relay_recipient_maps;

  bool delays_reject, relay_first, rejects_unlisted_recipient, rejects_unlisted_sender, shows_table_name, soft_bounce;
  bool allows_untrusted_routing, access_parent_matches, requires_helo;
  std::string null_access_key, double_bounce_sender;
  std::string unknown_address_tempfail_action, unknown_helo_tempfail_action;
  std::size_t recipient_limit;
  /// smtpd(8) refuses to run without a restriction that stops relaying.
  bool stops_relaying = false;

  int code(std::string_view parameter) const { return static_cast<int>(parameters.number(parameter)); }
};

}  // namespace watershed::router
