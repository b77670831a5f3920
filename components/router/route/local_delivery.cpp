// See local_delivering.hpp. Here: aliases, :include: lists, and what their addresses lead to.
#include "components/router/route/local_delivery.hpp"

#include "base/text.hpp"
#include "components/router/postfix/logical_lines.hpp"
#include "components/router/route/address_rules.hpp"
#include "components/router/route/local_delivering.hpp"
#include "components/router/route/resolve.hpp"
#include "mail/address_list.hpp"

#include <algorithm>

namespace watershed::router {

LocalDelivery Delivering::run(const mail::ReversePath& reverse_path, const mail::Address& recipient) {
  Context context;
  context.reverse_path = reverse_path;
  deliver(internal_form(recipient), context, 0);
  return std::move(out_);
}

LocalAction& Delivering::act(LocalAction::Kind kind, const Context& context) {
  LocalAction action;
  action.kind = kind;
  action.reverse_path = context.reverse_path;
  action.trail = context.trail;
  if (!context.trail.empty()) action.decided_by = context.trail.back();
  out_.actions.push_back(std::move(action));
  return out_.actions.back();
}

void Delivering::fail(LocalAction::Kind kind, const Context& context, std::string_view status, std::string reason) {
  LocalAction& action = act(kind, context);
  action.status = status;
  action.reason = std::move(reason);
}

void Delivering::lookup_failed(const postfix::LookupError& error, const Context& context, std::string_view what) {
  if (error.not_understood) out_.not_understood.push_back({error.at, error.message});
  fail(LocalAction::Kind::defer, context, "4.3.0", std::string(what));
}

bool Delivering::is_loop(std::string_view address) const {
  return std::any_of(delivered_to_.begin(), delivered_to_.end(),
                     [&](const std::string& seen) { return equal_ignoring_case(trim(seen), address); });
}

void Delivering::deliver(const std::string& address, Context context, int depth) {
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
    // local(8): what an :include: list names is forwarded, never delivered with this delivery's rights; so is what a
    // .forward names, except its own account.
    const bool is_others = !context.forwarded_by.empty() && !equal_ignoring_case(context.forwarded_by, user);
    if (context.in_include || is_others) return forward(address, context);
    if (try_dot_forward(local, user, context, depth)) return;
  }
  if (try_mailbox(address, user, context)) return;
  deliver_unknown(address, local, user, context, depth);
}

bool Delivering::try_alias(const std::string& name, const Context& context, int depth) {
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

void Delivering::set_owner(const std::string& name, Context& context) {
  if (!rules_.owner_special) return;
  const std::string owner = "owner-" + name;
  const postfix::Lookup found = rules_.alias_maps.find(owner);
  if (found && *found) {
    const std::vector<std::string> addresses = mail::parse_address_list(rules_.expand_owner ? (*found)->value : owner);
    if (!addresses.empty()) {
      context.reverse_path =
          mail::ReversePath(address_from_internal(rules_.resolver.rules().complete(addresses.front())));
    }
  }
}

void Delivering::deliver_value(std::string_view value, const Context& context, int depth) {
  const std::vector<std::string> parts = split_destinations(value);
  if (parts.empty()) fail(LocalAction::Kind::bounce, context, "5.1.1", "no recipient in alias lookup result");
  for (const std::string& part : parts) deliver_part(part, context, depth);
}

void Delivering::deliver_part(const std::string& part, const Context& context, int depth) {
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
  for (const std::string& address : mail::parse_address_list(part)) deliver_address(address, context, depth);
}

void Delivering::deliver_include(const std::string& name, Context context, int depth) {
  const postfix::TableSource::File* file = rules_.config->file(name);
  if (file == nullptr || depth > nesting_max) {
    return fail(LocalAction::Kind::bounce, context, "5.3.5", "mail system configuration error");
  }
  context.in_include = true;
  if (postfix::logical_lines(file->text).empty()) {
    // Postfix drops the message without a word; here at least the loss has a name.
    context.trail.push_back({{file->shown_path, 0, 0}, ":include:"});
    LocalAction& action = act(LocalAction::Kind::discard, context);
    action.status = "2.0.0";
    action.reason = "the :include: list is empty";
    return;
  }
  deliver_lines(*file, ":include:", context, depth);
}

std::size_t Delivering::deliver_lines(const postfix::TableSource::File& file, std::string_view rule,
                                      const Context& context, int depth) {
  std::size_t count = 0;
  for (const postfix::LogicalLine& line : postfix::logical_lines(file.text)) {
    Context inner = context;
    inner.trail.push_back({{file.shown_path, line.line, 1}, std::string(rule)});
    for (const std::string& part : split_destinations(line.text)) {
      deliver_part(part, inner, depth + 1);
      ++count;
    }
  }
  return count;
}

void Delivering::deliver_address(const std::string& address, const Context& context, int depth) {
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

void Delivering::forward(const std::string& address, const Context& context) {
  if (!delivered_.insert("forward " + to_lower(address)).second) return;
  act(LocalAction::Kind::forward, context).address = address_from_internal(address);
}

LocalDelivery deliver_locally(const LocalAgent::Rules& rules, std::span<const std::string> delivered_to,
                              const mail::ReversePath& reverse_path, const mail::Address& recipient) {
  return Delivering(rules, delivered_to).run(reverse_path, recipient);
}

}  // namespace watershed::router
