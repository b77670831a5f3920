// What tables want done to a message besides refusing and changing it, whichever way it comes in. access(5) "OTHER
// ACTIONS", header_checks(5).
#pragma once

#include "components/router/route/router_policy.hpp"

#include <optional>
#include <string>
#include <vector>

namespace watershed::router {

struct Engine;
struct NewMail;

struct MessageActions {
  bool hold = false;
  bool discard = false;
  std::optional<std::string> filter;    ///< FILTER transport:nexthop
  std::optional<std::string> redirect;  ///< REDIRECT user@domain
  std::vector<std::string> bcc;
  DecidedBy decided_by;  ///< of the last one that was no Bcc

  /// Those of header_checks and its like, on top: the last one of a kind is what counts.
  void add(const ContentOutcome& outcome);
};

/// Takes the actions over into the message, whose recipients are expanded already. An address that cannot be read is
/// "not understood".
void apply_actions(Engine& engine, const RouteDecider& decider, const MessageActions& actions,
                   const std::string& content_filter, NewMail& mail);

}  // namespace watershed::router
