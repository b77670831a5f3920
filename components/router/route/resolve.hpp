// From an address to (transport, next hop, recipient): what trivial-rewrite(8) answers to smtpd and qmgr. transport(5),
// ADDRESS_CLASS_README. Pure; the answer names what decided it.
#pragma once

#include "components/router/postfix/config.hpp"
#include "components/router/postfix/match_list.hpp"
#include "mail/path.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace watershed::router {

using postfix::DecidedBy;
using postfix::NotUnderstood;
using postfix::PostfixConfig;
using postfix::TransportKind;

/// ADDRESS_CLASS_README: the class picks the default transport and the recipient validation.
enum class AddressClass { local, virtual_alias, virtual_mailbox, relay, other };

std::string_view to_string(AddressClass address_class);

struct Resolution {
  enum class Status {
    resolved,
    deferred,      ///< a lookup failed for now: 451 4.3.0 at SMTP time, deferred in the queue
    unresolvable,  ///< the address has no meaning as a destination: bounce
  };
  Status status = Status::resolved;
  std::string transport;                        ///< name in master.cf, e.g. "smtp", "relay", "lmtp"
  TransportKind kind = TransportKind::unknown;  ///< what that name runs
  std::string nexthop;                          ///< `[host]:port`, `domain`, `inet:host:port`, error text …
  mail::Address recipient;                      ///< as it is given to the delivery agent
  AddressClass address_class = AddressClass::other;
  DecidedBy decided_by;                       ///< the transport's and next hop's cause
  DecidedBy class_by;                         ///< the class's cause
  bool has_routing_characters = false;        ///< user-specified routing (`user%a@b`, `a!b@c`): smtpd refuses relaying
  std::string fault;                          ///< why it is deferred or unresolvable
  std::vector<NotUnderstood> not_understood;  ///< e.g. an unmodelled table decides here
};

class AddressRules;

/// Holds the parsed lists of one configuration. Safe to share between threads: what it remembers of earlier answers is
/// guarded, and changes no answer.
class Resolver {
 public:
  explicit Resolver(std::shared_ptr<const PostfixConfig> config);
  ~Resolver();
  Resolver(Resolver&&) noexcept;
  Resolver& operator=(Resolver&&) noexcept;

  /// `reverse_path` feeds the sender_dependent_* maps.
  Resolution resolve(const mail::ReversePath& reverse_path, const mail::Address& recipient) const;
  /// The same without a copy. `recipient` in internal form.
  std::shared_ptr<const Resolution> resolve_shared(const mail::ReversePath& reverse_path,
                                                   std::string_view recipient) const;

  /// True when the domain is local (mydestination, own addresses); the trivial "is it mine" of rewriting and local(8).
  bool is_local_domain(std::string_view domain) const;

  /// The address rules that this resolver was built with.
  const AddressRules& rules() const;

  struct Lists;

 private:
  class Memo;

  std::unique_ptr<const Lists> lists_;
  std::unique_ptr<Memo> memo_;
};

}  // namespace watershed::router
