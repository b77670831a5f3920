// See local_delivery.hpp. The order is that of local(8): alias (full local part, then without extension),
// mailbox_transport, the account's mailbox, fallback_transport, luser_relay, bounce.
#include "components/router/route/local_delivery.hpp"

#include "base/text.hpp"
#include "components/router/postfix/logical_lines.hpp"
#include "components/router/route/address_rules.hpp"
#include "components/router/route/alias_value.hpp"
#include "components/router/route/resolve.hpp"

#include <algorithm>
#include <set>

namespace watershed::router {

using postfix::Maps;

namespace {

constexpr int nesting_max = 100;
constexpr int visits_max = 20'000;  // aliases that double at each level end here

/// What changes on the way down through aliases.
struct Context {
  mail::ReversePath reverse_path;
  std::string expanded_from;  // the alias whose value is being delivered
  std::string extension;      // unmatched, with delimiter, to be propagated
  bool in_include = false;    // below an :include:, also through further aliases
  std::vector<DecidedBy> trail;
};

class Delivering {
 public:
  using Rules = LocalAgent::Rules;
  Delivering(const Rules& rules, std::span<const std::string> delivered_to)
      : rules_(rules), delivered_to_(delivered_to) {}

  LocalDelivery run(const mail::ReversePath& reverse_path, const mail::Address& recipient) {
    Context context;
    context.reverse_path = reverse_path;
    deliver(internal_form(recipient), context, 0);
    return std::move(out_);
  }

 private:
  LocalAction& act(LocalAction::Kind kind, const Context& context) {
    LocalAction action;
    action.kind = kind;
    action.reverse_path = context.reverse_path;
    action.trail = context.trail;
    if (!context.trail.empty()) action.decided_by = context.trail.back();
    out_.actions.push_back(std::move(action));
    return out_.actions.back();
  }

  void fail(LocalAction::Kind kind, const Context& context, std::string_view status, std::string reason) {
    LocalAction& action = act(kind, context);
    action.status = status;
    action.reason = std::move(reason);
  }

  void lookup_failed(const postfix::LookupError& error, const Context& context, std::string_view what) {
    if (error.not_understood) out_.not_understood.push_back({error.at, error.message});
    fail(LocalAction::Kind::defer, context, "4.3.0", std::string(what));
  }

  bool is_loop(std::string_view address) const {
    return std::any_of(delivered_to_.begin(), delivered_to_.end(),
                       [&](const std::string& seen) { return equal_ignoring_case(trim(seen), address); });
  }

  void deliver(const std::string& address, Context context, int depth) {
    if (++visits_ > visits_max) {
      if (visits_ == visits_max + 1) fail(LocalAction::Kind::defer, context, "4.3.0", "alias expansion is too large");
      return;
    }
    if (is_loop(address)) {
      return fail(LocalAction::Kind::bounce, context, "5.4.6", "mail forwarding loop for " + address);
    }
    std::string local = to_lower(local_part_of(address));
    const bool skips_aliases = local.starts_with('\\');
    if (skips_aliases) local.erase(0, 1);
    const auto split = rules_.extension_rule.split(local);
    const std::string user = split ? local.substr(0, *split) : local;
    if (!skips_aliases) {
      context.extension.clear();
      if (try_alias(local, context, depth)) return;
      if (split) {
        if (rules_.propagates_alias) context.extension = local.substr(*split);
        if (try_alias(user, context, depth)) return;
      }
      // local(8): what an :include: list names is forwarded, never delivered with this delivery's rights.
      if (context.in_include) return forward(address, context);
    }
    if (try_mailbox(address, user, context)) return;
    deliver_unknown(address, local, user, context, depth);
  }

  /// True when the alias exists (or its lookup failed): the recipient is dealt with.
  bool try_alias(const std::string& name, const Context& context, int depth) {
    // An alias that yields itself goes on to the mailbox.
    if (equal_ignoring_case(context.expanded_from, name)) return false;
    const postfix::Lookup found = rules_.alias_maps.find(name);
    if (!found) {
      lookup_failed(found.error(), context, "alias database unavailable");
      return true;
    }
    if (!*found) return false;
    if (depth > nesting_max) {
      fail(LocalAction::Kind::bounce, context, "5.4.6", "alias database loop for " + name);
      return true;
    }
    Context inner = context;
    inner.expanded_from = name;
    inner.trail.push_back({(*found)->at, rules_.alias_maps.parameter()});
    set_owner(name, inner);
    deliver_value((*found)->value, inner, depth + 1);
    return true;
  }

