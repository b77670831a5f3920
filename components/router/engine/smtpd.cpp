// The commands of a session; the content is in smtpd_content.cpp. See smtpd.hpp.
#include "components/router/engine/smtpd.hpp"

#include "components/router/engine/dns_facts.hpp"

#include <utility>

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
  if (any) effects_.decided_by = decision.decided_by;
  effects_.hold |= decision.hold;
  effects_.discard |= decision.discard;
  if (decision.filter) effects_.filter = decision.filter;
  if (decision.redirect) effects_.redirect = decision.redirect;
  effects_.prepend.insert(effects_.prepend.end(), decision.prepend.begin(), decision.prepend.end());
  effects_.bcc.insert(effects_.bcc.end(), decision.bcc.begin(), decision.bcc.end());
}

Answer SmtpdConversation::conclude(const AccessDecision& decision, Answer when_accepted) {
  engine_.note_not_understood(decision.not_understood);
  if (decision.verdict == AccessDecision::Verdict::refuse) return refuse(decision);
  take_effects(decision);
  return when_accepted;
}

template <class Asking>
Task<Answer> SmtpdConversation::decide(const Asking& ask, Answer when_accepted) {
  if (is_over()) return Task<Answer>::ready(hang_up());
  AccessDecision decision = ask(dns_);
  if (decision.verdict == AccessDecision::Verdict::needs_dns) {
    return decide_with_dns(ask, std::move(decision), std::move(when_accepted));
  }
  return Task<Answer>::ready(conclude(decision, std::move(when_accepted)));
}

Task<Answer> SmtpdConversation::decide_with_dns(Ask ask, AccessDecision decision, Answer when_accepted) {
  while (decision.verdict == AccessDecision::Verdict::needs_dns) {
    const DnsQuestion question = *decision.question;
    // A question that was answered before would be asked for ever.
    if (dns_.contains(question)) {
      co_return talk::answer(451, "4.3.5", "Server configuration error", journal_form(decision.decided_by));
    }
    co_await ask_dns(question);
    if (is_over()) co_return hang_up();
    decision = ask(dns_);
  }
  co_return conclude(decision, std::move(when_accepted));
}

// What this transaction knows, or what the resolver says now. `question` must live until the task ends.
Task<const DnsAnswer*> SmtpdConversation::ask_dns(const DnsQuestion& question) {
  const auto known = dns_.find(question);
  if (known != dns_.end()) return Task<const DnsAnswer*>::ready(&known->second);
  return ask_resolver(question);
}

Task<const DnsAnswer*> SmtpdConversation::ask_resolver(DnsQuestion question) {
  DnsAnswer found = co_await answer_question(engine_.resolver, question);
  co_return &dns_.insert_or_assign(std::move(question), std::move(found)).first->second;
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
  const auto ask = [this, &policy](const DnsFacts& dns) { return policy.check_client(session_, dns); };
  filter_is_lost_ = service_.has_milters &&
                    (engine_.options.content_filter == nullptr || !engine_.options.content_filter->is_reachable());
  Answer accepted;
  const auto refusal = filter_is_lost_ ? refusal_without_filter() : std::nullopt;
  // A permanent refusal is told in the greeting, a transient one to MAIL (Postfix 3.7 as measured).
  if (refusal && refusal->reply.code >= 500) {
    accepted = soften(
        talk::answer(554, "", service_.profile.hostname + " ESMTP not accepting connections", refusal->decided_by));
  }
  Answer decision = co_await decide(ask, std::move(accepted));
  co_return decision;
}

Task<Answer> SmtpdConversation::on_hello(const mail::HelloCommand& hello) {
  session_.helo = hello.domain;
  session_.is_esmtp = hello.verb != mail::HelloCommand::Verb::helo;
  const AccessPolicy& policy = decider_->access(service_.name);
  const auto ask = [this, &policy](const DnsFacts& dns) { return policy.check_helo(session_, dns); };
  return decide(ask, talk::answer(250, "", ""));
}

