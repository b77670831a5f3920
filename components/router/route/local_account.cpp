// See local_delivering.hpp. Here: the recipient's account, and what comes of mail for an account that is not there.
#include "components/router/route/local_delivering.hpp"

#include "base/text.hpp"
#include "components/router/route/address_rules.hpp"
#include "components/router/route/resolve.hpp"

namespace watershed::router {

using postfix::Maps;

bool Delivering::try_dot_forward(const std::string& local, const std::string& user, const Context& context, int depth) {
  if (!rules_.reads_forward || depth > nesting_max) return false;
  const postfix::Lookup account = rules_.accounts->lookup(user);
  if (account && !*account) return false;
  // postconf(5) forward_path: the file for the address with its extension comes first.
  const postfix::TableSource::File* file = rules_.config->dot_forward(local);
  const bool has_extension = file != nullptr && local.size() > user.size();
  if (file == nullptr) file = rules_.config->dot_forward(user);
  if (file == nullptr) {
    note_unknown_forward(account, user);
    return false;
  }
  // Who is named in his own file gets the mail into his mailbox; who is reached again, nothing more.
  if (!delivered_.insert("forward file " + file->shown_path).second) return forwards_done_.contains(file->shown_path);
  Context inner = context;
  inner.expanded_from = local;
  inner.forwarded_by = user;
  inner.extension = rules_.propagates_forward && !has_extension ? local.substr(user.size()) : std::string{};
  if (deliver_lines(*file, "forward_path", inner, depth) == 0) return false;
  forwards_done_.insert(file->shown_path);
  return true;
}

void Delivering::note_unknown_forward(const postfix::Lookup& account, const std::string& user) {
  SourcePosition at;
  if (account) {
    at = (*account)->at;
  } else if (!rules_.mailbox_transport.empty()) {
    at = rules_.parameters.where("mailbox_transport");
  } else if (!rules_.mailbox_transport_maps.empty()) {
    at = rules_.parameters.where("mailbox_transport_maps");
  } else {
    return;  // the account itself is not known: try_mailbox says so
  }
  out_.not_understood.push_back({at, "the .forward of account " + user +
                                         " is not known; expected it as the folder's forward/" + user +
                                         " (empty where there is none), or an empty forward_path"});
}

void Delivering::hand_over(const std::string& setting, const std::string& address, const Context& context,
                           const DecidedBy& by) {
  const std::size_t colon = setting.find(':');
  LocalAction& action = act(LocalAction::Kind::transport, context);
  action.transport = setting.substr(0, colon);
  action.nexthop = colon == std::string::npos || colon + 1 == setting.size() ? std::string(domain_of(address))
                                                                             : setting.substr(colon + 1);
  action.address = address_from_internal(address);
  action.decided_by = by;
}

bool Delivering::try_transport_map(const Maps& maps, const std::string& user, const std::string& address,
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

bool Delivering::try_mailbox(const std::string& address, const std::string& user, const Context& context) {
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

void Delivering::deliver_unknown(const std::string& address, const std::string& local, const std::string& user,
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

void Delivering::deliver_luser(const LuserAddress& unknown, Context context, int depth) {
  const std::string target = expand_luser_relay(rules_.luser_relay, unknown);
  context.extension.clear();
  context.trail.push_back(rules_.parameters.decided_by("luser_relay"));
  const std::string completed = rules_.resolver.rules().complete(target);
  if (equal_ignoring_case(completed, unknown.address)) {
    return fail(LocalAction::Kind::bounce, context, "5.1.1", "unknown user: \"" + unknown.local + "\"");
  }
  deliver_address(target, context, depth + 1);
}

}  // namespace watershed::router
