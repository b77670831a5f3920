// A world as its author wrote it: zones, hosts and the names of the configuration files. Nothing is loaded yet.
#pragma once

#include "base/diagnostic.hpp"
#include "base/ip_address.hpp"
#include "harness/yaml/shape.hpp"
#include "stage/time.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace watershed::harness {

struct ZoneSpec {
  std::string name;
  bool is_external = false;  ///< outside the organisation: may carry anything
  std::vector<std::string> carries;
  SourcePosition at;

  bool may_carry(std::string_view message_class) const;
};

/// A value that names a file or folder below the world's folder.
struct FileReference {
  std::string path;  ///< relative to the world's folder; empty when absent
  SourcePosition at;

  bool is_set() const { return !path.empty(); }
};

/// The rule processor on a router's host, for its pipe transports; without rules there is none.
struct RuleProcessorSpec {
  std::string program;      ///< procmail or maildrop
  FileReference rules;      ///< folder of its rule files, /usr/local/etc to its programs
  FileReference mailboxes;  ///< a mailbox lies in /var/mail/LOCALPART
};
struct RouterSpec {
  FileReference folder;
  RuleProcessorSpec rule_processor;
};
struct MailStoreSpec {
  FileReference mailboxes;
  FileReference filter;    ///< folder of Sieve scripts
  std::string submission;  ///< host through which redirects and auto-replies leave
};
struct CloudSpec {
  FileReference tenant;
};
struct MtaSpec {
  std::vector<std::string> sends_for;  ///< domains whose mail starts here
  std::string smart_host;              ///< host; empty: by MX
  std::vector<std::string> mailboxes;  ///< empty: every address
};
struct FilterHostSpec {};  ///< a host that is nothing but a content filter

using HostRole = std::variant<FilterHostSpec, RouterSpec, MailStoreSpec, CloudSpec, MtaSpec>;

struct HostSpec {
  std::string name;
  std::string zone;
  std::vector<IpAddress> addresses;
  HostRole role;
  FileReference spam_filter;
  std::string milter;  ///< another host's filter
  SourcePosition at;
};

struct LinkSpec {
  std::string from;
  std::string to;
  stage::Duration latency{};
};

struct WaiverSpec {
  std::string place;  ///< `postfix/int-mx/main.cf:12`
  std::string because;
  SourcePosition at;
};

/// Name servers that some clients see differently: split horizon, a stale secondary.
struct DnsViewSpec {
  std::string name;
  std::vector<std::string> seen_by;  ///< zones and hosts, all known
  std::vector<IpAddress> clients;    ///< their addresses
  std::vector<FileReference> zones;  ///< in place of the world's zones with the same apex
  SourcePosition at;
};

struct WorldSpec {
  std::string name;
  std::string description;
  std::filesystem::path folder;
  std::string shown_folder;  ///< how the folder is written in messages
  std::vector<ZoneSpec> zones;
  std::vector<HostSpec> hosts;
  std::vector<FileReference> dns_zones;
  std::vector<DnsViewSpec> dns_views;  ///< a client belongs to the first that names it
  IpAddress dns_address;
  stage::Duration latency{};
  std::vector<LinkSpec> links;
  std::vector<WaiverSpec> waivers;

  /// A path below the folder as messages write it.
  std::string shown(const std::string& path) const { return shown_folder.empty() ? path : shown_folder + "/" + path; }

  const ZoneSpec* zone(std::string_view zone_name) const;
  const HostSpec* host(std::string_view host_name) const;

  /// Classes that cross between the parts on purpose (a straggler to an old address, a duty forward).
  std::vector<std::string> bridges;

  /// All classes but the bridges: mail of two of them has no business on one host.
  std::vector<std::string> segregated_classes() const;
};

/// The table behind validation and the published schema.
yaml::Shape world_shape();

/// Reads `file`; `shown` is its name in messages. Names are resolved (zones, hosts, addresses used twice).
Parsed<WorldSpec> read_world_spec(const std::filesystem::path& file, const std::string& shown);

}  // namespace watershed::harness
