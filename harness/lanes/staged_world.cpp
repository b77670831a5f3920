// See staged_world.hpp. What steps do to the fakes is in staged_steps.cpp.
#include "harness/lanes/staged_world.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace watershed::harness {

StagedWorld::StagedWorld(stage::Stage& stage, std::shared_ptr<const World> world, std::size_t retain_max)
    : world_(std::move(world)),
      stage_(stage),
      lineage_(stage.journal),
      stub_(world_->zones),
      dns_server_(stage, stage.journal.add_host("dns-stub"), stub_),
      dns_{world_->spec.dns_address, 53},
      retain_max_(retain_max),
      arrived_(stage.executor) {
  stage_.journal.observe([this](const stage::Fact& fact) { on_fact(fact); });
  for (const dns::View& view : world_->dns_views) stub_.set_view(view);
  const WorldSpec& spec = world_->spec;
  hosts_.resize(spec.hosts.size());
  for (std::size_t index = 0; index < spec.hosts.size(); ++index) {
    hosts_[index].spec = &spec.hosts[index];
    hosts_[index].id = stage_.journal.add_host(spec.hosts[index].name);
  }
}

StagedWorld::~StagedWorld() = default;

void StagedWorld::on_fact(const stage::Fact& fact) {
  if (fact.kind == stage::FactKind::offered && keep_offered_) offered_[fact.custody] = offering_;
  lineage_.take(fact);
  if (fact.kind == stage::FactKind::stored && arrived_.has_waiters()) arrived_.notify();
}

namespace {

stage::Duration shortened(stage::Duration duration, double time_factor) {
  return std::chrono::duration_cast<stage::Duration>(duration / time_factor);
}

}  // namespace

void StagedWorld::build_fakes(double time_factor) {
  // Filters first: a provider may ask another host's.
  for (std::size_t index = 0; index < hosts_.size(); ++index) {
    Host& host = hosts_[index];
    if (!world_->hosts[index].spam_rules) continue;
    host.filter = std::make_unique<spam::SpamFilter>(
        stage_,
        spam::SpamFilterOptions{.name = host.spec->name, .host = host.id, .rules = *world_->hosts[index].spam_rules});
  }
  for (std::size_t index = 0; index < hosts_.size(); ++index) {
    Host& host = hosts_[index];
    if (world_->hosts[index].tenant) build_provider(host, *world_->hosts[index].tenant, time_factor);
    if (const auto* mta = std::get_if<MtaSpec>(&host.spec->role)) build_mta(host, *mta, time_factor);
  }
}

spam::SpamFilter* StagedWorld::filter_of(const Host& host) {
  if (host.spec->milter.empty()) return host.filter.get();
  return find(host.spec->milter)->filter.get();
}

void StagedWorld::build_provider(Host& host, cloud::Tenant tenant, double time_factor) {
  tenant.queue.retry_first = shortened(tenant.queue.retry_first, time_factor);
  tenant.queue.retry_max = shortened(tenant.queue.retry_max, time_factor);
  cloud::ProviderOptions options;
  options.host = host.id;
  options.hostname = host.spec->name;
  options.addresses = host.spec->addresses;
  options.dns_servers = {dns_};
  host.provider = std::make_unique<cloud::Provider>(stage_, std::move(options), std::move(tenant), filter_of(host));
  host.provider->store().keep_messages(retain_max_ > 0);
}

void StagedWorld::build_mta(Host& host, const MtaSpec& spec, double time_factor) {
  mta::FakeMtaOptions options;
  options.hostname = host.spec->name;
  options.host = host.id;
  options.addresses = host.spec->addresses;
  options.retain = retain_max_;
  for (const std::string& mailbox : spec.mailboxes) options.mailboxes.push_back({mailbox, {}});
  if (const HostSpec* smart_host = world_->spec.host(spec.smart_host)) {
    options.sender.smart_host = to_string(smart_host->addresses.front());
  }
  options.sender.resolver.servers = {dns_};
  options.sender.retry.first = shortened(options.sender.retry.first, time_factor);
  options.sender.retry.longest = shortened(options.sender.retry.longest, time_factor);
  host.mta = std::make_unique<mta::FakeMta>(stage_, std::move(options));
}

StepError StagedWorld::start_fakes() {
  if (const auto started = dns_server_.start(dns_); !started) return started.error().message;
  for (Host& host : hosts_) {
    if (host.provider) {
      if (const auto started = host.provider->start(); !started) return started.error().message;
    }
    if (host.mta) {
      if (const auto started = host.mta->start(); !started) return started.error().message;
    }
  }
  return std::nullopt;
}

StagedWorld::Host* StagedWorld::find(std::string_view name) {
  for (Host& host : hosts_) {
    if (equal_ignoring_case(host.spec->name, name)) return &host;
  }
  return nullptr;
}

void StagedWorld::note_queued(const Host& host, stage::Custody custody, const std::string& recipient,
                              std::string detail, std::string text) {
  stage_.journal.record({.kind = stage::FactKind::queued,
                         .host = host.id,
                         .at = stage_.executor.now(),
                         .custody = custody,
                         .recipient = recipient,
                         .detail = std::move(detail),
                         .text = std::move(text)});
}

void StagedWorld::note_queues() {
  for (const Host& host : hosts_) {
    if (host.provider) host.provider->note_queued();
    if (host.mta) host.mta->sender().note_queued();
  }
}

std::vector<StoredCopy> StagedWorld::copies() const {
  std::vector<StoredCopy> copies;
  for (const Host& host : hosts_) {
    if (host.provider) {
      for (const cloud::Mailbox& mailbox : host.provider->tenant().mailboxes) {
        for (const cloud::StoredMessage& stored : host.provider->store().messages(mailbox.address)) {
          copies.push_back({stored.custody,
                            to_string(mailbox.address),
                            stored.folder,
                            {},
                            std::make_shared<const mail::Message>(stored.message),
                            true});
        }
      }
    }
    if (host.mta) {
      for (const mta::ReceivedTransaction& received : host.mta->received()) {
        const auto message = std::make_shared<const mail::Message>(received.message);
        for (const mail::Recipient& recipient : received.envelope.recipients) {
          copies.push_back({received.custody, display(recipient.forward_path), "INBOX", {}, message, false});
        }
      }
    }
  }
  return copies;
}

}  // namespace watershed::harness
