// Builds the hosts of a world and lets them run. See simulated_world.hpp; what steps do to it is in
// simulated_steps.cpp.
#include "harness/lanes/simulated_world.hpp"

#include "base/text.hpp"
#include "harness/lanes/local_mail.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

using stage::Task;

SimulatedWorld::SimulatedWorld(std::shared_ptr<const World> world, std::uint64_t seed, std::size_t retain_max)
    : world_(std::move(world)),
      random_(seed),
      lineage_(journal_),
      network_(executor_, journal_),
      stage_{executor_, random_, network_, journal_},
      stub_(world_->zones),
      dns_server_(stage_, journal_.add_host("dns-stub"), stub_),
      dns_{world_->spec.dns_address, 53},
      retain_max_(retain_max),
      arrived_(executor_) {
  journal_.observe([this](const stage::Fact& fact) { on_fact(fact); });
  network_.add_address(world_->spec.dns_address, 1);
  add_hosts();
  add_links();
}

SimulatedWorld::~SimulatedWorld() { executor_.shut_down(); }

void SimulatedWorld::on_fact(const stage::Fact& fact) {
  if (fact.kind == stage::FactKind::offered && keep_offered_) offered_[fact.custody] = offering_;
  lineage_.take(fact);
  if (fact.kind == stage::FactKind::stored && arrived_.has_waiters()) arrived_.notify();
}

void SimulatedWorld::add_hosts() {
  const WorldSpec& spec = world_->spec;
  hosts_.resize(spec.hosts.size());
  for (std::size_t index = 0; index < spec.hosts.size(); ++index) {
    Host& host = hosts_[index];
    host.spec = &spec.hosts[index];
    host.id = journal_.add_host(host.spec->name);
    for (const IpAddress& address : host.spec->addresses) network_.add_address(address, host.id);
    const HostConfig& config = world_->hosts[index];
    if (config.spam_rules) {
      host.filter = std::make_unique<spam::SpamFilter>(
          stage_, spam::SpamFilterOptions{.name = host.spec->name, .host = host.id, .rules = *config.spam_rules});
    }
  }
  // Filters first: a router may ask another host's.
  for (std::size_t index = 0; index < hosts_.size(); ++index) build(hosts_[index], world_->hosts[index]);
}

link::GroupId SimulatedWorld::group_of_zone(std::string_view zone) const {
  const auto& zones = world_->spec.zones;
  const auto found = std::find_if(zones.begin(), zones.end(), [&](const ZoneSpec& each) { return each.name == zone; });
  return found == zones.end() ? 0 : static_cast<link::GroupId>(found - zones.begin() + 1);
}

void SimulatedWorld::add_links() {
  const WorldSpec& spec = world_->spec;
  const auto group = [&](const std::string& name) {
    const HostSpec* host = spec.host(name);
    return host == nullptr ? group_of_zone(name) : static_cast<link::GroupId>(1000 + (host - spec.hosts.data()));
  };
  // A host that a link names is a place of its own; every other one belongs to its zone.
  std::vector<std::string> named;
  link::LinkOptions options;
  options.default_latency = spec.latency;
  for (auto each = spec.links.rbegin(); each != spec.links.rend(); ++each) {
    options.latencies.push_back({group(each->from), group(each->to), each->latency, {}});
    named.push_back(each->from);
    named.push_back(each->to);
  }
  links_ = std::make_unique<link::LinkModel>(std::move(options), random_.fork("links"), executor_);
  for (const HostSpec& host : spec.hosts) {
    const bool alone = std::find(named.begin(), named.end(), host.name) != named.end();
    for (const IpAddress& address : host.addresses) {
      links_->assign(address, alone ? group(host.name) : group_of_zone(host.zone));
    }
  }
  network_.set_links([this](IpAddress from, IpAddress to) {
    // A host asks its own parts, and every host its name server, without a wire between them.
    if (from == to || to == world_->spec.dns_address) return stage::Link{};
    return links_->link(from, to);
  });
}