  /// aliases(5): "when an alias exists for owner-name, this will override the envelope sender address".
  void set_owner(const std::string& name, Context& context) {
    if (!rules_.owner_special) return;
    const std::string owner = "owner-" + name;
    const postfix::Lookup found = rules_.alias_maps.find(owner);
    if (found && *found) {
      const std::vector<std::string> addresses = parse_address_list(rules_.expand_owner ? (*found)->value : owner);
      if (!addresses.empty()) {
        context.reverse_path =
            mail::ReversePath(address_from_internal(rules_.resolver.rules().complete(addresses.front())));
      }
    }
  }

  void deliver_value(std::string_view value, const Context& context, int depth) {
    const std::vector<std::string> parts = split_destinations(value);
    if (parts.empty()) fail(LocalAction::Kind::bounce, context, "5.1.1", "no recipient in alias lookup result");
    for (const std::string& part : parts) deliver_part(part, context, depth);
  }

  void deliver_part(const std::string& part, const Context& context, int depth) {
    constexpr std::string_view include = ":include:";
    const std::string bare = without_quotes(part);
    if (starts_with_ignoring_case(bare, include))
      return deliver_include(std::string(trim(bare.substr(include.size()))), context, depth);
    if (bare.starts_with('|') || bare.starts_with('/')) {
      LocalAction& action = act(LocalAction::Kind::outside, context);
      action.reason = bare;
      out_.not_understood.push_back({action.decided_by.at, "delivery to " + bare + " is not modelled"});
      return;
    }
    for (const std::string& address : parse_address_list(part)) deliver_address(address, context, depth);
  }

  void deliver_include(const std::string& name, Context context, int depth) {
    const postfix::TableSource::File* file = rules_.config->file(name);
    if (file == nullptr || depth > nesting_max) {
      return fail(LocalAction::Kind::bounce, context, "5.3.5", "mail system configuration error");
    }
    context.in_include = true;
    const std::vector<DecidedBy> trail = context.trail;
    const std::vector<postfix::LogicalLine> lines = postfix::logical_lines(file->text);
    if (lines.empty()) {
      // Postfix drops the message without a word; here at least the loss has a name.
      context.trail.push_back({{file->shown_path, 0, 0}, ":include:"});
      LocalAction& action = act(LocalAction::Kind::discard, context);
      action.status = "2.0.0";
      action.reason = "the :include: list is empty";
      return;
    }
    for (const postfix::LogicalLine& line : lines) {
      context.trail = trail;
      context.trail.push_back({{file->shown_path, line.line, 1}, ":include:"});
      for (const std::string& part : split_destinations(line.text)) deliver_part(part, context, depth + 1);
    }
  }

  void deliver_address(const std::string& address, const Context& context, int depth) {
    const std::string completed = rules_.resolver.rules().complete(address);
    const Resolution resolution = rules_.resolver.resolve(context.reverse_path, address_from_internal(completed));
    out_.not_understood.insert(out_.not_understood.end(), resolution.not_understood.begin(),
                               resolution.not_understood.end());
    if (resolution.status == Resolution::Status::deferred) {
      return fail(LocalAction::Kind::defer, context, "4.3.0", "address resolver failure");
    }
    if (resolution.status == Resolution::Status::unresolvable) {
      return fail(LocalAction::Kind::bounce, context, "5.1.3", "bad recipient address syntax: " + completed);
    }
    std::string recipient = internal_form(resolution.recipient);
    if (!context.extension.empty()) {
      const std::string_view local = local_part_of(recipient);
      recipient = std::string(local) + context.extension + recipient.substr(local.size());
    }
    // local(8) looks at the transport's name: what belongs to another local service is a new message.
    const bool is_own = resolution.transport == rules_.transport;
    if (!is_own) return forward(recipient, context);
    deliver(recipient, context, depth);
  }

  void forward(const std::string& address, const Context& context) {
    if (!delivered_.insert("forward " + to_lower(address)).second) return;
    act(LocalAction::Kind::forward, context).address = address_from_internal(address);
  }

