// The LMTP half of the mail store: which recipients exist, and that each message is taken whole. See mail_store.hpp.
#include "components/store/mail_store.hpp"

#include "components/filter/sieve/evaluate.hpp"
#include "components/store/outgoing.hpp"
#include "mail/trace.hpp"

#include <fmt/format.h>

namespace watershed::store {

using stage::Task;
using talk::Answer;

class MailStore::Conversation final : public talk::SmtpConversation {
 public:
  Conversation(MailStore& store, talk::Connection connection) : store_(store), connection_(std::move(connection)) {}

  Task<Answer> on_hello(const mail::HelloCommand& hello) override {
    helo_ = hello.domain;
    co_return talk::answer(250, "", "");
  }

  Task<Answer> on_rcpt(const mail::Envelope&, const mail::Recipient& recipient) override {
    const mail::Address& address = recipient.forward_path.address();
    if (store_.find(address) != nullptr) co_return talk::answer(250, "2.1.5", "OK");
    co_return talk::answer(550, "5.1.1",
                           fmt::format("<{}> User doesn't exist: {}", to_string(address), to_string(address)));
  }

  Task<std::vector<Answer>> on_content(talk::ReceivedContent received) override {
    mail::Message message = mail::Message::parse(std::move(received.content));
    const stage::Custody custody = store_.stage_.journal.new_custody();
    const std::string id = fmt::format("{:x}-{}", custody, received.transaction);
    message.prepend(mail::compose({.from_helo = helo_,
                                   .from_name = "",
                                   .from_address = to_string(connection_.peer.address),
                                   .by = store_.options_.hostname,
                                   .program = "",
                                   .with = "LMTP",
                                   .id = id,
                                   .for_path = "",
                                   .unix_seconds = store_.stage_.executor.unix_seconds()}));
    for (const mail::Recipient& recipient : received.envelope.recipients) {
      store_.stage_.journal.record({.kind = stage::FactKind::accepted,
                                    .host = store_.options_.host,
                                    .transaction = received.transaction,
                                    .at = store_.stage_.executor.now(),
                                    .custody = custody,
                                    .connection = received.connection,
                                    .body_hash = message.body_hash(),
                                    .size_octets = message.size_octets(),
                                    .recipient = display(recipient.forward_path),
                                    .reverse_path = display(received.envelope.reverse_path)});
    }
    std::vector<Answer> answers;
    for (const mail::Recipient& recipient : received.envelope.recipients) {
      Mailbox& mailbox = *store_.find(recipient.forward_path.address());
      store_.deliver(received, message, custody, recipient, mailbox);
      answers.push_back(talk::answer(250, "2.0.0", fmt::format("<{}> {} Saved", display(recipient.forward_path), id)));
    }
    co_return answers;
  }

 private:
  MailStore& store_;
  talk::Connection connection_;
  std::string helo_;
};

MailStore::MailStore(stage::Stage& stage, MailStoreOptions options, std::vector<MailboxSettings> mailboxes)
    : stage_(stage), options_(std::move(options)) {
  server_.profile.lmtp = true;
  server_.profile.hostname = options_.hostname;
  server_.profile.size_limit_octets = options_.size_limit_octets;
  server_.profile.dsn = false;
  open_ = [this](const talk::Connection& connection) { return std::make_unique<Conversation>(*this, connection); };
  replace_mailboxes(std::move(mailboxes));
}

MailStore::~MailStore() = default;

Result<void, Error> MailStore::start() {
  for (const IpAddress& address : options_.addresses) {
    auto listener = stage_.network.listen({address, options_.port});
    if (!listener) return listener.error();
    listeners_.push_back(std::move(*listener));
    stage_.executor.spawn(talk::serve_smtp(stage_, options_.host, server_, *listeners_.back(), open_));
  }
  return {};
}

void MailStore::stop() {
  // The objects stay: tasks that still wait on them end by the closed listener.
  for (const auto& listener : listeners_) listener->close();
}

void MailStore::replace_mailboxes(std::vector<MailboxSettings> mailboxes) {
  std::map<std::string, Mailbox> replaced;
  for (MailboxSettings& settings : mailboxes) {
    std::string key = folded(settings.address);
    const auto known = mailboxes_.find(key);
    if (known == mailboxes_.end()) {
      replaced.emplace(std::move(key), Mailbox(std::move(settings)));
      continue;
    }
    known->second.replace_settings(std::move(settings));
    replaced.insert(mailboxes_.extract(known));
  }
  mailboxes_ = std::move(replaced);
}

Mailbox* MailStore::find(const mail::Address& recipient) {
  const auto exact = mailboxes_.find(folded(recipient));
  if (exact != mailboxes_.end()) return &exact->second;
  // Dovecot's recipient_delimiter: user+detail belongs to user.
  const std::size_t plus = recipient.local_part.find('+');
  if (plus == std::string::npos || plus == 0) return nullptr;
  const auto base = mailboxes_.find(mail::folded({recipient.local_part.substr(0, plus), recipient.domain}));
  return base == mailboxes_.end() ? nullptr : &base->second;
}

void MailStore::deliver(const talk::ReceivedContent& received, const mail::Message& message, stage::Custody custody,
                        const mail::Recipient& recipient, Mailbox& mailbox) {
  // RFC 5321 §4.4: final delivery writes the reverse-path down. Dovecot adds Delivered-To as well, but not where a
  // transaction has several recipients.
  mail::Message delivered = message;
  if (received.envelope.recipients.size() == 1) {
    delivered.prepend(fmt::format("Delivered-To: {}\r\n", display(recipient.forward_path)));
  }
  delivered.prepend(fmt::format("Return-Path: {}\r\n", to_string(received.envelope.reverse_path)));
  const Outgoing context{received.envelope, recipient, std::make_shared<const mail::Message>(std::move(delivered)),
                         custody};
  if (!mailbox.settings().script) {
    keep(context, mailbox, "INBOX", {}, mailbox.settings().at);
    return;
  }
  const sieve::Input input{.message = *context.message,
                           .reverse_path = received.envelope.reverse_path,
                           .forward_path = recipient.forward_path,
                           .now_unix_seconds = stage_.executor.unix_seconds(),
                           .mailboxes = &mailbox,
                           .history = &mailbox,
                           .annotations = &mailbox};
  carry_out(sieve::evaluate(*mailbox.settings().script, input), context, mailbox);
}

}  // namespace watershed::store