Task<Answer> SmtpdConversation::on_mail(const mail::Envelope& envelope) {
  // A client that keeps its session for further messages would go on under a configuration that is gone. RFC 5321 §3.8:
  // 421 has it connect again.
  if (std::exchange(has_served_, true) && engine_.decider != decider_) {
    return Task<Answer>::ready(
        Answer{mail::make_reply(421, "4.3.2", "Service is being reconfigured"), talk::Then::close, {}});
  }
  dns_.clear();
  const AccessPolicy& policy = decider_->access(service_.name);
  const auto ask = [this, &policy, &envelope](const DnsFacts& dns) {
    return policy.check_mail(session_, envelope.reverse_path, dns);
  };
  const auto refusal = filter_is_lost_ ? refusal_without_filter() : std::nullopt;
  return decide(ask, refusal ? soften(*refusal) : talk::answer(250, "2.1.0", "Ok"));
}

// All that a decision about a recipient depends on, DNS apart.
struct SmtpdConversation::RecipientQuestion {
  const AccessPolicy& policy;
  const mail::ReversePath& reverse_path;
  const mail::ForwardPath& forward_path;
  std::size_t recipients_before;
};

std::string SmtpdConversation::memo_key(const RecipientQuestion& question) const {
  MemoKey key;
  key.add(session_.service).add_flag(session_.client_address.is_v6);
  const auto& bytes = session_.client_address.bytes;
  key.add({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  key.add(session_.client_name).add(session_.reverse_client_name).add(session_.helo).add(session_.sasl_username);
  key.add_flag(session_.client_name_failed_for_now).add_flag(session_.reverse_name_failed_for_now);
  key.add_flag(session_.is_esmtp).add_flag(session_.is_tls).add_flag(question.reverse_path.is_null());
  if (!question.reverse_path.is_null()) key.add(question.reverse_path.address());
  key.add(question.forward_path.address()).add_number(question.recipients_before);
  return key.take();
}

Task<Answer> SmtpdConversation::decide_recipient(RecipientQuestion question) {
  const std::string key = memo_key(question);
  if (const auto known = engine_.memo.recipient(key)) {
    bool is_same = true;
    for (const auto& [asked, said] : known->dns) {
      const DnsAnswer* const now = co_await ask_dns(asked);
      if (is_over()) co_return hang_up();
      is_same = *now == said;
      if (!is_same) break;
    }
    if (is_same) co_return conclude(known->decision, talk::answer(250, "2.1.5", "Ok"));
  }
  auto made = std::make_shared<RecipientDecision>();
  DnsFacts facts;
  const auto ask = [&] {
    return question.policy.check_recipient(session_, question.reverse_path, question.forward_path,
                                           question.recipients_before, facts);
  };
  made->decision = ask();
  while (made->decision.verdict == AccessDecision::Verdict::needs_dns) {
    const DnsQuestion asked = *made->decision.question;
    // A question that was answered before would be asked for ever.
    if (facts.contains(asked)) {
      co_return talk::answer(451, "4.3.5", "Server configuration error", journal_form(made->decision.decided_by));
    }
    const DnsAnswer* const said = co_await ask_dns(asked);
    if (is_over()) co_return hang_up();
    facts.emplace(asked, *said);
    made->dns.emplace_back(asked, *said);
    made->decision = ask();
  }
  // A configuration that came meanwhile has a memo of its own.
  if (engine_.decider == decider_) engine_.memo.keep(key, made);
  co_return conclude(made->decision, talk::answer(250, "2.1.5", "Ok"));
}

Task<Answer> SmtpdConversation::on_rcpt(const mail::Envelope& so_far, const mail::Recipient& recipient) {
  if (is_over()) return Task<Answer>::ready(hang_up());
  const RecipientQuestion question{decider_->access(service_.name), so_far.reverse_path, recipient.forward_path,
                                   so_far.recipients.size()};
  return decide_recipient(question);
}

Task<Answer> SmtpdConversation::on_data(const mail::Envelope& envelope) {
  const AccessPolicy& policy = decider_->access(service_.name);
  const auto ask = [this, &policy, &envelope](const DnsFacts& dns) {
    return policy.check_data(session_, envelope, dns);
  };
  data_checked_ = true;
  return decide(ask, talk::answer(354, "", "End data with <CR><LF>.<CR><LF>"));
}

Task<Answer> SmtpdConversation::check_end_of_data(const mail::Envelope& envelope) {
  const AccessPolicy& policy = decider_->access(service_.name);
  const auto ask = [this, &policy, &envelope](const DnsFacts& dns) {
    return policy.check_end_of_data(session_, envelope, dns);
  };
  return decide(ask, talk::answer(250, "2.0.0", "Ok"));
}

void SmtpdConversation::on_reset() {
  effects_ = {};
  data_checked_ = false;
}

}  // namespace watershed::router