  void hand_over(const std::string& setting, const std::string& address, const Context& context, const DecidedBy& by) {
    const std::size_t colon = setting.find(':');
    LocalAction& action = act(LocalAction::Kind::transport, context);
    action.transport = setting.substr(0, colon);
    action.nexthop = colon == std::string::npos || colon + 1 == setting.size() ? std::string(domain_of(address))
                                                                               : setting.substr(colon + 1);
    action.address = address_from_internal(address);
    action.decided_by = by;
  }

  /// True when a per-user map gave a transport, or failed.
  bool try_transport_map(const Maps& maps, const std::string& user, const std::string& address,
                         const Context& context) {
    if (maps.empty()) return false;
    const postfix::Lookup found = maps.find(user);
    if (!found) {
      lookup_failed(found.error(), context, "table lookup error: " + maps.parameter());
      return true;
    }
    if (!*found) return false;
    hand_over((*found)->value, address, context, {(*found)->at, maps.parameter()});
    return true;
  }

  bool try_mailbox(const std::string& address, const std::string& user, const Context& context) {
    if (try_transport_map(rules_.mailbox_transport_maps, user, address, context)) return true;
    if (!rules_.mailbox_transport.empty()) {
      hand_over(rules_.mailbox_transport, address, context, rules_.parameters.decided_by("mailbox_transport"));
      return true;
    }
    const postfix::Lookup account = rules_.accounts->lookup(user);
    if (account && !*account) return false;
    if (!account)
      out_.not_understood.push_back(
          {rules_.parameters.where("mydestination"), "account " + user + ": " + account.error().message});
    if (!delivered_.insert("mailbox " + user).second) return true;
    const bool runs_command = !rules_.mailbox_command.empty();
    LocalAction& action = act(runs_command ? LocalAction::Kind::outside : LocalAction::Kind::mailbox, context);
    action.user = user;
    action.address = address_from_internal(address);
    if (account) action.decided_by = {(*account)->at, "unix:passwd.byname"};
    if (runs_command) {
      action.reason = rules_.mailbox_command;
      action.decided_by = rules_.parameters.decided_by("mailbox_command");
      out_.not_understood.push_back({action.decided_by.at, "mailbox_command is not modelled"});
    }
    return true;
  }

  void deliver_unknown(const std::string& address, const std::string& local, const std::string& user,
                       const Context& context, int depth) {
    if (try_transport_map(rules_.fallback_transport_maps, user, address, context)) return;
    if (!rules_.fallback_transport.empty()) {
      return hand_over(rules_.fallback_transport, address, context, rules_.parameters.decided_by("fallback_transport"));
    }
    if (!rules_.luser_relay.empty() && depth <= nesting_max) {
      return deliver_luser({address, local, user}, context, depth);
    }
    // local(8): mail for these two without an alias is thrown away with a warning.
    if (equal_ignoring_case(user, "mailer-daemon") || equal_ignoring_case(user, "postmaster")) {
      LocalAction& action = act(LocalAction::Kind::discard, context);
      action.status = "2.0.0";
      action.reason = "discarded";
      return;
    }
    fail(LocalAction::Kind::bounce, context, "5.1.1", "unknown user: \"" + local + "\"");
  }

  void deliver_luser(const LuserAddress& unknown, Context context, int depth) {
    const std::string target = expand_luser_relay(rules_.luser_relay, unknown);
    context.extension.clear();
    context.trail.push_back(rules_.parameters.decided_by("luser_relay"));
    const std::string completed = rules_.resolver.rules().complete(target);
    if (equal_ignoring_case(completed, unknown.address)) {
      return fail(LocalAction::Kind::bounce, context, "5.1.1", "unknown user: \"" + unknown.local + "\"");
    }
    deliver_address(target, context, depth + 1);
  }

  const Rules& rules_;
  std::span<const std::string> delivered_to_;
  LocalDelivery out_;
  std::set<std::string> delivered_;  // a mailbox, and an address in a forward, is served once
  int visits_ = 0;
};

}  // namespace

LocalDelivery deliver_locally(const LocalAgent::Rules& rules, std::span<const std::string> delivered_to,
                              const mail::ReversePath& reverse_path, const mail::Address& recipient) {
  return Delivering(rules, delivered_to).run(reverse_path, recipient);
}

}  // namespace watershed::router
