// Notices: who is told what about a message that failed, waits or arrived. bounce(8), RFC 3461 §4.1, §5, RFC 3464.
#pragma once

#include "components/router/engine/queue.hpp"

#include <string_view>

namespace watershed::router {

struct Engine;

/// Who is told that a recipient failed.
enum class NoticeFate {
  sent,               ///< a DSN is due
  unwanted,           ///< RFC 3461 §4.1: NOTIFY says that nobody wants to know
  null_reverse_path,  ///< RFC 5321 §4.5.5: never gets a DSN, and notify_classes does not name 2bounce
  double_bounce,      ///< a notice about a notice that failed in its turn
};

NoticeFate notice_fate(const QueuedMessage& message, const mail::Recipient& recipient, const EngineSettings& settings);

/// True when the original message goes back whole: RET says so or is silent, and it is not over bounce_size_limit.
bool returns_full_message(const QueuedMessage& message, const EngineSettings& settings);

/// Sends what `message->notices` asks for: one notice of failures and one of successes. Empties the list.
void send_notices(Engine& engine, const MessagePtr& message);

/// Tells the sender once that the message is late, where its recipients did not refuse such notices.
void send_delay_notice(Engine& engine, const MessagePtr& message);

}  // namespace watershed::router
