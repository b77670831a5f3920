// What resolving an address works with: the parsed lists of one configuration. Only for resolve.cpp and resolving.cpp.
#pragma once

#include "components/router/route/address_rules.hpp"
#include "components/router/route/resolve.hpp"
#include "components/router/route/transport_lookup.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace watershed::router {

/// A *_transport parameter: `transport:nexthop`, and the line that sets it.
struct TransportSetting {
  std::string value;
  DecidedBy decided_by;
};

struct Resolver::Lists {
  std::shared_ptr<const PostfixConfig> config;
  postfix::Parameters parameters;
  AddressRules rules;
  postfix::MatchList virtual_alias_domains;
  postfix::MatchList virtual_mailbox_domains;
  postfix::MatchList relay_domains;
  TransportLookup transports;
  postfix::Maps relocated_maps;
  postfix::Maps sender_relayhost_maps;
  postfix::Maps sender_transport_maps;
  TransportSetting local_transport, virtual_transport, relay_transport, default_transport;
  std::string relayhost, myhostname, empty_recipient, null_relayhost_key, null_transport_key;
  bool shows_table_name = true, cracks_quotes = true, resolves_numeric_domain = false, resolves_null_domain = false;

  explicit Lists(std::shared_ptr<const PostfixConfig> shared);
};

/// The answer for a recipient in internal form; `reverse_path` in internal form too, empty for the null one.
Resolution resolve_recipient(const Resolver::Lists& lists, std::string_view reverse_path, std::string_view recipient);

}  // namespace watershed::router
