// Messages that a provider writes or rewrites on behalf of a mailbox's owner: replies, rule forwards, redirects. Pure.
#pragma once

#include "fakes/cloud/auto_reply.hpp"
#include "fakes/cloud/tenant.hpp"
#include "mail/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace watershed::cloud {

/// `form` with its hole {subject} filled by the message's subject, which is cut to 255 octets.
std::string subject_line(std::string_view form, const mail::Message& message);

/// `Display Name <a@b>`.
std::string from_field(const Mailbox& owner);

/// In-Reply-To and References lines for an answer to `original` (RFC 5322 §3.6.4); empty when it has no Message-ID.
std::string thread_fields(const mail::Message& original);

/// Where an answer goes: Reply-To, else From (RFC 5322 §3.6.2); nothing when neither holds an address.
std::optional<mail::Address> answer_address(const mail::Message& original);

/// A person's answer with `body` as text.
mail::Message compose_answer(const Mailbox& owner, const mail::Message& original, const mail::Address& to,
                             std::string_view body, const Identity& identity);

/// A rule's forward: a new message by the owner, with the content as it was.
mail::Message compose_rule_forward(const Mailbox& owner, const mail::Message& original, const mail::Address& to,
                                   const Identity& identity);

/// A rule's redirect: the message as it is, with Resent fields (RFC 5322 §3.6.6) and the mark against loops.
mail::Message mark_redirect(const Mailbox& owner, const mail::Message& original, const mail::Address& to,
                            const Identity& identity);

}  // namespace watershed::cloud
