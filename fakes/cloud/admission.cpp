// See admission.hpp.
#include "fakes/cloud/admission.hpp"

#include "base/text.hpp"
#include "fakes/cloud/expansion.hpp"
#include "fakes/cloud/profile.hpp"
#include "fakes/cloud/srs.hpp"

#include <algorithm>

namespace watershed::cloud {

namespace {

bool is_in(const std::vector<talk::NetworkPattern>& networks, const IpAddress& client) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const talk::NetworkPattern& network) { return network.matches(client); });
}

bool is_known_name(const InboundConnector& connector, std::string_view helo) {
  return std::any_of(connector.client_names.begin(), connector.client_names.end(),
                     [&](const std::string& name) { return matches_domain(name, helo); });
}

class RecipientCheckup {
 public:
  explicit RecipientCheckup(const RecipientRequest& request)
      : request_(request), tenant_(request.tenant), profile_(*request.tenant.profile), recipient_(request.recipient) {
    if (recipient_.domain.empty()) recipient_.domain = tenant_.default_domain;  // RFC 5321 §4.5.1: <Postmaster>
  }

  std::optional<talk::Answer> run() const {
    const AcceptedDomain* const domain = request_.directory.accepted_domain(recipient_.domain);
    if (domain == nullptr && !request_.admission.may_relay) return refuse(profile_.relay_denied, tenant_.at);
    if (domain != nullptr) {
      if (auto refusal = check_attribution()) return refusal;
    }
    if (auto refusal = check_limits()) return refusal;
    if (domain == nullptr || domain->kind == DomainKind::internal_relay) return std::nullopt;
    return check_directory(*domain);
  }

 private:
  talk::Answer refuse(const ReplyForm& form, const SourcePosition& at) const {
    const std::string address = to_string(recipient_);
    const ReplyWords words{address, recipient_.domain, request_.hostname, request_.client, {}};
    return {fill(form, words), form.code == 421 ? talk::Then::close : talk::Then::go_on, to_file_line(at)};
  }

  std::optional<talk::Answer> check_attribution() const {
    const bool is_attributed = request_.admission.connector != nullptr || request_.admission.is_internal;
    if (is_attributed) return std::nullopt;
    if (tenant_.restrict_to_connectors) return refuse(profile_.restricted, tenant_.restrict_to_connectors_at);
    const mail::ReversePath& reverse_path = request_.so_far.reverse_path;
    const bool claims_to_be_ours = !reverse_path.is_null() && request_.directory.is_accepted(reverse_path.address());
    if (tenant_.reject_direct_send && claims_to_be_ours) {
      return refuse(profile_.direct_send, tenant_.reject_direct_send_at);
    }
    return std::nullopt;
  }

  std::optional<talk::Answer> check_limits() const {
    std::size_t in_this_domain = 0;
    for (const mail::Recipient& taken : request_.so_far.recipients) {
      if (equal_ignoring_case(taken.forward_path.address().domain, recipient_.domain)) ++in_this_domain;
    }
    const bool other_domain = in_this_domain < request_.so_far.recipients.size();
    if (profile_.one_domain_per_transaction && other_domain) return refuse(profile_.several_domains, tenant_.at);
    const std::size_t limit = tenant_.limits.recipients_per_domain;
    if (limit > 0 && in_this_domain >= limit) return refuse(profile_.too_many_recipients, tenant_.at);
    return std::nullopt;
  }

  std::optional<talk::Answer> check_directory(const AcceptedDomain& domain) const {
    if (tenant_.recipient_check == RecipientCheck::after_acceptance) return std::nullopt;
    if (request_.directory.find(recipient_)) return std::nullopt;
    const std::string secret = srs_secret(tenant_);
    if (is_srs(recipient_) && srs_decode(recipient_, {secret, request_.unix_seconds})) return std::nullopt;
    return refuse(profile_.unknown_recipient, domain.at);
  }

  const RecipientRequest& request_;
  const Tenant& tenant_;
  const Profile& profile_;
  mail::Address recipient_;
};

}  // namespace

Admission recognise(const Tenant& tenant, const IpAddress& client, std::string_view helo) {
  Admission admission;
  for (const InboundConnector& connector : tenant.inbound_connectors) {
    if (!is_in(connector.clients, client) && !is_known_name(connector, helo)) continue;
    admission = {&connector, connector.is_internal, connector.may_relay};
    break;
  }
  if (is_in(tenant.internal_networks, client)) {
    admission.is_internal = true;
    admission.may_relay = true;
  }
  return admission;
}

bool is_throttled(const NewClientThrottle& throttle, const ClientHistory& history, stage::Time now) {
  return history.transactions < throttle.transactions || now - history.first_seen < throttle.duration;
}

std::optional<talk::Answer> refuse_recipient(const RecipientRequest& request) {
  return RecipientCheckup(request).run();
}

}  // namespace watershed::cloud
