// What a folder says that the model does not follow, and what the model must know of the host. Both feed
// load_postfix().
#pragma once

#include "components/router/postfix/config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace watershed::postfix {

/// Parameters that Postfix 3.7 does not have, parameters whose effect is not modelled, and inet services other than
/// smtpd.
std::vector<NotUnderstood> find_not_understood(const PostfixConfig& config);

/// The lines of which a delivery may yet find that it is not understood: the accounts, whose .forward nobody may have
/// told, and what takes the mail of accounts that are not known. `accounts` is the folder's passwd file.
std::vector<SourcePosition> find_doubtful(const PostfixConfig& config,
                                          const std::optional<TableSource::File>& accounts);

struct HostAddresses {
  std::vector<IpAddress> addresses;  ///< inet_interfaces and proxy_interfaces
  std::string default_networks;      ///< the default of mynetworks by mynetworks_style
  std::vector<NotUnderstood> not_understood;
};

/// postconf(5) inet_interfaces, inet_protocols, proxy_interfaces, mynetworks_style. `interfaces` are the host's
/// addresses other than loopback.
HostAddresses find_own_addresses(const Parameters& parameters, const std::vector<IpAddress>& interfaces);

}  // namespace watershed::postfix
