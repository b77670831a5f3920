// One recipient's way through local(8). The order is that of local(8): alias (full local part, then without extension),
// the account's .forward, mailbox_transport, its mailbox, fallback_transport, luser_relay, bounce. What comes of the
// account and after it is in local_account.cpp.
#pragma once

#include "components/router/route/alias_value.hpp"
#include "components/router/route/local_rules.hpp"

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::router {

inline constexpr int nesting_max = 100;
inline constexpr int visits_max = 20'000;  // aliases that double at each level end here

/// What changes on the way down through aliases.
struct LocalContext {
  mail::ReversePath reverse_path;
  std::string expanded_from;  // the alias whose value is being delivered
  std::string extension;      // unmatched, with delimiter, to be propagated
  bool in_include = false;    // below an :include:, also through further aliases
  std::string forwarded_by;   // the account whose .forward is being delivered
  std::vector<DecidedBy> trail;
};

class Delivering {
 public:
  using Rules = LocalAgent::Rules;
  using Context = LocalContext;
  Delivering(const Rules& rules, std::span<const std::string> delivered_to)
      : rules_(rules), delivered_to_(delivered_to) {}

  LocalDelivery run(const mail::ReversePath& reverse_path, const mail::Address& recipient);

 private:
  LocalAction& act(LocalAction::Kind kind, const Context& context);
  void fail(LocalAction::Kind kind, const Context& context, std::string_view status, std::string reason);
  void lookup_failed(const postfix::LookupError& error, const Context& context, std::string_view what);
  bool is_loop(std::string_view address) const;
  void deliver(const std::string& address, Context context, int depth);
  /// True when the alias exists (or its lookup failed): the recipient is dealt with.
  bool try_alias(const std::string& name, const Context& context, int depth);
  /// aliases(5): "when an alias exists for owner-name, this will override the envelope sender address".
  void set_owner(const std::string& name, Context& context);
  void deliver_value(std::string_view value, const Context& context, int depth);
  void deliver_part(const std::string& part, const Context& context, int depth);
  void deliver_include(const std::string& name, Context context, int depth);
  /// The destinations of a file in aliases(5) value format; how many there are.
  std::size_t deliver_lines(const postfix::TableSource::File& file, std::string_view rule, const Context& context,
                            int depth);
  void deliver_address(const std::string& address, const Context& context, int depth);
  void forward(const std::string& address, const Context& context);

  /// False where the account has no .forward, an empty one, or is being delivered to by it.
  bool try_dot_forward(const std::string& local, const std::string& user, const Context& context, int depth);
  void note_unknown_forward(const postfix::Lookup& account, const std::string& user);
  void hand_over(const std::string& setting, const std::string& address, const Context& context, const DecidedBy& by);
  /// True when a per-user map gave a transport, or failed.
  bool try_transport_map(const postfix::Maps& maps, const std::string& user, const std::string& address,
                         const Context& context);
  bool try_mailbox(const std::string& address, const std::string& user, const Context& context);
  void deliver_unknown(const std::string& address, const std::string& local, const std::string& user,
                       const Context& context, int depth);
  void deliver_luser(const LuserAddress& unknown, Context context, int depth);

  const Rules& rules_;
  std::span<const std::string> delivered_to_;
  LocalDelivery out_;
  std::set<std::string> delivered_;  // a mailbox, an address in a forward, and a .forward is served once
  std::set<std::string> forwards_done_;
  int visits_ = 0;
};

}  // namespace watershed::router
