// What happens to one message for one mailbox: a pure decision, as a list of actions that the provider carries out.
//
// Order, as providers do it: duplicates first, then the spam verdict, the owner's rules, the mailbox's forward, and
// last the out-of-office reply.
#pragma once

#include "fakes/cloud/directory.hpp"
#include "mail/message.hpp"
#include "mail/path.hpp"
#include "mail/reply.hpp"
#include "talk/content_filter.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::cloud {

struct Action {
  enum class Kind {
    store,          ///< into `folder`
    discard,        ///< `text` says why
    forward,        ///< the message as it is to `to`, by the mailbox's property
    rule_forward,   ///< a new message by the owner with the content, to `to`
    rule_redirect,  ///< the message as it is to `to`, marked against loops
    auto_reply,     ///< with `text`
  };
  Kind kind = Kind::store;
  std::string folder;
  std::string text;
  std::optional<mail::Address> to;
  std::optional<mail::Reply> refusal;  ///< a forward that policy forbids: it fails with this
  bool notice_goes_to_owner = false;   ///< who gets the DSN of such a forward: the mailbox's owner or the reverse-path
  std::string decided_by;
};

struct DeliveryRequest {
  const Tenant& tenant;
  const Directory& directory;
  const Mailbox& mailbox;
  const mail::Message& message;
  const mail::ReversePath& reverse_path;
  bool is_internal = false;   ///< sent from inside
  bool is_duplicate = false;  ///< the store has one with this Message-ID and Date
  bool via_group = false;
  bool was_answered = false;  ///< this correspondent already has an out-of-office reply
  talk::FilterAction verdict = talk::FilterAction::accept;
  std::string_view verdict_by;
};

/// Holds exactly one store or discard, first.
std::vector<Action> plan_delivery(const DeliveryRequest& request);

/// The field that marks what a rule sent on, with the rule owner's address.
inline constexpr std::string_view rules_loop_field = "X-MS-Exchange-Inbox-Rules-Loop";
/// That many rules may send one message on.
inline constexpr std::size_t rule_forwards_max = 3;

}  // namespace watershed::cloud
