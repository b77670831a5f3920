// A tenant: what an organisation sets at its mail provider. Values only; every entry knows the line it was read from,
// so that a decision can name it. The reader of tenant files is in harness/world.
#pragma once

#include "base/diagnostic.hpp"
#include "base/ip_address.hpp"
#include "mail/address.hpp"
#include "mail/data_codec.hpp"
#include "stage/time.hpp"
#include "talk/patterns.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace watershed::cloud {

struct Profile;  // profile.hpp: which provider this is

enum class DomainKind {
  authoritative,   ///< every recipient is known here: an unknown one is refused
  internal_relay,  ///< shared with another system: an unknown recipient is relayed through a connector
};

struct AcceptedDomain {
  std::string name;
  DomainKind kind = DomainKind::authoritative;
  SourcePosition at;
};

/// Recognises a client as known: by its address, or by the name it says in EHLO (which stands for the name in its TLS
/// certificate; the stage models TLS as a state only).
struct InboundConnector {
  std::string name;
  std::vector<talk::NetworkPattern> clients;
  std::vector<std::string> client_names;
  bool is_internal = false;  ///< its mail counts as sent from inside (on-premises), not by an anonymous outsider
  bool may_relay = false;    ///< may send to domains that are not accepted here
  SourcePosition at;
};

/// Where mail leaves to: `name` is a host name, looked up by A and AAAA, unless `address` is given.
struct SmartHost {
  std::string name;
  std::optional<IpAddress> address;
  std::uint16_t port = 25;
};

/// Chosen by the recipient's domain, the first match in the file's order; `*` matches any domain, `*.x` every
/// subdomain.
struct OutboundConnector {
  std::string name;
  std::vector<std::string> domains;
  std::vector<SmartHost> smart_hosts;  ///< tried in this order; none: the domain's MX
  bool on_premises = false;            ///< no SRS: the other side is the same organisation
  SourcePosition at;
};

struct Forward {
  enum class Kind {
    mailbox,     ///< a property of the mailbox
    inbox_rule,  ///< a rule that the owner made
  };
  mail::Address to;
  bool keep_copy = true;
  Kind kind = Kind::mailbox;
  SourcePosition at;
};

/// Applies when all given conditions hold (none: always). Texts are searched without regard to case.
struct InboxRule {
  std::string name;
  std::string header_name;  ///< with `header_contains`
  std::string header_contains;
  std::string from_contains;               ///< in the From field
  std::string move_to;                     ///< folder; empty: stays where it was
  std::vector<mail::Address> forward_to;   ///< as a new message by the owner
  std::vector<mail::Address> redirect_to;  ///< as it is
  bool discard = false;
  bool stop = false;  ///< no further rules
  SourcePosition at;
};

struct OutOfOffice {
  std::string internal_text;
  std::string external_text;  ///< empty: outsiders get no answer
  bool is_active = true;
  SourcePosition at;
};

struct Alias {
  mail::Address address;
  SourcePosition at;
};

struct Mailbox {
  mail::Address address;  ///< the primary one
  std::string display_name;
  std::vector<Alias> aliases;
  std::vector<std::string> folders;  ///< beside Inbox and Junk
  std::optional<Forward> forward;
  std::vector<InboxRule> rules;
  std::optional<OutOfOffice> out_of_office;
  bool internal_only = false;          ///< refuses mail from outside
  std::vector<mail::Address> send_as;  ///< a shared mailbox: the mailboxes whose owners may send in its name
  SourcePosition at;
};

struct Group {
  mail::Address address;
  std::vector<Alias> aliases;
  std::vector<Alias> members;  ///< may be groups, or outside
  bool internal_only = false;
  std::vector<mail::Address> allowed_from;  ///< reverse-paths that may send to it; none: anybody
  SourcePosition at;
};

/// A name in the directory for a person elsewhere (mail contact, mail user).
struct Contact {
  mail::Address address;
  mail::Address to;
  bool internal_only = false;
  SourcePosition at;
};

struct ExternalForwarding {
  bool is_allowed = false;           ///< to any domain
  std::vector<std::string> domains;  ///< else to these; accepted domains are not external
  SourcePosition at;
};

/// A client that is not known yet is put off for its first `transactions` and for `duration` since it was first seen.
struct NewClientThrottle {
  std::uint64_t transactions = 0;
  stage::Duration duration{};
  SourcePosition at;
};

/// What the provider does to content, none by default. Each change is a `note` in the journal.
struct Mutations {
  std::string external_tag;  ///< put before the subject of mail from outside
  std::string banner;        ///< a first line in the text of mail from outside
  bool strip_trailing_blanks = false;
  SourcePosition at;
};

struct Limits {
  std::uint64_t message_size_octets = 0;
  int hops = 0;                           ///< Received fields; one more is refused
  std::size_t recipients_per_domain = 0;  ///< in one transaction; 0: no such limit
};

struct QueueTimes {
  stage::Duration retry_first{};  ///< doubles with each attempt up to `retry_max`
  stage::Duration retry_max{};
  stage::Duration expires_after{};
  stage::Duration delay_notice_after{};  ///< 0: never
};

/// When an unknown recipient is noticed.
enum class RecipientCheck { at_rcpt, after_acceptance };

struct Tenant {
  const Profile* profile = nullptr;  ///< never null: start from `default_tenant` (profile.hpp)
  std::string default_domain;
  std::vector<AcceptedDomain> domains;
  std::vector<talk::NetworkPattern> internal_networks;  ///< their clients are internal and may relay
  std::vector<InboundConnector> inbound_connectors;
  bool restrict_to_connectors = false;  ///< clients without a connector are refused
  bool reject_direct_send = false;      ///< an outsider with a reverse-path in an accepted domain is refused
  std::vector<OutboundConnector> outbound_connectors;
  std::vector<Mailbox> mailboxes;
  std::vector<Group> groups;
  std::vector<Contact> contacts;
  ExternalForwarding external_forwarding;
  bool sender_rewriting = true;
  std::optional<stage::Duration> duplicate_window;  ///< same Message-ID and Date in a mailbox: dropped
  std::optional<NewClientThrottle> new_client_throttle;
  Mutations mutations;
  bool stamps = true;           ///< the provider's own header fields
  bool plus_addressing = true;  ///< user+detail is user
  RecipientCheck recipient_check = RecipientCheck::at_rcpt;
  mail::BareNewlinePolicy bare_newlines = mail::BareNewlinePolicy::keep;
  Limits limits;
  QueueTimes queue;
  // Where the switches above stand, for `decided_by`.
  SourcePosition at;
  SourcePosition restrict_to_connectors_at;
  SourcePosition reject_direct_send_at;
  SourcePosition duplicate_window_at;
};

}  // namespace watershed::cloud
