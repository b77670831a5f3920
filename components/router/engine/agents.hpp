// The delivery agents by kind: what master.cf's transports come down to.
#pragma once

#include "components/router/engine/delivery.hpp"

namespace watershed::router {

struct Engine;

/// Delivers the batch and says what became of each recipient. `session` is used by smtp and lmtp only.
stage::Task<DeliveryReport> deliver(Engine& engine, const Destination& destination, const Batch& batch,
                                    SmtpSession& session);

/// local(8): aliases, mailboxes, forwards. One outcome for the recipient.
Outcome deliver_local(Engine& engine, const MessagePtr& message, std::size_t recipient);

/// virtual(8): the mailbox that virtual_mailbox_maps names, or none.
Outcome deliver_virtual(Engine& engine, const QueuedMessage& message, std::size_t recipient);

}  // namespace watershed::router
