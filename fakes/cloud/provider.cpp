// The provider's life and its users' actions. What happens to a message is in transport.cpp. See provider.hpp.
#include "fakes/cloud/provider.hpp"

#include "fakes/cloud/composition.hpp"
#include "fakes/cloud/inbound.hpp"
#include "fakes/cloud/profile.hpp"
#include "fakes/cloud/stamp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watershed::cloud {

using stage::FactKind;
using stage::Task;

namespace {

constexpr std::array<std::pair<Outage, std::string_view>, 5> outage_names = {{
    {Outage::none, "none"},
    {Outage::busy, "busy"},
    {Outage::storage, "storage"},
    {Outage::hold, "hold"},
    {Outage::unknown_users, "unknown_users"},
}};

talk::ResolverSettings resolver_settings(const ProviderOptions& options) {
  talk::ResolverSettings settings;
  if (!options.addresses.empty()) settings.local = options.addresses.front();
  settings.servers = options.dns_servers;
  return settings;
}

bool is_one_of(const std::vector<mail::Address>& addresses, const mail::Address& wanted) {
  return std::any_of(addresses.begin(), addresses.end(),
                     [&](const mail::Address& address) { return folded(address) == folded(wanted); });
}

}  // namespace

std::string_view to_string(Outage outage) { return outage_names[static_cast<std::size_t>(outage)].second; }

std::optional<Outage> find_outage(std::string_view word) {
  for (const auto& [outage, name] : outage_names) {
    if (name == word) return outage;
  }
  return std::nullopt;
}

Provider::Provider(stage::Stage& stage, ProviderOptions options, Tenant tenant, talk::ContentFilter* filter)
    : stage_(stage),
      options_(std::move(options)),
      tenant_(std::move(tenant)),
      directory_(tenant_),
      filter_(filter),
      resolver_(stage, options_.host, resolver_settings(options_)),
      server_options_(server_options()),
      open_conversation_([this](const talk::Connection& connection) {
        return std::make_unique<InboundConversation>(*this, connection);
      }),
      outbound_(stage, {options_.host, options_.hostname, options_.addresses, options_.mx_port}, tenant_, resolver_,
                *this),
      work_arrived_(stage.executor) {}

Provider::~Provider() = default;

talk::SmtpServerOptions Provider::server_options() const {
  const Profile& profile = *tenant_.profile;
  talk::SmtpServerOptions options;
  options.profile.hostname = options_.hostname;
  options.profile.greeting = fmt::format(fmt::runtime(profile.greeting), fmt::arg("host", options_.hostname));
  options.profile.size_limit_octets = tenant_.limits.message_size_octets;
  options.profile.bare_newlines = tenant_.bare_newlines;
  options.profile.dsn = profile.dsn;
  options.profile.binary_mime = profile.binary_mime;
  options.profile.starttls = profile.starttls;
  return options;
}

Result<void, Error> Provider::start() {
  if (running_) return {};
  first_open_listener_ = listeners_.size();
  for (const IpAddress& address : options_.addresses) {
    auto listener = stage_.network.listen({address, options_.port});
    if (!listener) {
      stop();
      return listener.error();
    }
    listeners_.push_back(std::move(*listener));
    stage_.executor.spawn(
        talk::serve_smtp(stage_, options_.host, server_options_, *listeners_.back(), open_conversation_));
  }
  running_ = true;
  if (!works_) {
    works_ = true;
    stage_.executor.spawn(work());
  }
  work_arrived_.notify();
  outbound_.start();
  return {};
}

void Provider::stop() {
  running_ = false;
  outbound_.stop();
  for (std::size_t index = first_open_listener_; index < listeners_.size(); ++index) listeners_[index]->close();
}

std::vector<Endpoint> Provider::endpoints() const {
  std::vector<Endpoint> open;
  for (std::size_t index = first_open_listener_; index < listeners_.size(); ++index) {
    open.push_back(listeners_[index]->local());
  }
  return open;
}

void Provider::replace_tenant(Tenant tenant) {
  tenant_ = std::move(tenant);
  directory_ = Directory(tenant_);
  server_options_ = server_options();
}

void Provider::set_outage(Outage outage) {
  const bool was_holding = outage_ == Outage::hold && outage != Outage::hold;
  outage_ = outage;
  if (!was_holding) return;
  std::deque<InHand> held;
  std::swap(held, backlog_);
  for (InHand& item : held) take(std::move(item));
}

const Mailbox* Provider::own_mailbox(const mail::Address& address) const { return directory_.find(address).mailbox; }

bool Provider::set_out_of_office(const mail::Address& mailbox, std::optional<OutOfOffice> out_of_office) {
  const Mailbox* const found = own_mailbox(mailbox);
  if (found == nullptr) return false;
  tenant_.mailboxes[static_cast<std::size_t>(found - tenant_.mailboxes.data())].out_of_office =
      std::move(out_of_office);
  store_.forget_answered(found->address);
  return true;
}

