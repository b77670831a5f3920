// What steps do to the simulated routers, mail stores and links. See theatre.hpp; the fakes are in staged_steps.cpp.
#include "base/text.hpp"
#include "harness/lanes/simulated_world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

stage::Task<StepError> SimulatedWorld::set_host(std::string name, bool up) {
  Host* host = find(name);
  if (host == nullptr) co_return fmt::format("there is no host '{}'", name);
  if (simulated_.network.is_host_up(host->id) == up) co_return std::nullopt;
  if (up) {
    simulated_.network.set_host_up(host->id, true);
    if (host->provider) {
      if (const auto started = host->provider->start(); !started) co_return started.error().message;
    }
    co_return start_parts(parts_of(*host));
  }
  const Parts& parts = parts_of(*host);
  if (parts.router) parts.router->stop();
  if (parts.store) parts.store->stop();
  if (host->provider) host->provider->stop();
  simulated_.network.set_host_up(host->id, false);
  co_return std::nullopt;
}

StepError SimulatedWorld::set_link(const std::string& a, const std::string& b, bool cut) {
  const std::string name = std::min(a, b) + " - " + std::max(a, b);
  if (!cut) {
    if (links_->remove_outages(name) == 0) return fmt::format("the link {} is not cut", name);
    return std::nullopt;
  }
  // Every address of a named host is cut off, and a host that is a place of its own still belongs to its zone.
  const auto ends = [this](const std::string& which) {
    std::vector<link::OutageEnd> found;
    for (const HostSpec& host : world_->spec.hosts) {
      if (!equal_ignoring_case(host.name, which) && host.zone != which) continue;
      for (const IpAddress& address : host.addresses) {
        found.push_back({link::OutageEnd::Kind::address, 0, address});
      }
    }
    return found;
  };
  for (const link::OutageEnd& one : ends(a)) {
    for (const link::OutageEnd& other : ends(b)) {
      links_->add_outage({.name = name, .kind = link::OutageKind::cut, .a = one, .b = other});
    }
  }
  return std::nullopt;
}

StepError SimulatedWorld::flush(const std::string& name) {
  const Host* host = find(name);
  if (host == nullptr || !parts_of(*host).router) return StagedWorld::flush(name);
  parts_of(*host).router->flush();
  return std::nullopt;
}

stage::Task<void> SimulatedWorld::pass(stage::Duration time) { co_await simulated_.executor.sleep_for(time); }

stage::Task<StepError> SimulatedWorld::configure_router(std::string name, FileReference,
                                                        std::shared_ptr<const router::RouteDecider> decider) {
  const auto replaced = parts_of(*find(name)).router->replace_config(std::move(decider));
  if (!replaced) co_return replaced.error().message;
  co_return std::nullopt;
}

StepError SimulatedWorld::configure_store(const std::string& name, const FileReference&,
                                          std::vector<store::MailboxSettings> mailboxes) {
  parts_of(*find(name)).store->replace_mailboxes(std::move(mailboxes));
  return std::nullopt;
}

}  // namespace watershed::harness
