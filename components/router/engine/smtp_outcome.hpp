// What smtp(8) makes of a reply, a broken session, or a name without exchanger. RFC 5321 §4.2, RFC 3463, RFC 7505.
#pragma once

#include "components/router/engine/delivery.hpp"
#include "talk/dns_mail_hosts.hpp"
#include "talk/smtp_client.hpp"

#include <string>

namespace watershed::router {

/// `host mx[192.0.2.25] said: 550 5.1.1 No (in reply to RCPT TO command)`: what a reply to a delivery means.
Outcome outcome_of_reply(const mail::Reply& reply, talk::SmtpStage at, const std::string& peer);

/// What this host knew beforehand that the peer would not take: the words are ours, and there is no reply.
Outcome outcome_of_own_refusal(const mail::Reply& reply, const std::string& peer);

/// A connection that ended by itself, or fell silent, during a command.
Outcome broken_connection(const std::string& reason, talk::SmtpStage at, const std::string& peer);

/// A session that did not come about. `skip_5xx_greeting`: postconf(5) smtp_skip_5xx_greeting.
Outcome outcome_of_failed_session(const talk::SessionFailure& failure, const std::string& peer, bool skip_5xx_greeting);

/// A next hop whose name gives no address.
Outcome unresolved(const talk::MailHosts& hosts);

}  // namespace watershed::router
