// Mail that a program on this host gives to sendmail(1): what pickup(8) has cleanup(8) do to it before its recipients
// are expanded. Mail that the host makes itself (notices, what local(8) forwards) passes none of this.
#pragma once

#include "components/router/engine/intake.hpp"
#include "components/router/engine/message_actions.hpp"

#include <optional>

namespace watershed::router {

struct PickedUp {
  MessageActions actions;
  std::optional<mail::Reply> refusal;  ///< cleanup(8) does not take it
};

/// Checks and completes `made.message`, on which the Received field of this host stands already.
PickedUp pick_up(Engine& engine, InternalMail& made);

}  // namespace watershed::router
