// The receiving half of the fake MTA. See mta.hpp.
#include "fakes/mta/mta.hpp"

#include "fakes/mta/sins.hpp"

#include <fmt/format.h>

namespace watershed::mta {

using stage::FactKind;
using stage::Task;
using talk::Answer;
using talk::Then;

namespace {

FakeMtaOptions completed(FakeMtaOptions options) {
  options.server.profile.hostname = options.hostname;
  SenderOptions& sender = options.sender;
  sender.host = options.host;
  if (sender.locals.empty()) sender.locals = options.addresses;
  if (sender.client.helo.empty()) sender.client.helo = options.hostname;
  return options;
}

}  // namespace

class FakeMta::Conversation final : public talk::SmtpConversation {
 public:
  Conversation(FakeMta& mta, const talk::Connection& connection) : mta_(mta), connection_(connection) {}

  Task<Answer> on_connect() override {
    return answered(ScriptStage::connect, nullptr, nullptr, talk::answer(220, "", ""));
  }

  Task<Answer> on_hello(const mail::HelloCommand& hello) override {
    helo_ = hello.domain;
    return answered(ScriptStage::hello, nullptr, nullptr, talk::answer(250, "", ""));
  }

  Task<Answer> on_mail(const mail::Envelope& envelope) override {
    return answered(ScriptStage::mail, &envelope, nullptr, talk::answer(250, "2.1.0", "Ok"));
  }

  Task<Answer> on_rcpt(const mail::Envelope& so_far, const mail::Recipient& recipient) override {
    const mail::Address& address = recipient.forward_path.address();
    Answer honest = talk::answer(250, "2.1.5", "Ok");
    if (mta_.mailboxes_.find(address) == nullptr) honest.reply = mta_.mailboxes_.refuse(address);
    return answered(ScriptStage::rcpt, &so_far, &recipient, std::move(honest));
  }

  Task<Answer> on_data(const mail::Envelope& envelope) override {
    return answered(ScriptStage::data, &envelope, nullptr, talk::answer(354, "", "End data with <CR><LF>.<CR><LF>"));
  }

  Task<std::vector<Answer>> on_content(talk::ReceivedContent received) override;

 private:
  // What the script made of an encounter.
  struct Ruling {
    ScriptVerb verb = ScriptVerb::go_on;
    Answer answer;
  };

  Task<Answer> answered(ScriptStage at, const mail::Envelope* envelope, const mail::Recipient* recipient,
                        Answer honest);
  Task<Answer> ruled(ScriptStage at, const mail::Envelope* envelope, const mail::Recipient* recipient, Answer honest);
  Task<Ruling> rule(ScriptStage at, const mail::Envelope* envelope, const mail::Recipient* recipient, Answer honest);
  void note_fault(const ScriptRule& rule, const Encounter& encounter);

