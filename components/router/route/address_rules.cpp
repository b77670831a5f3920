// See address_rules.hpp.
#include "components/router/route/address_rules.hpp"

#include "base/text.hpp"
#include "mail/address_list.hpp"

#include <algorithm>

namespace watershed::router {

namespace {

/// myorigin may name a file that holds the domain (postconf(5) myorigin, Debian's /etc/mailname).
std::string read_myorigin(const PostfixConfig& config, const postfix::Parameters& parameters) {
  const std::string value = parameters.text("myorigin");
  if (!value.starts_with('/')) return value;
  const postfix::TableSource::File* file = config.file(value);
  return file == nullptr ? std::string{}
                         : std::string(trim(std::string_view(file->text).substr(0, file->text.find('\n'))));
}

std::string with_extension(std::string_view internal, std::string_view extension) {
  const std::string_view local = local_part_of(internal);
  std::string out(local);
  out += extension;
  out += internal.substr(local.size());
  return out;
}

}  // namespace

ExtensionRule extension_rule_of(const postfix::Parameters& parameters) {
  return {parameters.text("recipient_delimiter"), parameters.flag("owner_request_special"),
          parameters.text("double_bounce_sender")};
}

AddressRules::AddressRules(const PostfixConfig& config, const postfix::Parameters& asking)
    : mydestination_(config, asking, "mydestination", postfix::MatchFlavor::name_exact, false),
      own_addresses_(config.own_addresses()),
      extension_rule_(extension_rule_of(asking)),
      myorigin_(read_myorigin(config, asking)) {
  const postfix::Parameters rewrite = config.parameters_of(config.master().internal_service("rewrite"));
  append_at_myorigin_ = rewrite.flag("append_at_myorigin");
  append_dot_mydomain_ = rewrite.flag("append_dot_mydomain");
  swap_bangpath_ = rewrite.flag("swap_bangpath");
  percent_hack_ = rewrite.flag("allow_percent_hack");
  completed_with_ = read_myorigin(config, rewrite);
  mydomain_ = rewrite.text("mydomain");
}

postfix::MatchResult AddressRules::match_local(std::string_view domain) const {
  if (domain.size() > 1 && domain.ends_with('.') && !domain.ends_with("..")) domain.remove_suffix(1);
  if (domain.empty()) return {};
  postfix::MatchResult listed = mydestination_.match(domain);
  if (listed.matched || listed.failure) return listed;
  if (!domain.starts_with('[') || !domain.ends_with(']')) return {};
  std::string_view literal = domain.substr(1, domain.size() - 2);
  if (starts_with_ignoring_case(literal, "IPv6:")) literal.remove_prefix(5);
  const auto address = parse_ip_address(literal);
  postfix::MatchResult result;
  if (address && std::find(own_addresses_.begin(), own_addresses_.end(), *address) != own_addresses_.end()) {
    result.matched = true;
    result.decided_by = DecidedBy{{}, "inet_interfaces"};
  }
  return result;
}

std::string AddressRules::complete(std::string_view internal) const {
  if (internal.empty() || internal == "@") return {};
  // RFC 5321 appendix F.2: a source route is dropped.
  if (internal.front() == '@') {
    const std::size_t colon = internal.find(':');
    if (colon != std::string_view::npos && colon + 1 < internal.size()) internal.remove_prefix(colon + 1);
  }
  std::string local(local_part_of(internal));
  std::string domain(domain_of(internal));
  bool has_domain = local.size() < internal.size();
  if (!has_domain) {
    const bool is_quoted = needs_quotes(local);
    const std::size_t bang = is_quoted || !swap_bangpath_ ? std::string::npos : local.find('!');
    const std::size_t percent = is_quoted || !percent_hack_ ? std::string::npos : local.rfind('%');
    if (bang != std::string::npos) {
      domain = local.substr(0, bang);
      local.erase(0, bang + 1);
      has_domain = true;
    } else if (percent != std::string::npos) {
      domain = local.substr(percent + 1);
      local.erase(percent);
      has_domain = true;
    } else if (append_at_myorigin_ && !completed_with_.empty()) {
      domain = completed_with_;
      has_domain = true;
    }
  }
  if (!has_domain) return local;
  if (append_dot_mydomain_ && !domain.empty() && !domain.starts_with('[') && domain.find('.') == std::string::npos) {
    domain += "." + mydomain_;
  }
  if (domain.size() > 1 && domain.back() == '.' && domain[domain.size() - 2] != '.') domain.pop_back();
  local.reserve(local.size() + 1 + domain.size());
  local += '@';
  local += domain;
  return local;
}

AddressLookup AddressRules::find_key(const postfix::Maps& maps, std::string_view internal_key,
                                     bool fixed_keys_only) const {
  const std::string external = external_form(internal_key);
  postfix::Lookup found = maps.find(external, fixed_keys_only);
  if (found && !*found && external != internal_key) found = maps.find(internal_key, fixed_keys_only);
  if (!found) return found.error();
  if (!*found) return std::optional<AddressHit>();
  return std::optional<AddressHit>(
      AddressHit{std::move((*found)->value), DecidedBy{(*found)->at, maps.parameter()}, {}});
}

AddressLookup AddressRules::find(const postfix::Maps& maps, std::string_view internal) const {
  if (maps.empty() || internal.empty()) return std::optional<AddressHit>();
  AddressLookup found = find_key(maps, internal, false);
  if (!found || *found) return found;

  const std::string_view local = local_part_of(internal);
  const std::string_view at_domain = internal.substr(local.size());
  const std::optional<std::size_t> split = extension_rule_.split(local);
  const std::string_view bare = split ? local.substr(0, *split) : local;
  const std::string extension = split ? std::string(local.substr(*split)) : std::string{};
  const auto found_without_extension = [&](std::string_view key) {
    AddressLookup result = find_key(maps, key, true);
    if (result && *result) (*result)->extension = extension;
    return result;
  };
  if (split) {
    found = found_without_extension(std::string(bare) + std::string(at_domain));
    if (!found || *found) return found;
  }
  if (at_domain.empty()) return std::optional<AddressHit>();
  const std::string_view domain = at_domain.substr(1);
  bool is_local = equal_ignoring_case(domain, myorigin_);
  if (!is_local) {
    const postfix::MatchResult match = match_local(domain);
    if (match.failure) return *match.failure;
    is_local = match.matched;
  }
  if (is_local) {
    found = find_key(maps, local, true);
    if (!found || *found) return found;
    if (split) {
      found = found_without_extension(bare);
      if (!found || *found) return found;
    }
  }
  return find_key(maps, at_domain, true);
}

MappedAddresses AddressRules::map(const postfix::Maps& maps, std::string_view internal,
                                  bool propagate_extension) const {
  AddressLookup found = find(maps, internal);
  if (!found) return found.error();
  std::vector<MappedAddress> mapped;
  if (!*found) return mapped;
  AddressHit& hit = **found;
  if (hit.value.starts_with('@')) {
    // The user stays, extension included; canonical(5): "@otherdomain: the result is user@otherdomain".
    std::string kept(local_part_of(internal));
    mapped.push_back({complete(kept + hit.value), hit.decided_by});
    return mapped;
  }
  for (const std::string& address : mail::parse_address_list(hit.value)) {
    std::string completed = complete(address);
    if (propagate_extension && !hit.extension.empty()) completed = with_extension(completed, hit.extension);
    mapped.push_back({std::move(completed), hit.decided_by});
  }
  return mapped;
}

}  // namespace watershed::router
