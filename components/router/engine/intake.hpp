// How mail enters the queue, whoever brings it: the facts of its rewriting, then the queue. cleanup(8).
#pragma once

#include "components/router/engine/queue.hpp"
#include "components/router/route/rewrite.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {

struct Engine;

/// What cleanup made of the recipients, as the journal tells it: `recipient` was replaced by `replacement` (its own
/// name: it stays, others join), or was merged into mail that already goes to `replacement`.
struct RecipientChange {
  bool merged = false;
  std::string recipient;
  std::string replacement;
  std::string decided_by;

  bool operator==(const RecipientChange&) const = default;
};

/// The changes from the received recipients to the expansion, such that every received recipient ends in exactly one
/// of: unchanged, replaced, merged. A `merged` change whose `replacement` cannot be told from the expansion has it
/// empty.
std::vector<RecipientChange> recipient_changes(const std::vector<mail::Recipient>& received,
                                               const std::vector<FinalRecipient>& expanded);

/// A message whose custody this host already has (the fact is recorded), on its way into the queue.
struct NewMail {
  std::string queue_id;
  stage::Custody custody = 0;
  mail::Envelope envelope;  ///< as received, with its recipients
  std::shared_ptr<const mail::Message> message;
  std::uint64_t body_hash = 0;
  Expansion expansion;
  std::string filter;
  std::optional<mail::Address> redirect;  ///< REDIRECT action: goes there instead of to its recipients
  std::string hold_reason;                ///< not empty: it goes to the hold queue
  std::string discard_reason;             ///< not empty: it is dropped
  std::string decided_by;                 ///< of hold and discard
};

/// Records what became of the recipients and queues the message.
void admit(Engine& engine, NewMail mail);

/// Mail that this host, or a program on it, makes because of another message.
struct InternalMail {
  std::string queue_id;
  mail::ReversePath reverse_path;
  std::vector<mail::Recipient> recipients;
  mail::Message message;  ///< without a Received field of this host
  bool smtputf8 = false;
  mail::BodyType body_type = mail::BodyType::seven_bit;
  stage::Custody cause = 0;
  std::string_view detail;                ///< of the `spawned` facts
  std::vector<std::string> on_behalf_of;  ///< recipients of the cause
  std::string decided_by;
  bool is_forward = false;  ///< by local(8): its header section was treated when the message came in
  int user_id = -1;         ///< of who called sendmail(1); negative: this host itself made it

  bool is_submission() const { return user_id >= 0; }
};

/// Takes custody (`spawned`), checks what a program submits as pickup(8) has it checked, expands, queues.
void inject(Engine& engine, InternalMail mail);

}  // namespace watershed::router