  FakeMta& mta_;
  talk::Connection connection_;
  std::string helo_;
};

Task<Answer> FakeMta::Conversation::answered(ScriptStage at, const mail::Envelope* envelope,
                                             const mail::Recipient* recipient, Answer honest) {
  if (mta_.script_.empty()) return Task<Answer>::ready(std::move(honest));
  return ruled(at, envelope, recipient, std::move(honest));
}

Task<Answer> FakeMta::Conversation::ruled(ScriptStage at, const mail::Envelope* envelope,
                                          const mail::Recipient* recipient, Answer honest) {
  Ruling ruling = co_await rule(at, envelope, recipient, std::move(honest));
  co_return std::move(ruling.answer);
}

Task<FakeMta::Conversation::Ruling> FakeMta::Conversation::rule(ScriptStage at, const mail::Envelope* envelope,
                                                                const mail::Recipient* recipient, Answer honest) {
  Ruling ruling{ScriptVerb::go_on, std::move(honest)};
  const Encounter encounter{at, connection_.peer.address, envelope, recipient, mta_.stage_.executor.now()};
  const ScriptRule* const found = mta_.script_.decide(encounter);
  if (found == nullptr) co_return ruling;
  note_fault(*found, encounter);
  // A copy: the rules may change during the delay.
  const ScriptAction action = found->action;
  const std::string decided_by = found->decided_by;
  if (action.delay > stage::Duration::zero()) co_await mta_.stage_.executor.sleep_for(action.delay);
  ruling.verb = action.verb;
  if (action.verb == ScriptVerb::reply) {
    // RFC 5321 §3.8: 421 announces that the channel closes.
    const Then then = action.reply.code == 421 ? Then::close : Then::go_on;
    ruling.answer = Answer{action.reply, then, decided_by};
  } else if (action.verb == ScriptVerb::stall) {
    ruling.answer = Answer{{}, Then::stall, decided_by};
  } else if (action.verb != ScriptVerb::go_on) {
    ruling.answer = Answer{{}, Then::drop, decided_by};
  }
  co_return ruling;
}

void FakeMta::Conversation::note_fault(const ScriptRule& rule, const Encounter& encounter) {
  const bool is_reply = rule.action.verb == ScriptVerb::reply;
  const std::string what = is_reply ? to_line(rule.action.reply) : std::string(to_string(rule.action.verb));
  mta_.stage_.journal.record(
      {.kind = FactKind::fault,
       .host = mta_.options_.host,
       .code = static_cast<std::uint16_t>(is_reply ? rule.action.reply.code : 0),
       .at = encounter.now,
       .connection = connection_.id,
       .recipient = encounter.recipient == nullptr ? std::string() : display(encounter.recipient->forward_path),
       .reverse_path = encounter.envelope == nullptr ? std::string() : display(encounter.envelope->reverse_path),
       .detail = rule.name,
       .text = fmt::format("{}: {}", to_string(encounter.at), what),
       .decided_by = rule.decided_by});
}

// Over SMTP one ruling speaks for all recipients; over LMTP each recipient has its own (RFC 2033 §4.2).
Task<std::vector<Answer>> FakeMta::Conversation::on_content(talk::ReceivedContent received) {
  const bool lmtp = mta_.options_.server.profile.lmtp;
  const std::size_t rulings = lmtp ? received.envelope.recipients.size() : 1;
  std::vector<Answer> answers;
  mail::Envelope kept = received.envelope;
  if (lmtp) kept.recipients.clear();
  bool is_kept = lmtp;
  for (std::size_t index = 0; index < rulings; ++index) {
    const mail::Recipient* const recipient = lmtp ? &received.envelope.recipients[index] : nullptr;
    Ruling ruling{ScriptVerb::go_on, talk::answer(250, "2.0.0", "Ok: queued")};
    if (!mta_.script_.empty()) {
      ruling = co_await rule(ScriptStage::content, &received.envelope, recipient, std::move(ruling.answer));
    }
    const bool goes_on = ruling.answer.then == Then::go_on || ruling.answer.then == Then::close;
    const bool keeps = (goes_on && ruling.answer.reply.is_positive()) || ruling.verb == ScriptVerb::keep_then_drop;
    if (lmtp && keeps) kept.recipients.push_back(*recipient);
    if (!lmtp) is_kept = keeps;
    answers.push_back(std::move(ruling.answer));
  }
  if (!is_kept || kept.recipients.empty()) co_return answers;
  ReceivedTransaction transaction;
  transaction.envelope = std::move(kept);
  transaction.connection = received.connection;
  transaction.transaction = received.transaction;
  transaction.client = connection_.peer.address;
  transaction.helo = helo_;
  mta_.take(std::move(transaction), std::move(received.content));
  co_return answers;
}

FakeMta::FakeMta(stage::Stage& stage, FakeMtaOptions options)
    : stage_(stage),
      options_(completed(std::move(options))),
      mailboxes_(options_.mailboxes),
      script_(options_.script, stage.random.fork(fmt::format("script {}", options_.hostname))),
      sender_(std::make_unique<Sender>(stage, options_.sender)) {
  open_ = [this](const talk::Connection& connection) { return std::make_unique<Conversation>(*this, connection); };
}

FakeMta::~FakeMta() = default;

Result<void, Error> FakeMta::start() {
  for (const IpAddress& address : options_.addresses) {
    auto listener = stage_.network.listen(Endpoint{address, options_.port});
    if (!listener) return listener.error();
    listeners_.push_back(std::move(*listener));
    stage_.executor.spawn(talk::serve_smtp(stage_, options_.host, options_.server, *listeners_.back(), open_));
  }
  return {};
}

void FakeMta::stop() {
  for (const auto& listener : listeners_) listener->close();
}

std::vector<Endpoint> FakeMta::endpoints() const {
  std::vector<Endpoint> endpoints;
  for (const auto& listener : listeners_) endpoints.push_back(listener->local());
  return endpoints;
}

void FakeMta::take(ReceivedTransaction transaction, std::string content) {
  transaction.message = mail::Message::parse(std::move(content));
  std::vector<std::string> sins;
  if (options_.flags_sins) sins = find_sins(transaction.envelope, transaction.message);
  transaction.at = stage_.executor.now();
  transaction.custody = stage_.journal.new_custody();
  const auto record = [this, &transaction](FactKind kind, std::string recipient, std::string detail, std::string text) {
    stage_.journal.record({.kind = kind,
                           .host = options_.host,
                           .transaction = transaction.transaction,
                           .at = transaction.at,
                           .custody = transaction.custody,
                           .connection = transaction.connection,
                           .body_hash = transaction.body_hash,
                           .size_octets = transaction.message.size_octets(),
                           .recipient = std::move(recipient),
                           .reverse_path = display(transaction.envelope.reverse_path),
                           .detail = std::move(detail),
                           .text = std::move(text)});
  };
  transaction.body_hash = transaction.message.body_hash();
  for (const mail::Recipient& recipient : transaction.envelope.recipients) {
    record(FactKind::accepted, display(recipient.forward_path), {}, {});
  }
  for (std::string& sin : sins) record(FactKind::note, {}, "protocol", std::move(sin));
  for (const mail::Recipient& recipient : transaction.envelope.recipients) {
    std::string address = display(recipient.forward_path);
    const Mailbox* const mailbox = mailboxes_.find(recipient.forward_path.address());
    if (mailbox == nullptr) {
      // Only a script says 250 to a recipient without mailbox: the message is swallowed, as told.
      record(FactKind::discarded, std::move(address), {}, "no such mailbox; accepted by the reply script");
    } else if (mailbox->robot.empty()) {
      std::string text = address;
      record(FactKind::stored, std::move(address), "INBOX", std::move(text));
    } else {
      std::string text = address;
      record(FactKind::answered, std::move(address), mailbox->robot, std::move(text));
    }
  }
  ++received_count_;
  for (const OnReceived& hook : hooks_) hook(transaction);
  if (options_.retain == 0) return;
  received_.push_back(std::move(transaction));
  if (received_.size() > options_.retain) received_.pop_front();
}

}  // namespace watershed::mta
