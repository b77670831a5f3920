// See first_world.hpp. Small on purpose: two parts, one host that routes and one that stores in each, one correspondent
// outside. Names and addresses are those that documentation may use (RFC 2606, RFC 5737), so nothing here is a real
// host.
#include "cli/first_world.hpp"

#include <array>

namespace watershed::cli {

namespace {

constexpr std::string_view world_yaml =
    R"(# The world '@NAME@': which systems there are, and which configuration they read.
# `watershed schema world` prints the JSON Schema of this file, for completion in an editor.
version: 1
world: @NAME@
description: Two parts that must stay apart, and one correspondent outside.

# A zone is a part of the infrastructure. It may carry these classes of mail and no other; each scenario says of which
# class a message is.
zones:
  verification: { carries: [verification] }
  personal:     { carries: [personal] }
  internet:     { external: true }

# Master files as a name server reads them (RFC 1035).
dns: dns/@NAME@.zone

hosts:
  # A router reads a Postfix folder, a mail store reads its mailboxes; Sieve scripts are one key more (filter: sieve).
  mx.robots.example:    { zone: verification, address: 192.0.2.25, router: postfix/robots-mx }
  store.robots.example: { zone: verification, address: 192.0.2.30, mailstore: mailboxes/robots.yaml, submission: mx.robots.example }

  mx.people.example:    { zone: personal, address: 203.0.113.25, router: postfix/people-mx }
  store.people.example: { zone: personal, address: 203.0.113.30, mailstore: mailboxes/people.yaml, submission: mx.people.example }

  # A fake MTA sends and takes mail for everybody else.
  station.example:      { zone: internet, address: 198.51.100.10, mta: {} }
)";

constexpr std::string_view zone_file = R"(; DNS of this world; several zones, each with its own $ORIGIN.
$ORIGIN robots.example.
$TTL 1h
@       IN SOA  ns.robots.example. hostmaster.robots.example. ( 1 4h 1h 2w 5m )
        IN NS   ns.robots.example.
        IN MX   10 mx.robots.example.
ns      IN A    192.0.2.53
mx      IN A    192.0.2.25
store   IN A    192.0.2.30

$ORIGIN people.example.
$TTL 1h
@       IN SOA  ns.people.example. hostmaster.people.example. ( 1 4h 1h 2w 5m )
        IN NS   ns.people.example.
        IN MX   10 mx.people.example.
ns      IN A    192.0.2.53
mx      IN A    203.0.113.25
store   IN A    203.0.113.30

$ORIGIN station.example.
$TTL 1h
@       IN SOA  ns.station.example. hostmaster.station.example. ( 1 4h 1h 2w 5m )
        IN NS   ns.station.example.
        IN MX   10 station.example.
        IN A    198.51.100.10
ns      IN A    192.0.2.53
)";

constexpr std::string_view robots_main_cf =
    R"(# mx.robots.example: takes mail for robots.example and hands it to the store by LMTP.
# This is Postfix's own file: put the one that production reads in its place.
compatibility_level = 3.6
myhostname = mx.robots.example
mydomain = robots.example
myorigin = $mydomain
inet_protocols = ipv4
mynetworks = 127.0.0.0/8, 192.0.2.30
mydestination =
alias_maps =
local_recipient_maps =

virtual_mailbox_domains = robots.example
virtual_mailbox_maps = texthash:$config_directory/mailboxes
virtual_transport = lmtp:[store.robots.example]:24

smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
)";

constexpr std::string_view people_main_cf =
    R"(# mx.people.example: takes mail for people.example and hands it to the store by LMTP.
compatibility_level = 3.6
myhostname = mx.people.example
mydomain = people.example
myorigin = $mydomain
inet_protocols = ipv4
mynetworks = 127.0.0.0/8, 203.0.113.30
mydestination =
alias_maps =
local_recipient_maps =

virtual_mailbox_domains = people.example
virtual_mailbox_maps = texthash:$config_directory/mailboxes
virtual_transport = lmtp:[store.people.example]:24

smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
)";

constexpr std::string_view robots_mailboxes = R"(# Mailboxes on store.robots.example.
version: 1
mailboxes:
  autodrm@robots.example: {}
  postmaster@robots.example: {}
)";

constexpr std::string_view people_mailboxes = R"(# Mailboxes on store.people.example.
version: 1
mailboxes:
  anna@people.example: {}
  postmaster@people.example: {}
)";

constexpr std::string_view robots_map = R"(# Addresses that have a mailbox. What follows an address is not looked at.
autodrm@robots.example     store
postmaster@robots.example  store
)";

constexpr std::string_view people_map = R"(# Addresses that have a mailbox. What follows an address is not looked at.
anna@people.example        store
postmaster@people.example  store
)";

}  // namespace

std::span<const FirstFile> first_world_files() {
  static constexpr std::array files{
      FirstFile{"world.yaml", world_yaml},
      FirstFile{"dns/@NAME@.zone", zone_file},
      FirstFile{"postfix/robots-mx/main.cf", robots_main_cf},
      FirstFile{"postfix/robots-mx/mailboxes", robots_map},
      FirstFile{"postfix/people-mx/main.cf", people_main_cf},
      FirstFile{"postfix/people-mx/mailboxes", people_map},
      FirstFile{"mailboxes/robots.yaml", robots_mailboxes},
      FirstFile{"mailboxes/people.yaml", people_mailboxes},
  };
  return files;
}

std::string_view first_requirements() {
  return R"(# What has to hold before anyone cuts over. Scenarios name these ids; one that no scenario names is an error.
version: 1
requirements:
  SEG-1:
    title: Separate systems
    statement: No host handles mail of both classes.
)";
}

}  // namespace watershed::cli
