// What local(8) makes of a recipient: aliases with :include: lists and owner- aliases, mailbox, fallback. aliases(5),
// local(8). Pure: deliveries that leave the model (|command, /file) come out as such and are "not understood".
#pragma once

#include "components/router/postfix/config.hpp"
#include "mail/path.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {

using postfix::DecidedBy;
using postfix::NotUnderstood;
using postfix::PostfixConfig;

/// One thing that local(8) does for one recipient.
struct LocalAction {
  enum class Kind {
    mailbox,    ///< stored for `user`
    forward,    ///< becomes a new message to `address`, from `reverse_path` (new queue id, Delivered-To is added)
    transport,  ///< handed to mailbox_transport or fallback_transport: `transport`, `nexthop`, recipient `address`
    bounce,     ///< `reason` with `status`
    defer,      ///< `reason` with `status`
    discard,    ///< thrown away as local(8) does for an unaliased postmaster
    outside,    ///< |command, /file, mailbox_command: not modelled, also listed in not_understood
  };
  Kind kind = Kind::bounce;
  std::string user;
  mail::Address address;
  mail::ReversePath reverse_path;  ///< owner-alias where there is one, else the message's
  std::string transport;
  std::string nexthop;
  std::string status;  ///< enhanced status, "5.1.1"
  std::string reason;  ///< `unknown user: "x"`
  DecidedBy decided_by;
  std::vector<DecidedBy> trail;  ///< the alias lines passed through
};

struct LocalDelivery {
  std::vector<LocalAction> actions;
  std::vector<NotUnderstood> not_understood;
};

class Resolver;

class LocalAgent {
 public:
  /// `resolver` must outlive the agent: it says which alias targets are this agent's own.
  /// `transport` is its name in master.cf: there may be several, each with parameters of its own.
  LocalAgent(std::shared_ptr<const PostfixConfig> config, const Resolver& resolver,
             std::string_view transport = "local");
  ~LocalAgent();
  LocalAgent(LocalAgent&&) noexcept;
  LocalAgent& operator=(LocalAgent&&) noexcept;

  /// `delivered_to`: the addresses in the message's Delivered-To fields; a recipient among them is a loop (5.4.6).
  LocalDelivery deliver(const mail::ReversePath& reverse_path, const mail::Address& recipient,
                        std::span<const std::string> delivered_to = {}) const;

  struct Rules;

 private:
  std::unique_ptr<const Rules> rules_;
};

}  // namespace watershed::router
