// Who gets an automatic reply, and what it looks like. RFC 5230 §4.5, §4.6, §5; RFC 3834.
#pragma once

#include "components/filter/sieve/input.hpp"
#include "components/filter/sieve/outcome.hpp"
#include "components/filter/sieve/settings.hpp"
#include "mail/message.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace watershed::sieve {

/// What the answer to "may this be answered?" depends on.
struct VacationQuestion {
  const mail::Message& message;
  const mail::ReversePath& reverse_path;
  const mail::ForwardPath& forward_path;
  const mail::ForwardPath* original_forward_path = nullptr;  ///< null: the same
  std::span<const std::string> own_addresses;
  const Settings& settings;
};

/// The one of `addresses` that the message was written to, where it names none of the recipient's other addresses.
std::optional<std::string> named_alias(const VacationQuestion& question, std::span<const std::string> addresses);

/// Why this message must not be answered, in words ("the reverse-path is null"); nothing when it may be.
/// `addresses` are the ones given with :addresses.
std::optional<std::string> why_not_answered(const VacationQuestion& question, std::span<const std::string> addresses);

/// The reply as a message: From, To, Subject, Date, Message-ID, In-Reply-To, References, Auto-Submitted and the reason.
/// `message_id` has its angle brackets. Its envelope has the null reverse-path (RFC 5230 §5.1) and goes to `reply.to`.
mail::Message compose_vacation(const Vacation& reply, const mail::Message& original, std::string_view message_id,
                               std::int64_t unix_seconds);

}  // namespace watershed::sieve
