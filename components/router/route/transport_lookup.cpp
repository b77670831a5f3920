// See transport_lookup.hpp.
#include "components/router/route/transport_lookup.hpp"

namespace watershed::router {

TransportLookup::TransportLookup(const postfix::PostfixConfig& config, const postfix::Parameters& parameters,
                                 bool parent_matches_subdomains)
    : maps_(config.maps(parameters, "transport_maps")), parent_matches_subdomains_(parent_matches_subdomains) {}

bool TransportLookup::ask(std::string_view key, bool fixed_keys_only, Answer& answer) const {
  postfix::Lookup found = maps_.find(key, fixed_keys_only);
  if (!found) {
    answer.failure = found.error();
    return true;
  }
  if (!*found) return false;
  const std::string& value = (*found)->value;
  const std::size_t colon = value.find(':');
  TransportEntry entry{value.substr(0, colon), {}, {(*found)->at, maps_.parameter()}};
  if (colon != std::string::npos) entry.nexthop = value.substr(colon + 1);
  answer.entry = std::move(entry);
  return true;
}

TransportLookup::Answer TransportLookup::find(std::string_view recipient, std::string_view domain,
                                              const ExtensionRule& extension_rule) const {
  Answer answer;
  if (maps_.empty()) return answer;
  if (ask(external_form(recipient), false, answer)) return answer;
  const std::string_view local = local_part_of(recipient);
  if (const auto split = extension_rule.split(local)) {
    const std::string bare = std::string(local.substr(0, *split)) + std::string(recipient.substr(local.size()));
    if (ask(external_form(bare), true, answer)) return answer;
  }
  std::string_view name = domain;
  while (!name.empty()) {
    if (ask(name, true, answer)) return answer;
    const std::size_t dot = name.find('.', 1);
    if (dot == std::string_view::npos) break;
    name.remove_prefix(dot + (parent_matches_subdomains_ ? 1 : 0));
  }
  ask("*", false, answer);
  return answer;
}

}  // namespace watershed::router
