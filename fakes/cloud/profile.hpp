// Which provider this is: how it greets, what it offers, and in which words it refuses. One row of data a provider.
//
// The words were read in captured sessions and the vendors' own lists of codes; figures that no vendor states are
// defaults of the tenant's settings, never rules.
#pragma once

#include "fakes/cloud/tenant.hpp"
#include "mail/reply.hpp"

#include <span>
#include <string>
#include <string_view>

namespace watershed::cloud {

/// A reply whose text has holes: {address} {domain} {host} {client} {id}.
struct ReplyForm {
  int code = 250;
  std::string_view status;
  std::string_view text;
};

struct Profile {
  std::string_view name;
  // The session.
  std::string_view greeting;  ///< hole {host}
  bool dsn = true;
  bool binary_mime = true;
  bool starttls = true;
  bool one_domain_per_transaction = false;
  ReplyForm mail_ok, rcpt_ok, data_go, queued;
  // Refusals in the session.
  ReplyForm unknown_recipient, relay_denied, restricted, direct_send, throttled, too_many_recipients, several_domains,
      too_large, hop_count, spam, filter_down;
  // Refusals after acceptance, for DSNs.
  ReplyForm recipient_not_found, external_forward, group_is_internal, group_sender, mailbox_is_internal,
      contact_is_internal, loop, expired;
  // Outages.
  ReplyForm unavailable, storage_unavailable, false_unknown;
  // Header fields and notices.
  std::string_view received_program;
  std::span<const std::string_view> stamps;  ///< fields with holes {client} {helo} {host} {scl} {sfv} {auth}
                                             ///< {direction} {cat} {date}
  std::string_view junk_folder;
  std::string_view notice_from;      ///< RFC5322.From of a DSN, hole {domain}
  std::string_view failed_subject;   ///< hole {subject}
  std::string_view delayed_subject;  ///< hole {subject}
  // Defaults of the tenant.
  mail::BareNewlinePolicy bare_newlines = mail::BareNewlinePolicy::keep;
  bool duplicate_suppression = false;
  bool sender_rewriting = false;
  bool external_forwarding = false;
  bool plus_addressing = true;
  Limits limits;
  QueueTimes queue;
};

std::span<const Profile> profiles();

/// Null when there is none of that name.
const Profile* find_profile(std::string_view name);

/// A tenant without domains and people, with the profile's defaults.
Tenant default_tenant(const Profile& profile);

/// What fills the holes of a ReplyForm; empty where it does not apply.
struct ReplyWords {
  std::string_view address = {};
  std::string_view domain = {};
  std::string_view host = {};
  std::string_view client = {};
  std::string_view id = {};
};

mail::Reply fill(const ReplyForm& form, const ReplyWords& words = {});

}  // namespace watershed::cloud
