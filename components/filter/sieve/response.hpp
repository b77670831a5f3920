// The messages that a script's actions make besides vacation replies: redirected ones, refusals, notices.
// RFC 5228 §4.2, RFC 5429 §2.2, RFC 5436.
#pragma once

#include "components/filter/sieve/outcome.hpp"
#include "components/filter/sieve/settings.hpp"
#include "mail/message.hpp"
#include "mail/path.hpp"

#include <cstdint>
#include <string>

namespace watershed::sieve {

/// The delivery that the action belongs to.
struct ResponseContext {
  const mail::ReversePath& reverse_path;
  const mail::ForwardPath& forward_path;
  const Settings& settings;
  std::string message_id;  ///< for a new message, with angle brackets
  std::int64_t unix_seconds = 0;
};

/// The message as it goes on, with a trace of who sent it on: the loop guard of RFC 5228 §4.2.
mail::Message compose_redirect(const mail::Message& message, const ResponseContext& context);
/// sieve_redirect_envelope_from; by default the message's own.
mail::ReversePath redirect_reverse_path(const ResponseContext& context);

/// A disposition notification that the message was deleted unread. RFC 5429 §2.2, RFC 8098.
mail::Message compose_rejection(const Reject& reject, const mail::Message& original, const ResponseContext& context);

/// RFC 5436 §2.7: with Auto-Submitted: auto-notified.
mail::Message compose_notice(const Notify& notify, const ResponseContext& context);
mail::ReversePath notify_reverse_path(const ResponseContext& context);

/// The account's own address.
std::string owner_address(const ResponseContext& context);

}  // namespace watershed::sieve
