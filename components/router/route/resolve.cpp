// See resolve.hpp. Here: the lists, and earlier answers; how one answer is found is in resolving.cpp.
#include "components/router/route/resolve.hpp"

#include "components/router/route/resolving.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>

namespace watershed::router {

using postfix::MatchFlavor;
using postfix::Parameters;

std::string_view to_string(AddressClass address_class) {
  switch (address_class) {
    case AddressClass::local:
      return "local";
    case AddressClass::virtual_alias:
      return "virtual alias";
    case AddressClass::virtual_mailbox:
      return "virtual mailbox";
    case AddressClass::relay:
      return "relay";
    case AddressClass::other:
      break;
  }
  return "default";
}

namespace {

bool lists_parent(const Parameters& parameters, std::string_view list_name) {
  const std::vector<std::string> names = parameters.list("parent_domain_matches_subdomains");
  return std::find(names.begin(), names.end(), list_name) != names.end();
}

TransportSetting transport_setting(const Parameters& parameters, std::string_view name) {
  return {parameters.text(name), parameters.decided_by(name)};
}

}  // namespace

Resolver::Lists::Lists(std::shared_ptr<const PostfixConfig> shared)
    : config(std::move(shared)),
      parameters(config->parameters_of(config->master().internal_service("rewrite"))),
      rules(*config, parameters),
      virtual_alias_domains(*config, parameters, "virtual_alias_domains", MatchFlavor::name_exact, false),
      virtual_mailbox_domains(*config, parameters, "virtual_mailbox_domains", MatchFlavor::name_exact, false),
      relay_domains(*config, parameters, "relay_domains", MatchFlavor::domain,
                    lists_parent(parameters, "relay_domains")),
      transports(*config, parameters, lists_parent(parameters, "transport_maps")),
      relocated_maps(config->maps(parameters, "relocated_maps")),
      sender_relayhost_maps(config->maps(parameters, "sender_dependent_relayhost_maps")),
      sender_transport_maps(config->maps(parameters, "sender_dependent_default_transport_maps")),
      local_transport(transport_setting(parameters, "local_transport")),
      virtual_transport(transport_setting(parameters, "virtual_transport")),
      relay_transport(transport_setting(parameters, "relay_transport")),
      default_transport(transport_setting(parameters, "default_transport")),
      relayhost(parameters.text("relayhost")),
      myhostname(parameters.text("myhostname")),
      empty_recipient(parameters.text("empty_address_recipient")),
      null_relayhost_key(parameters.text("empty_address_relayhost_maps_lookup_key")),
      null_transport_key(parameters.text("empty_address_default_transport_maps_lookup_key")),
      shows_table_name(parameters.flag("show_user_unknown_table_name")),
      cracks_quotes(parameters.flag("resolve_dequoted_address")),
      resolves_numeric_domain(parameters.flag("resolve_numeric_domain")),
      resolves_null_domain(parameters.flag("resolve_null_domain")) {}

/// Earlier answers. smtpd asks for the same address at MAIL, at RCPT and in several restrictions, the queue manager
/// once more; Postfix's own client of trivial-rewrite (resolve_clnt) remembers for that reason too. An answer depends
/// on the configuration, the reverse-path and the recipient alone, so none goes out of date.
class Resolver::Memo {
 public:
  std::shared_ptr<const Resolution> find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = answers_.find(key);
    return found == answers_.end() ? nullptr : found->second;
  }

  void keep(std::string key, std::shared_ptr<const Resolution> answer) {
    constexpr std::size_t answers_max = 1024;  // memory stays flat, whatever addresses come
    const std::lock_guard lock(mutex_);
    if (answers_.size() >= answers_max) answers_.clear();
    answers_.emplace(std::move(key), std::move(answer));
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Resolution>> answers_;
};

Resolver::Resolver(std::shared_ptr<const PostfixConfig> config)
    : lists_(std::make_unique<Lists>(std::move(config))), memo_(std::make_unique<Memo>()) {}
Resolver::~Resolver() = default;
Resolver::Resolver(Resolver&&) noexcept = default;
Resolver& Resolver::operator=(Resolver&&) noexcept = default;

Resolution Resolver::resolve(const mail::ReversePath& reverse_path, const mail::Address& recipient) const {
  return *resolve_shared(reverse_path, internal_form(recipient));
}

std::shared_ptr<const Resolution> Resolver::resolve_shared(const mail::ReversePath& reverse_path,
                                                           std::string_view recipient) const {
  // Only the sender_dependent_* maps look at the reverse-path.
  const bool sender_matters = !lists_->sender_relayhost_maps.empty() || !lists_->sender_transport_maps.empty();
  const std::string sender =
      sender_matters && !reverse_path.is_null() ? internal_form(reverse_path.address()) : std::string{};
  std::string key;
  key.reserve(recipient.size() + 1 + sender.size());
  key += recipient;
  key += '\0';
  key += sender;
  if (auto known = memo_->find(key)) return known;
  auto answer = std::make_shared<const Resolution>(resolve_recipient(*lists_, sender, recipient));
  memo_->keep(std::move(key), answer);
  return answer;
}

bool Resolver::is_local_domain(std::string_view domain) const { return lists_->rules.match_local(domain).matched; }

const AddressRules& Resolver::rules() const { return lists_->rules; }

}  // namespace watershed::router
