// The DNS side of smtpd(8): answers to what access restrictions ask, and the client's name. postconf(5)
// reject_unknown_client_hostname, reject_unknown_sender_domain, reject_rbl_client.
#pragma once

#include "components/router/route/access.hpp"
#include "talk/dns_resolver.hpp"

#include <string>

namespace watershed::router {

/// What DNS says to one question of a restriction.
stage::Task<DnsAnswer> answer_question(talk::Resolver& resolver, DnsQuestion question);

struct ClientName {
  std::string verified = "unknown";  ///< PTR name whose addresses include the client's
  std::string reverse = "unknown";   ///< PTR name
  bool verified_failed_for_now = false;
  bool reverse_failed_for_now = false;
};

stage::Task<ClientName> look_up_client_name(talk::Resolver& resolver, IpAddress client);

}  // namespace watershed::router
