// Builds the hosts of a world and lets them run. See simulated_world.hpp; what steps do to it is in
// simulated_steps.cpp.
#include "harness/lanes/simulated_world.hpp"

#include "harness/lanes/local_mail.hpp"
#include "harness/lanes/procmail_commands.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

SimulatedWorld::SimulatedWorld(std::shared_ptr<const World> world, std::uint64_t seed, std::size_t retain_max)
    : OnSimulatedStage(seed), StagedWorld(simulated_.stage, std::move(world), retain_max) {
  simulated_.network.add_address(world_->spec.dns_address, 1);
  for (const Host& host : hosts_) {
    for (const IpAddress& address : host.spec->addresses) simulated_.network.add_address(address, host.id);
  }
  build_fakes(1);
  parts_.resize(hosts_.size());
  for (std::size_t index = 0; index < hosts_.size(); ++index) build(index);
  add_links();
}

// Tasks refer to what goes next.
SimulatedWorld::~SimulatedWorld() { simulated_.executor.shut_down(); }

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
  links_ = std::make_unique<link::LinkModel>(std::move(options), simulated_.random.fork("links"), simulated_.executor);
  for (const HostSpec& host : spec.hosts) {
    const bool alone = std::find(named.begin(), named.end(), host.name) != named.end();
    for (const IpAddress& address : host.addresses) {
      links_->assign(address, alone ? group(host.name) : group_of_zone(host.zone));
    }
  }
  simulated_.network.set_links([this](IpAddress from, IpAddress to) {
    // A host asks its own parts, and every host its name server, without a wire between them.
    if (from == to || to == world_->spec.dns_address) return stage::Link{};
    return links_->link(from, to);
  });
}

void SimulatedWorld::build(std::size_t index) {
  const Host& host = hosts_[index];
  const HostConfig& config = world_->hosts[index];
  const HostSpec& spec = *host.spec;
  Parts& parts = parts_[index];
  if (config.router) {
    parts.local_mail = std::make_unique<LocalMail>(retain_max_);
    router::RouterOptions options;
    options.addresses = spec.addresses;
    options.dns_servers = {dns_};
    options.content_filter = filter_of(host);
    options.mailboxes = parts.local_mail.get();
    if (!config.procmail.empty()) {
      parts.commands = std::make_unique<ProcmailCommands>(spec.name, config.procmail, config.mailboxes);
      options.commands = parts.commands.get();
    }
    parts.router = std::make_unique<router::Router>(stage_, host.id, std::move(options), config.router);
  } else if (const auto* mail_store = std::get_if<MailStoreSpec>(&spec.role)) {
    store::MailStoreOptions options;
    options.hostname = spec.name;
    options.host = host.id;
    options.addresses = spec.addresses;
    options.retain = retain_max_;
    if (const HostSpec* submission = world_->spec.host(mail_store->submission)) {
      options.submission = Endpoint{submission->addresses.front(), 25};
    }
    parts.store = std::make_unique<store::MailStore>(stage_, std::move(options), config.mailboxes);
  }
}

StepError SimulatedWorld::start() {
  if (auto error = start_fakes()) return error;
  for (const Host& host : hosts_) {
    if (auto error = start_parts(parts_of(host))) return error;
  }
  return std::nullopt;
}

StepError SimulatedWorld::start_parts(Parts& parts) {
  if (parts.router) {
    if (const auto started = parts.router->start(); !started) return started.error().message;
  }
  if (parts.store) {
    if (const auto started = parts.store->start(); !started) return started.error().message;
  }
  return std::nullopt;
}

void SimulatedWorld::note_queues() {
  for (const Host& host : hosts_) {
    const Parts& parts = parts_of(host);
    if (parts.router) {
      for (const router::QueueItem& item : parts.router->queue()) {
        for (const std::string& recipient : item.recipients) {
          note_queued(host, item.custody, recipient, std::string(to_string(item.state)), item.reason);
        }
      }
    }
    if (parts.store) {
      for (const auto& [custody, waiting] : parts.store->waiting()) {
        note_queued(host, custody, waiting.recipient, "submission", waiting.reason);
      }
    }
  }
  StagedWorld::note_queues();
}

std::vector<StoredCopy> SimulatedWorld::copies() const {
  std::vector<StoredCopy> copies = StagedWorld::copies();
  for (const Parts& parts : parts_) {
    if (parts.local_mail) {
      for (const StoredCopy& copy : parts.local_mail->copies()) copies.push_back(copy);
    }
    if (parts.store) {
      for (const store::StoredMessage& stored : parts.store->stored()) {
        copies.push_back({stored.custody, stored.mailbox, stored.folder, stored.flags, stored.message, true});
      }
    }
  }
  return copies;
}

NotUnderstoodLines SimulatedWorld::not_understood() const {
  NotUnderstoodLines lines;
  for (const Parts& parts : parts_) {
    if (!parts.router) continue;
    for (const postfix::NotUnderstood& line : parts.router->not_understood()) {
      lines.push_back({to_file_line(line.at), line.text});
    }
  }
  return lines;
}

}  // namespace watershed::harness
