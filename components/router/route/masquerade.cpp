// See masquerade.hpp.
#include "components/router/route/masquerade.hpp"

#include "base/text.hpp"
#include "components/router/route/address_form.hpp"

namespace watershed::router {

Masquerade::Masquerade(const postfix::PostfixConfig& config, const postfix::Parameters& parameters)
    : domains_(parameters.list("masquerade_domains")),
      decided_by_(parameters.decided_by("masquerade_domains")),
      exceptions_(config, parameters, "masquerade_exceptions", postfix::MatchFlavor::name_exact, false) {}

Masquerade::Masked Masquerade::apply(std::string_view internal) const {
  Masked masked{std::string(internal), decided_by_, std::nullopt};
  const std::string_view domain = domain_of(internal);
  if (domains_.empty() || domain.empty()) return masked;
  const postfix::MatchResult excepted = exceptions_.match(local_part_of(internal));
  masked.failure = excepted.failure;
  if (excepted.failure || excepted.matched) return masked;
  for (std::string_view parent : domains_) {
    bool strips = true;
    while (parent.starts_with('!')) {
      strips = !strips;
      parent.remove_prefix(1);
    }
    if (domain.size() < parent.size()) continue;
    const std::size_t cut = domain.size() - parent.size();
    if (!equal_ignoring_case(domain.substr(cut), parent) || (cut > 0 && domain[cut - 1] != '.')) continue;
    // The first entry that matches decides: left to right, a `!domain` keeps its subdomains.
    if (strips && cut > 0)
      masked.address = std::string(local_part_of(internal)) + "@" + std::string(domain.substr(cut));
    return masked;
  }
  return masked;
}

}  // namespace watershed::router
