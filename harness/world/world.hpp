// A world with all its configuration read and checked, ready to be built on a Stage any number of times.
#pragma once

#include "components/router/route/router_policy.hpp"
#include "components/store/mailbox.hpp"
#include "fakes/cloud/tenant.hpp"
#include "fakes/dns/stub.hpp"
#include "fakes/dns/zone.hpp"
#include "fakes/spam/rule.hpp"
#include "harness/scenario/scenario.hpp"
#include "harness/world/changed_folder.hpp"
#include "harness/world/not_understood.hpp"
#include "harness/world/procmail_rules.hpp"
#include "harness/world/world_spec.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watershed::harness {

/// What a host's files say, by role; only the parts of its role are set.
struct HostConfig {
  std::shared_ptr<const router::RouteDecider> router;
  std::vector<store::MailboxSettings> mailboxes;
  ProcmailRules procmail;
  std::optional<cloud::Tenant> tenant;
  std::optional<std::vector<spam::Rule>> spam_rules;
};

struct World {
  WorldSpec spec;
  std::vector<HostConfig> hosts;  ///< in the order of spec.hosts
  dns::ZoneSet zones;
  std::vector<dns::View> dns_views;   ///< in the order of spec.dns_views
  NotUnderstoodLines not_understood;  ///< of the folders that hosts begin with: what no waiver covers
  Diagnostics warnings;
  std::shared_ptr<const ChangedFolder> changed;  ///< keeps the folder of a changed world
};

/// Reads `folder`/world.yaml and everything that it names. All errors of all files come together.
Parsed<std::shared_ptr<const World>> load_world(const std::filesystem::path& folder, const std::string& shown_folder,
                                                std::span<const Change> changes = {});

/// One part of it, for the configure step. `path` is relative to the world's folder, `asked_for` the place that names
/// it.
Parsed<std::shared_ptr<const router::RouteDecider>> load_router(const WorldSpec& world, const HostSpec& host,
                                                                const FileReference& folder);
Parsed<std::vector<store::MailboxSettings>> load_mailboxes(const WorldSpec& world, const FileReference& mailboxes,
                                                           const FileReference& filter);
Parsed<cloud::Tenant> load_tenant(const WorldSpec& world, const FileReference& tenant);
Parsed<dns::ZoneSet> load_world_zones(const WorldSpec& world, std::span<const FileReference> files);

}  // namespace watershed::harness
