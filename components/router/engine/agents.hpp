// The delivery agents by kind: what master.cf's transports come down to.
#pragma once

#include "components/router/engine/delivery.hpp"

namespace watershed::router {

struct Engine;

/// Delivers the batch and says what became of each recipient. `session` is used by smtp and lmtp only.
stage::Task<DeliveryReport> deliver(Engine& engine, const Destination& destination, const Batch& batch,
                                    SmtpSession& session);

}  // namespace watershed::router
