// The commands of a session; the content is in smtpd_content.cpp. See smtpd.hpp.
#include "components/router/engine/smtpd.hpp"

#include "components/router/engine/dns_facts.hpp"

namespace watershed::router {

using stage::Task;
using talk::Answer;

SmtpdConversation::SmtpdConversation(Engine& engine, const ServiceSettings& service, bool loopback_only,
                                     const talk::Connection& peer)
    : engine_(engine),
      decider_(engine.decider),
      settings_(engine.settings),
      service_(service),
      loopback_only_(loopback_only),
      generation_(engine.generation) {
  session_.service = service.name;
  session_.client_address = peer.peer.address;
  // What comes over the loopback interface in real life comes from an own address here.
  const bool from_self = engine.own_address(peer.peer.address.is_v6) == peer.peer.address;
  if (loopback_only && from_self) {
    session_.client_address = *parse_ip_address(peer.peer.address.is_v6 ? "::1" : "127.0.0.1");
    session_.client_name = session_.reverse_client_name = "localhost";
  }
}

// A host that is down, or was down since this session began, says nothing more.
Answer SmtpdConversation::hang_up() const { return {mail::make_reply(421, "4.3.2", ""), talk::Then::drop, {}}; }

Answer SmtpdConversation::soften(Answer answer) const {
  // postconf(5) soft_bounce: 5xx become 4xx.
  if (!service_.soft_bounce || !answer.reply.is_permanent()) return answer;
  answer.reply.code -= 100;
  if (answer.reply.status) answer.reply.status->class_digit = 4;
  return answer;
}

Answer SmtpdConversation::refuse(const AccessDecision& decision) const {
  Answer answer{decision.reply, decision.disconnect ? talk::Then::close : talk::Then::go_on,
                journal_form(decision.decided_by)};
  return soften(std::move(answer));
}

void SmtpdConversation::take_effects(const AccessDecision& decision) {
  const bool any = decision.hold || decision.discard || decision.filter || decision.redirect;
  if (any) effects_.decided_by = journal_form(decision.decided_by);
  effects_.hold |= decision.hold;
  effects_.discard |= decision.discard;
  if (decision.filter) effects_.filter = decision.filter;
  if (decision.redirect) effects_.redirect = decision.redirect;
  effects_.prepend.insert(effects_.prepend.end(), decision.prepend.begin(), decision.prepend.end());
  effects_.bcc.insert(effects_.bcc.end(), decision.bcc.begin(), decision.bcc.end());
}

Task<Answer> SmtpdConversation::decide(Ask ask, Answer when_accepted) {
  if (is_over()) co_return hang_up();
  AccessDecision decision = ask(dns_);
  while (decision.verdict == AccessDecision::Verdict::needs_dns) {
    DnsQuestion question = *decision.question;
    DnsAnswer found = co_await answer_question(engine_.resolver, question);
    const bool is_new = dns_.emplace(std::move(question), std::move(found)).second;
    if (is_over()) co_return hang_up();
    // A question that was answered before would be asked for ever.
    if (!is_new) co_return talk::answer(451, "4.3.5", "Server configuration error", journal_form(decision.decided_by));
    decision = ask(dns_);
  }
  engine_.note_not_understood(decision.not_understood);
  if (decision.verdict == AccessDecision::Verdict::refuse) co_return refuse(decision);
  take_effects(decision);
  co_return when_accepted;
}

Task<void> SmtpdConversation::find_client_name() {
  if (!service_.peername_lookup || session_.client_name == "localhost") co_return;
  const ClientName found = co_await look_up_client_name(engine_.resolver, session_.client_address);
  session_.client_name = found.verified;
  session_.reverse_client_name = found.reverse;
  session_.client_name_failed_for_now = found.verified_failed_for_now;
  session_.reverse_name_failed_for_now = found.reverse_failed_for_now;
}

Task<Answer> SmtpdConversation::on_connect() {
  if (is_over() || (loopback_only_ && !is_loopback(session_.client_address))) co_return hang_up();
  co_await find_client_name();
  const AccessPolicy& policy = decider_->access(service_.name);
  Ask ask = [this, &policy](const DnsFacts& dns) { return policy.check_client(session_, dns); };
  Answer accepted;
  Answer decision = co_await decide(std::move(ask), std::move(accepted));
  co_return decision;
}

Task<Answer> SmtpdConversation::on_hello(const mail::HelloCommand& hello) {
  session_.helo = hello.domain;
  session_.is_esmtp = hello.verb != mail::HelloCommand::Verb::helo;
  const AccessPolicy& policy = decider_->access(service_.name);
  Ask ask = [this, &policy](const DnsFacts& dns) { return policy.check_helo(session_, dns); };
  Answer accepted = talk::answer(250, "", "");
  Answer decision = co_await decide(std::move(ask), std::move(accepted));
  co_return decision;
}

Task<Answer> SmtpdConversation::on_mail(const mail::Envelope& envelope) {
  const AccessPolicy& policy = decider_->access(service_.name);
  Ask ask = [this, &policy, &envelope](const DnsFacts& dns) {
    return policy.check_mail(session_, envelope.reverse_path, dns);
  };
  Answer accepted = talk::answer(250, "2.1.0", "Ok");
  Answer decision = co_await decide(std::move(ask), std::move(accepted));
  co_return decision;
}

Task<Answer> SmtpdConversation::on_rcpt(const mail::Envelope& so_far, const mail::Recipient& recipient) {
  const AccessPolicy& policy = decider_->access(service_.name);
  Ask ask = [this, &policy, &so_far, &recipient](const DnsFacts& dns) {
    return policy.check_recipient(session_, so_far.reverse_path, recipient.forward_path, so_far.recipients.size(), dns);
  };
  Answer accepted = talk::answer(250, "2.1.5", "Ok");
  Answer decision = co_await decide(std::move(ask), std::move(accepted));
  co_return decision;
}

Task<Answer> SmtpdConversation::on_data(const mail::Envelope& envelope) {
  const AccessPolicy& policy = decider_->access(service_.name);
  Ask ask = [this, &policy, &envelope](const DnsFacts& dns) { return policy.check_data(session_, envelope, dns); };
  Answer accepted = talk::answer(354, "", "End data with <CR><LF>.<CR><LF>");
  data_checked_ = true;
  Answer decision = co_await decide(std::move(ask), std::move(accepted));
  co_return decision;
}

void SmtpdConversation::on_reset() {
  effects_ = {};
  data_checked_ = false;
}

}  // namespace watershed::router