void SimulatedWorld::build(Host& host, const HostConfig& config) {
  const HostSpec& spec = *host.spec;
  talk::ContentFilter* filter = host.filter.get();
  if (!spec.milter.empty()) filter = find(spec.milter)->filter.get();
  if (config.router) {
    host.local_mail = std::make_unique<LocalMail>(retain_max_);
    router::RouterOptions options;
    options.addresses = spec.addresses;
    options.dns_servers = {dns_};
    options.content_filter = filter;
    options.mailboxes = host.local_mail.get();
    host.router = std::make_unique<router::Router>(stage_, host.id, std::move(options), config.router);
  } else if (const auto* mail_store = std::get_if<MailStoreSpec>(&spec.role)) {
    store::MailStoreOptions options;
    options.hostname = spec.name;
    options.host = host.id;
    options.addresses = spec.addresses;
    options.retain = retain_max_;
    if (const HostSpec* submission = world_->spec.host(mail_store->submission)) {
      options.submission = Endpoint{submission->addresses.front(), 25};
    }
    host.store = std::make_unique<store::MailStore>(stage_, std::move(options), config.mailboxes);
  } else if (config.tenant) {
    cloud::ProviderOptions options;
    options.host = host.id;
    options.hostname = spec.name;
    options.addresses = spec.addresses;
    options.dns_servers = {dns_};
    host.provider = std::make_unique<cloud::Provider>(stage_, std::move(options), *config.tenant, filter);
    host.provider->store().keep_messages(retain_max_ > 0);
  } else if (const auto* mta = std::get_if<MtaSpec>(&spec.role)) {
    build_mta(host, *mta);
  }
}

void SimulatedWorld::build_mta(Host& host, const MtaSpec& spec) {
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
  host.mta = std::make_unique<mta::FakeMta>(stage_, std::move(options));
}

StepError SimulatedWorld::start() {
  const auto dns_started = dns_server_.start(dns_);
  if (!dns_started) return dns_started.error().message;
  for (Host& host : hosts_) {
    if (auto error = start_host(host)) return error;
    // An outside MTA that goes down and comes up again only leaves the network: it listens once.
    if (!host.mta) continue;
    if (const auto started = host.mta->start(); !started) return started.error().message;
  }
  return std::nullopt;
}

StepError SimulatedWorld::start_host(Host& host) {
  if (host.router) {
    if (const auto started = host.router->start(); !started) return started.error().message;
  }
  if (host.store) {
    if (const auto started = host.store->start(); !started) return started.error().message;
  }
  if (host.provider) {
    if (const auto started = host.provider->start(); !started) return started.error().message;
  }
  return std::nullopt;
}

void SimulatedWorld::stop_host(Host& host) {
  if (host.router) host.router->stop();
  if (host.store) host.store->stop();
  if (host.provider) host.provider->stop();
}

SimulatedWorld::Host* SimulatedWorld::find(std::string_view name) {
  for (Host& host : hosts_) {
    if (equal_ignoring_case(host.spec->name, name)) return &host;
  }
  return nullptr;
}

void SimulatedWorld::note_queues() {
  const auto note = [this](const Host& host, stage::Custody custody, const std::string& recipient, std::string detail,
                           std::string text) {
    journal_.record({.kind = stage::FactKind::queued,
                     .host = host.id,
                     .at = executor_.now(),
                     .custody = custody,
                     .recipient = recipient,
                     .detail = std::move(detail),
                     .text = std::move(text)});
  };
  for (const Host& host : hosts_) {
    if (host.router) {
      for (const router::QueueItem& item : host.router->queue()) {
        for (const std::string& recipient : item.recipients) {
          note(host, item.custody, recipient, std::string(to_string(item.state)), item.reason);
        }
      }
    }
    if (host.store) {
      for (const auto& [custody, waiting] : host.store->waiting()) {
        note(host, custody, waiting.recipient, "submission", waiting.reason);
      }
    }
    if (host.provider) host.provider->note_queued();
    if (host.mta) host.mta->sender().note_queued();
  }
}

std::vector<StoredCopy> SimulatedWorld::copies() const {
  std::vector<StoredCopy> copies;
  for (const Host& host : hosts_) {
    if (host.local_mail) {
      for (const StoredCopy& copy : host.local_mail->copies()) copies.push_back(copy);
    }
    if (host.store) {
      for (const store::StoredMessage& stored : host.store->stored()) {
        copies.push_back({stored.custody, stored.mailbox, stored.folder, stored.flags, stored.message, true});
      }
    }
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

std::vector<NotUnderstoodLine> SimulatedWorld::not_understood() const {
  std::vector<NotUnderstoodLine> lines;
  for (const Host& host : hosts_) {
    if (!host.router) continue;
    for (const postfix::NotUnderstood& line : host.router->not_understood()) {
      const std::string place = to_file_line(line.at);
      const auto waived = [&](const WaiverSpec& waiver) {
        return world_->spec.shown_folder + "/" + waiver.place == place;
      };
      if (std::none_of(world_->spec.waivers.begin(), world_->spec.waivers.end(), waived)) {
        lines.push_back({place, line.text});
      }
    }
  }
  return lines;
}

}  // namespace watershed::harness
