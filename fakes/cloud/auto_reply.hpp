// Out-of-office replies: when none may be sent, and what one looks like. RFC 3834; the X-Auto-Response-Suppress field
// of Exchange. Pure.
#pragma once

#include "fakes/cloud/tenant.hpp"
#include "mail/message.hpp"
#include "mail/path.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace watershed::cloud {

/// False for notices, lists, bulk mail and programs: RFC 3834 §2 and §5, and the null reverse-path (RFC 5321 §4.5.5).
bool may_answer(const mail::Message& message, const mail::ReversePath& reverse_path);

/// What makes a new message unique and dated.
struct Identity {
  std::string message_id;  ///< without angle brackets
  std::int64_t unix_seconds = 0;
};

/// The reply to `original`, addressed to `to` (its reverse-path, RFC 3834 §4).
mail::Message compose_auto_reply(const Mailbox& owner, const mail::Message& original, const mail::Address& to,
                                 std::string_view text, const Identity& identity);

}  // namespace watershed::cloud
