// See router.hpp and engine.hpp.
#include "components/router/engine/router.hpp"

#include "base/text.hpp"
#include "components/router/engine/engine.hpp"
#include "components/router/engine/listeners.hpp"

#include <fmt/chrono.h>
#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace watershed::router {

using postfix::PostfixConfig;

namespace {

talk::ResolverSettings resolver_settings(const RouterOptions& options) {
  talk::ResolverSettings settings;
  if (!options.addresses.empty()) settings.local = options.addresses.front();
  settings.servers = options.dns_servers;
  return settings;
}

std::vector<IpAddress> mail_addresses(const RouterOptions& options, const PostfixConfig& config) {
  std::vector<IpAddress> addresses = options.addresses;
  for (const std::string& word : config.parameters().list("proxy_interfaces")) {
    if (const auto address = parse_ip_address(word)) addresses.push_back(*address);
  }
  return addresses;
}

}  // namespace

Engine::Engine(stage::Stage& on, stage::HostId self, RouterOptions given, std::shared_ptr<const RouteDecider> deciding)
    : stage(on),
      host(self),
      options(std::move(given)),
      random(on.random.fork(on.journal.host_name(self))),
      resolver(on, self, resolver_settings(options)),
      scheduler(*this),
      queue_manager(*this),
      listeners(std::make_unique<Listeners>(*this)) {
  configure(std::move(deciding));
}

Engine::~Engine() = default;

void Engine::configure(std::shared_ptr<const RouteDecider> deciding) {
  decider = std::move(deciding);
  memo.clear();
  settings = std::make_shared<const EngineSettings>(decider->config(), options.addresses);
  own_mail_addresses = mail_addresses(options, decider->config());
}

stage::Fact Engine::fact(stage::FactKind kind, stage::Custody custody) const {
  stage::Fact made;
  made.kind = kind;
  made.host = host;
  made.at = now();
  made.custody = custody;
  return made;
}

void Engine::note_not_understood(std::span<const NotUnderstood> items) {
  for (const NotUnderstood& item : items) {
    if (std::find(not_understood.begin(), not_understood.end(), item) != not_understood.end()) continue;
    not_understood.push_back(item);
    stage::Fact made = fact(stage::FactKind::note, 0);
    made.detail = "not understood";
    made.text = item.text;
    made.decided_by = to_file_line(item.at);
    stage.journal.record(std::move(made));
  }
}

Expansion Engine::expand(const mail::ReversePath& reverse_path, const std::vector<mail::Recipient>& recipients,
                         const std::string& service) {
  if (recipients.size() != 1) return decider->expand(reverse_path, recipients, service);
  const mail::Recipient& recipient = recipients.front();
  const mail::DsnNotify& notify = recipient.notify;
  MemoKey parts;
  parts.add(service).add_flag(reverse_path.is_null());
  if (!reverse_path.is_null()) parts.add(reverse_path.address());
  parts.add(recipient.forward_path.address()).add(recipient.original_recipient);
  for (const bool flag : {notify.specified, notify.never, notify.success, notify.failure, notify.delay}) {
    parts.add_flag(flag);
  }
  std::string key = parts.take();
  DecisionMemo::ExpansionPtr known = memo.expansion(key);
  if (!known) {
    known = std::make_shared<const Expansion>(decider->expand(reverse_path, recipients, service));
    memo.keep(std::move(key), known);
  }
  return *known;
}

std::string Engine::new_queue_id() {
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now()).count() % 1'000'000;
  return fmt::format(FMT_COMPILE("{:05X}{:X}"), microseconds, 0x20000 + ++queue_ids_);
}

std::string Engine::message_id(const std::string& queue_id) const {
  const std::tm utc = fmt::gmtime(static_cast<std::time_t>(unix_now()));
  return fmt::format("{:%Y%m%d%H%M%S}.{}@{}", utc, queue_id, settings->myhostname);
}

std::optional<IpAddress> Engine::own_address(bool v6) const {
  for (const IpAddress& address : options.addresses) {
    if (address.is_v6 == v6) return address;
  }
  return std::nullopt;
}

std::string journal_form(const DecidedBy& decided_by) {
  if (!decided_by.at.file.empty()) return to_file_line(decided_by.at);
  return decided_by.rule.empty() ? std::string() : "default " + decided_by.rule;
}

Router::Router(stage::Stage& stage, stage::HostId host, RouterOptions options,
               std::shared_ptr<const RouteDecider> decider)
    : engine_(std::make_unique<Engine>(stage, host, std::move(options), std::move(decider))) {}

Router::~Router() = default;

Result<bool, Error> Router::start() {
  if (engine_->running) return true;
  const auto listening = engine_->listeners->follow_configuration();
  if (!listening) {
    engine_->listeners->close_all();
    return listening;
  }
  engine_->running = true;
  ++engine_->generation;
  engine_->queue_manager.resume();
  return true;
}

void Router::stop() {
  if (!engine_->running) return;
  engine_->running = false;
  engine_->listeners->close_all();
  engine_->queue_manager.suspend();
}

bool Router::is_running() const { return engine_->running; }

Result<bool, Error> Router::replace_config(std::shared_ptr<const RouteDecider> decider) {
  engine_->configure(std::move(decider));
  if (!engine_->running) return true;
  engine_->queue_manager.reroute();
  return engine_->listeners->follow_configuration();
}

std::vector<QueueItem> Router::queue() const {
  std::vector<QueueItem> items;
  items.reserve(engine_->queue.size());
  for (const auto& [sequence, message] : engine_->queue.messages()) {
    QueueItem item;
    item.queue_id = message->id;
    item.custody = message->custody;
    item.state = message->state;
    item.reverse_path = display(message->envelope.reverse_path);
    item.age = engine_->now() - message->arrived;
    if (message->state == QueueState::deferred) item.next_attempt = message->next_attempt;
    for (const QueuedRecipient& recipient : message->recipients) {
      if (recipient.state == QueuedRecipient::State::done) continue;
      item.recipients.push_back(recipient.name());
      if (!recipient.last.text.empty()) item.reason = recipient.last.text;
    }
    items.push_back(std::move(item));
  }
  return items;
}

std::size_t Router::queue_size() const { return engine_->queue.size(); }

void Router::flush() { engine_->queue_manager.flush(); }

std::size_t Router::release_held() { return engine_->queue_manager.release_held(); }

const std::vector<NotUnderstood>& Router::not_understood() const { return engine_->not_understood; }

}  // namespace watershed::router
