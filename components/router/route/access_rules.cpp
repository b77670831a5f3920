// See access_rules.hpp.
#include "components/router/route/access_rules.hpp"

#include <algorithm>
#include <set>
#include "base/contains.hpp"

namespace watershed::router {

namespace {

/// Restrictions, any one of which keeps this host from being an open relay (smtpd(8), postconf(5)
/// smtpd_relay_restrictions: "at least one working instance of").
bool is_relay_stop(const Restriction& restriction) {
  switch (restriction.kind) {
    case RestrictionKind::reject_unauth_destination:
    case RestrictionKind::defer_unauth_destination:
    case RestrictionKind::reject:
    case RestrictionKind::defer:
    case RestrictionKind::defer_if_permit:
      return true;
    default:
      return restriction.name == "check_relay_domains";
  }
}

bool stops_relaying(const RestrictionList& list, const std::map<std::string, RestrictionList, std::less<>>& classes,
                    int depth) {
  if (depth > 20) return false;
  return std::any_of(list.restrictions.begin(), list.restrictions.end(), [&](const Restriction& restriction) {
    if (is_relay_stop(restriction)) return true;
    const auto found = classes.find(restriction.argument);
    return restriction.kind == RestrictionKind::restriction_class && found != classes.end() &&
           stops_relaying(found->second, classes, depth + 1);
  });
}

}  // namespace

AccessPolicy::Rules::Rules(std::shared_ptr<const PostfixConfig> shared, const postfix::Parameters& with,
                           const Resolver& resolver_in)
    : config(std::move(shared)),
      parameters(with),
      resolver(resolver_in),
      addresses(*config, parameters),
      class_names(parameters.list("smtpd_restriction_classes")),
      mynetworks(*config, parameters, "mynetworks", postfix::MatchFlavor::network,
                 contains(parameters.list("parent_domain_matches_subdomains"), "mynetworks")),
      canonical_maps(config->maps(parameters, "canonical_maps")),
      recipient_canonical_maps(config->maps(parameters, "recipient_canonical_maps")),
      sender_canonical_maps(config->maps(parameters, "sender_canonical_maps")),
      virtual_alias_maps(config->maps(parameters, "virtual_alias_maps")),
      local_recipient_maps(config->maps(parameters, "local_recipient_maps")),
      virtual_mailbox_maps(config->maps(parameters, "virtual_mailbox_maps")),
      relay_recipient_maps(config->maps(parameters, "relay_recipient_maps")),
      delays_reject(parameters.flag("smtpd_delay_reject")),
      relay_first(parameters.flag("smtpd_relay_before_recipient_restrictions")),
      rejects_unlisted_recipient(parameters.flag("smtpd_reject_unlisted_recipient")),
      rejects_unlisted_sender(parameters.flag("smtpd_reject_unlisted_sender")),
      shows_table_name(parameters.flag("show_user_unknown_table_name")),
      soft_bounce(parameters.flag("soft_bounce")),
      allows_untrusted_routing(parameters.flag("allow_untrusted_routing")),
      access_parent_matches(contains(parameters.list("parent_domain_matches_subdomains"), "smtpd_access_maps")),
      requires_helo(parameters.flag("smtpd_helo_required")),
      null_access_key(parameters.text("smtpd_null_access_lookup_key")),
      double_bounce_sender(parameters.text("double_bounce_sender")),
      unknown_address_tempfail_action(parameters.text("unknown_address_tempfail_action")),
      unknown_helo_tempfail_action(parameters.text("unknown_helo_hostname_tempfail_action")),
      recipient_limit(static_cast<std::size_t>(std::max<std::int64_t>(0, parameters.number("smtpd_recipient_limit")))) {
  using Kind = RestrictionKind;
  const auto compile = [&](const std::string& name, Kind bare_table) {
    return compile_restrictions(*config, parameters.list(name), name, parameters.where(name), bare_table, class_names);
  };
  client = compile("smtpd_client_restrictions", Kind::check_client_access);
  helo = compile("smtpd_helo_restrictions", Kind::check_helo_access);
  mail = compile("smtpd_sender_restrictions", Kind::check_sender_access);
  relay = compile("smtpd_relay_restrictions", Kind::check_recipient_access);
  recipient = compile("smtpd_recipient_restrictions", Kind::check_recipient_access);
  data = compile("smtpd_data_restrictions", Kind::unknown);
  end_of_data = compile("smtpd_end_of_data_restrictions", Kind::unknown);
  for (const std::string& name : class_names) classes.emplace(name, compile(name, Kind::unknown));

  const auto note = [&](const RestrictionList& list) {
    for (const Restriction& restriction : list.restrictions) {
      const SourcePosition at = list.at.file.empty() ? SourcePosition{config->main().file(), 0, 0} : list.at;
      if (restriction.kind == Kind::not_modelled || restriction.kind == Kind::reject_rbl_client) {
        not_understood.push_back({at, list.parameter + ": " + restriction.name + " is not modelled"});
      } else if (restriction.kind == Kind::unknown) {
        not_understood.push_back({at, list.parameter + ": " + restriction.name + " is no restriction of Postfix 3.7"});
      }
    }
  };
  for (const RestrictionList* list : {&client, &helo, &mail, &relay, &recipient, &data, &end_of_data}) note(*list);
  for (const auto& [name, list] : classes) note(list);
  stops_relaying = router::stops_relaying(relay, classes, 0) || router::stops_relaying(recipient, classes, 0);
  if (!stops_relaying) {
    const SourcePosition where = parameters.where("smtpd_recipient_restrictions");
    const SourcePosition at = where.file.empty() ? SourcePosition{config->main().file(), 0, 0} : where;
    not_understood.push_back(
        {at,
         "smtpd does not run: neither smtpd_relay_restrictions nor smtpd_recipient_restrictions has "
         "reject_unauth_destination or another restriction that stops relaying"});
  }
}

}  // namespace watershed::router
