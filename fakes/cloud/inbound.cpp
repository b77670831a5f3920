// See inbound.hpp.
#include "fakes/cloud/inbound.hpp"

#include "fakes/cloud/stamp.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

#include <unordered_set>

namespace watershed::cloud {

using stage::FactKind;
using stage::Task;
using talk::Answer;

InboundConversation::InboundConversation(Provider& provider, const talk::Connection& connection)
    : provider_(provider),
      connection_(connection.id),
      client_(connection.peer.address),
      client_text_(to_string(connection.peer.address)) {}

Answer InboundConversation::refuse(const ReplyForm& form, const SourcePosition& at) const {
  const ReplyWords words{{}, {}, provider_.options_.hostname, client_text_, {}};
  return {fill(form, words), form.code == 421 ? talk::Then::close : talk::Then::go_on, to_file_line(at)};
}

Answer InboundConversation::fail_by_outage(const ReplyForm& form, const mail::Recipient* recipient) const {
  provider_.stage_.journal.record({.kind = FactKind::fault,
                                   .host = provider_.options_.host,
                                   .at = provider_.stage_.executor.now(),
                                   .connection = connection_,
                                   .recipient = recipient == nullptr ? "" : display(recipient->forward_path),
                                   .detail = std::string(to_string(provider_.outage_))});
  return refuse(form, {});
}

Task<Answer> InboundConversation::on_connect() {
  const Profile& profile = *provider_.tenant_.profile;
  if (provider_.outage_ == Outage::busy) co_return fail_by_outage(profile.unavailable, nullptr);
  co_return Answer{};
}

Task<Answer> InboundConversation::on_hello(const mail::HelloCommand& hello) {
  helo_ = hello.domain;
  extended_ = hello.verb != mail::HelloCommand::Verb::helo;
  co_return talk::answer(250, "", fmt::format("{} Hello [{}]", provider_.options_.hostname, client_text_));
}

Task<Answer> InboundConversation::on_mail(const mail::Envelope& envelope) {
  const Tenant& tenant = provider_.tenant_;
  const std::uint64_t limit = tenant.limits.message_size_octets;
  // RFC 1870 §6.1 (2): a declared size over the fixed limit is refused for good.
  if (limit > 0 && envelope.declared_size_octets.value_or(0) > limit) {
    co_return refuse(tenant.profile->too_large, tenant.at);
  }
  const Admission admission = recognise(tenant, client_, helo_);
  const bool is_known = admission.connector != nullptr || admission.is_internal;
  if (tenant.new_client_throttle && !is_known) {
    const stage::Time now = provider_.stage_.executor.now();
    ClientHistory& history = provider_.clients_.try_emplace(client_, ClientHistory{now, 0}).first->second;
    const bool throttled = is_throttled(*tenant.new_client_throttle, history, now);
    ++history.transactions;
    if (throttled) co_return refuse(tenant.profile->throttled, tenant.new_client_throttle->at);
  }
  co_return Answer{fill(tenant.profile->mail_ok), talk::Then::go_on, {}};
}

Task<Answer> InboundConversation::on_rcpt(const mail::Envelope& so_far, const mail::Recipient& recipient) {
  const Tenant& tenant = provider_.tenant_;
  if (provider_.outage_ == Outage::storage) {
    co_return fail_by_outage(tenant.profile->storage_unavailable, &recipient);
  }
  const Admission admission = recognise(tenant, client_, helo_);
  const mail::Address& address = recipient.forward_path.address();
  const RecipientRequest request{
      tenant,  provider_.directory_,        admission,    so_far,
      address, provider_.options_.hostname, client_text_, provider_.stage_.executor.unix_seconds()};
  if (auto refusal = refuse_recipient(request)) co_return std::move(*refusal);
  if (provider_.outage_ == Outage::unknown_users && provider_.directory_.is_accepted(address)) {
    co_return fail_by_outage(tenant.profile->false_unknown, &recipient);
  }
  co_return Answer{fill(tenant.profile->rcpt_ok), talk::Then::go_on, {}};
}

Task<Answer> InboundConversation::on_data(const mail::Envelope&) {
  co_return Answer{fill(provider_.tenant_.profile->data_go), talk::Then::go_on, {}};
}

Task<std::vector<Answer>> InboundConversation::on_content(talk::ReceivedContent received) {
  stage::Stage& stage = provider_.stage_;
  std::vector<Answer> answers(1);
  InHand item;
  item.message = mail::Message::parse(std::move(received.content));
  const Profile& profile = *provider_.tenant_.profile;
  // RFC 5321 §6.3: too many Received fields mean a loop; the host before this one tells the reverse-path.
  if (mail::hop_count(item.message) >= provider_.tenant_.limits.hops) {
    answers[0] = refuse(profile.hop_count, provider_.tenant_.at);
    co_return answers;
  }
  item.is_internal = recognise(provider_.tenant_, client_, helo_).is_internal;
  item.custody = stage.journal.new_custody();
  item.envelope = received.envelope;
  std::optional<talk::FilterVerdict> verdict;
  if (provider_.filter_ != nullptr) {
    const talk::FilterRequest request{client_, helo_, received.envelope, item.message};
    verdict = co_await provider_.filter_->inspect(request);
    if (!verdict || verdict->action == talk::FilterAction::tempfail) {
      if (verdict) note_filtered(0, received, *verdict);
      answers[0] = refuse(provider_.tenant_.profile->filter_down, {});
      if (verdict && verdict->reply.is_transient()) answers[0].reply = verdict->reply;
      co_return answers;
    }
    if (verdict->action == talk::FilterAction::reject) {
      note_filtered(0, received, *verdict);
      answers[0] = refuse(provider_.tenant_.profile->spam, {});
      answers[0].decided_by = verdict->decided_by;
      co_return answers;
    }
    for (const std::string& field : verdict->add_fields) item.message.append(field + "\r\n");
    item.verdict = verdict->action;
    item.verdict_rule = verdict->rule;
    item.verdict_by = verdict->decided_by;
  }
  // The host may have gone down while the filter thought: what was not answered is not taken.
  if (!provider_.running_) {
    answers[0] = {fill(provider_.tenant_.profile->unavailable), talk::Then::drop, {}};
    co_return answers;
  }
  const std::string id = fmt::format("{}@{}", item.custody, provider_.options_.hostname);
  accept(std::move(item), received, verdict);
  const ReplyWords words{{}, {}, provider_.options_.hostname, client_text_, id};
  answers[0] = {fill(provider_.tenant_.profile->queued, words), talk::Then::go_on, {}};
  co_return answers;
}

void InboundConversation::note_filtered(stage::Custody custody, const talk::ReceivedContent& received,
                                        const talk::FilterVerdict& verdict) const {
  stage::Fact fact;
  fact.kind = FactKind::filtered;
  fact.at = provider_.stage_.executor.now();
  fact.host = provider_.filter_->host();
  fact.custody = custody;
  fact.connection = received.connection;
  fact.transaction = received.transaction;
  fact.detail = std::string(to_string(verdict.action));
  fact.text = verdict.rule;
  fact.decided_by = verdict.decided_by;
  provider_.stage_.journal.record(std::move(fact));
}

void InboundConversation::accept(InHand item, const talk::ReceivedContent& received,
                                 const std::optional<talk::FilterVerdict>& verdict) {
  stage::Stage& stage = provider_.stage_;
  item.arrived = stage.executor.now();
  std::unordered_set<std::string> spellings;
  for (const mail::Recipient& recipient : item.envelope.recipients) {
    std::string shown = display(recipient.forward_path);
    if (!spellings.insert(shown).second) continue;
    stage::Fact fact = provider_.fact(FactKind::accepted, item, std::move(shown));
    fact.connection = received.connection;
    fact.transaction = received.transaction;
    stage.journal.record(std::move(fact));
  }
  if (verdict) note_filtered(item.custody, received, *verdict);
  if (!item.is_internal) {
    for (std::string& change : mutate(item.message, provider_.tenant_.mutations)) {
      stage::Fact fact = provider_.fact(FactKind::note, item, {});
      fact.detail = "mutation";
      fact.text = std::move(change);
      fact.decided_by = to_file_line(provider_.tenant_.mutations.at);
      stage.journal.record(std::move(fact));
    }
  }
  const std::string id = std::to_string(item.custody);
  const std::string for_path =
      item.envelope.recipients.size() == 1 ? display(item.envelope.recipients.front().forward_path) : "";
  const StampRequest request{provider_.tenant_,
                             provider_.options_.hostname,
                             client_text_,
                             helo_,
                             id,
                             extended_ ? "ESMTP" : "SMTP",
                             for_path,
                             item.is_internal,
                             item.verdict,
                             stage.executor.unix_seconds()};
  stamp(item.message, request);
  provider_.take(std::move(item));
}

}  // namespace watershed::cloud
