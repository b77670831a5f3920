// See smtp_outcome.hpp.
#include "components/router/engine/smtp_outcome.hpp"

#include <fmt/format.h>

#include <utility>

namespace watershed::router {

using talk::SmtpStage;

namespace {

std::string_view command_name(SmtpStage at) {
  switch (at) {
    case SmtpStage::mail:
      return "MAIL FROM";
    case SmtpStage::rcpt:
      return "RCPT TO";
    case SmtpStage::data:
      return "DATA";
    case SmtpStage::content:
      return "end of DATA";
    default:
      return "EHLO";
  }
}

}  // namespace

Outcome outcome_of_reply(const mail::Reply& reply, SmtpStage at, const std::string& peer) {
  Outcome outcome;
  outcome.kind = reply.is_permanent() ? Outcome::Kind::failed : Outcome::Kind::deferred;
  outcome.code = static_cast<std::uint16_t>(reply.code);
  outcome.status = reply.status.value_or(mail::EnhancedStatus{reply.is_permanent() ? 5 : 4, 0, 0});
  outcome.remote_mta = peer.substr(0, peer.find('['));
  outcome.diagnostic = to_line(reply);
  outcome.text = fmt::format("host {} said: {} (in reply to {} command)", peer, outcome.diagnostic, command_name(at));
  return outcome;
}

Outcome outcome_of_own_refusal(const mail::Reply& reply, const std::string& peer) {
  Outcome outcome = make_outcome(Outcome::Kind::failed, "5.0.0", reply.lines.empty() ? "" : reply.lines.front());
  if (reply.status) outcome.status = *reply.status;
  // smtp(8) names the server with its address and without a port: `… of server mx.example[192.0.2.25]`.
  const std::size_t port = outcome.text.ends_with(peer) ? outcome.text.rfind("]:") : std::string::npos;
  if (port != std::string::npos) outcome.text.resize(port + 1);
  return outcome;
}

Outcome broken_connection(const std::string& reason, SmtpStage at, const std::string& peer) {
  const bool timed_out = reason.find("timed out") != std::string::npos;
  std::string text = timed_out ? fmt::format("conversation with {} timed out while {}", peer, talk::to_string(at))
                               : fmt::format("{} with {} while {}", reason, peer, talk::to_string(at));
  return make_outcome(Outcome::Kind::deferred, "4.4.2", std::move(text));
}

Outcome outcome_of_failed_session(const talk::SessionFailure& failure, const std::string& peer,
                                  bool skip_5xx_greeting) {
  if (failure.at == SmtpStage::connect) return make_outcome(Outcome::Kind::deferred, "4.4.1", failure.text);
  if (!failure.reply) return broken_connection(failure.text, failure.at, peer);
  Outcome outcome = outcome_of_reply(*failure.reply, failure.at, peer);
  outcome.text = fmt::format("host {} refused to talk to me: {}", peer, to_line(*failure.reply));
  // postconf(5) smtp_skip_5xx_greeting: such a greeting sends us to the next exchanger, as if it were a 4xx.
  if (failure.at == SmtpStage::greeting && skip_5xx_greeting) {
    outcome.kind = Outcome::Kind::deferred;
    outcome.status.class_digit = 4;
  }
  return outcome;
}

Outcome unresolved(const talk::MailHosts& hosts) {
  if (hosts.status == talk::MailHostsStatus::null_mx) {
    return make_outcome(Outcome::Kind::failed, "5.1.0",
                        fmt::format("Domain {} does not accept mail (nullMX)", hosts.failed_name));
  }
  const bool temporary = hosts.status == talk::MailHostsStatus::temporary;
  return make_outcome(
      temporary ? Outcome::Kind::deferred : Outcome::Kind::failed, temporary ? "4.4.3" : "5.4.4",
      fmt::format("Host or domain name not found. Name service error for name={} type={}: Host not found{}",
                  hosts.failed_name, talk::to_string(hosts.failed_type), temporary ? ", try again" : ""));
}

}  // namespace watershed::router