Result<stage::Custody, Error> Provider::submit(const mail::Address& user, mail::Envelope envelope,
                                               mail::Message message, std::string label, std::string message_class) {
  const Mailbox* const owner = own_mailbox(user);
  if (owner == nullptr) return Error{fmt::format("{} has no mailbox here", to_string(user))};
  if (envelope.recipients.empty()) return Error{"a message without recipients"};
  if (envelope.reverse_path.is_null()) return Error{"people send with a reverse-path of their own, not <>"};
  const mail::Address& reverse_path = envelope.reverse_path.address();
  const Mailbox* const in_name_of = own_mailbox(reverse_path);
  const bool may_send =
      in_name_of == owner || (in_name_of != nullptr && is_one_of(in_name_of->send_as, owner->address));
  if (!may_send) {
    return Error{fmt::format("{} may not send as {}", to_string(user), to_string(reverse_path))};
  }
  InHand item;
  item.custody = stage_.journal.new_custody();
  item.envelope = std::move(envelope);
  item.message = std::move(message);
  item.is_internal = true;
  item.arrived = stage_.executor.now();
  for (const mail::Recipient& recipient : item.envelope.recipients) {
    stage::Fact offered = fact(FactKind::offered, item, display(recipient.forward_path));
    offered.detail = label;
    offered.text = message_class;
    stage_.journal.record(std::move(offered));
  }
  const std::string id = std::to_string(item.custody);
  stamp(item.message, {.tenant = tenant_,
                       .hostname = options_.hostname,
                       .client = {},
                       .helo = {},
                       .id = id,
                       .protocol = "mapi",
                       .for_path = {},
                       .is_internal = true,
                       .verdict = talk::FilterAction::accept,
                       .unix_seconds = stage_.executor.unix_seconds()});
  const stage::Custody custody = item.custody;
  take(std::move(item));
  return custody;
}

Result<stage::Custody, Error> Provider::reply(const mail::Address& mailbox, stage::Custody stored, std::string body) {
  const Mailbox* const owner = own_mailbox(mailbox);
  if (owner == nullptr) return Error{fmt::format("{} has no mailbox here", to_string(mailbox))};
  const StoredMessage* const original = store_.find(owner->address, stored);
  if (original == nullptr) return Error{fmt::format("{} holds no such message", to_string(mailbox))};
  std::optional<mail::Address> to = answer_address(original->message);
  if (!to && !original->reverse_path.is_null()) to = original->reverse_path.address();
  if (!to) return Error{"the message names nobody to answer"};
  InHand item;
  item.custody = stage_.journal.new_custody();
  item.envelope.reverse_path = mail::ReversePath(owner->address);
  item.envelope.recipients.push_back({mail::ForwardPath(*to), {}, {}});
  item.message = compose_answer(*owner, original->message, *to, body, identity(item.custody));
  item.is_internal = true;
  return spawn(std::move(item), "reply", to_string(original->recipient), stored, to_file_line(owner->at));
}

bool Provider::release(stage::Custody custody) {
  const auto held = held_.find(custody);
  if (held == held_.end()) return false;
  InHand item = std::move(held->second);
  held_.erase(held);
  item.verdict = talk::FilterAction::accept;
  take(std::move(item));
  return true;
}

Task<void> Provider::work() {
  for (;;) {
    while (running_ && !work_.empty()) {
      InHand item = std::move(work_.front());
      work_.pop_front();
      process(std::move(item));
    }
    const bool notified = co_await work_arrived_.wait();
    static_cast<void>(notified);
  }
}

void Provider::take(InHand item) {
  if (item.copies == nullptr) item.copies = std::make_shared<std::size_t>(0);
  work_.push_back(std::move(item));
  work_arrived_.notify();
}

stage::Custody Provider::spawn(InHand item, std::string_view kind, std::string on_behalf_of, stage::Custody cause,
                               std::string decided_by) {
  const stage::Custody custody = item.custody;
  item.arrived = stage_.executor.now();
  for (const mail::Recipient& recipient : item.envelope.recipients) {
    stage::Fact spawned = fact(FactKind::spawned, item, display(recipient.forward_path));
    spawned.cause = cause;
    spawned.detail = std::string(kind);
    spawned.text = on_behalf_of;
    spawned.decided_by = decided_by;
    stage_.journal.record(std::move(spawned));
  }
  take(std::move(item));
  return custody;
}

stage::Fact Provider::fact(FactKind kind, const InHand& item, std::string recipient) const {
  return {.kind = kind,
          .host = options_.host,
          .at = stage_.executor.now(),
          .custody = item.custody,
          .body_hash = item.message.body_hash(),
          .size_octets = item.message.size_octets(),
          .recipient = std::move(recipient),
          .reverse_path = display(item.envelope.reverse_path)};
}

Identity Provider::identity(stage::Custody custody) const {
  return {fmt::format("{}.{}@{}", custody, stage_.executor.now().count(), options_.hostname),
          stage_.executor.unix_seconds()};
}

void Provider::note_queued() const {
  const auto note = [&](const InHand& item, std::string_view why) {
    for (const mail::Recipient& recipient : item.envelope.recipients) {
      stage::Fact queued = fact(FactKind::queued, item, display(recipient.forward_path));
      queued.detail = std::string(why);
      stage_.journal.record(std::move(queued));
    }
  };
  for (const InHand& item : work_) note(item, "incoming");
  for (const InHand& item : backlog_) note(item, "held by an outage");
  outbound_.note_queued();
}

}  // namespace watershed::cloud
