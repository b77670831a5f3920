// See router_policy.hpp.
#include "components/router/route/router_policy.hpp"

#include "base/contains.hpp"
#include "components/router/postfix/pipe_service.hpp"

#include <algorithm>
#include <map>

namespace watershed::router {

namespace {

/// By its program: old master.cf files call it a fifo.
const postfix::Service* pickup_service(const postfix::MasterCf& master) {
  const std::vector<postfix::Service>& services = master.services();
  const auto found = std::find_if(services.begin(), services.end(),
                                  [](const postfix::Service& each) { return each.command == "pickup"; });
  return found == services.end() ? nullptr : &*found;
}

}  // namespace

struct RouteDecider::Parts {
  /// What one smtpd service brings: its policy, and the cleanup that it asks for.
  struct Entry {
    std::string service;
    AccessPolicy access;
    Entrance entrance;
  };

  std::shared_ptr<const PostfixConfig> config;
  AddressRules rules;
  Resolver resolver;
  std::map<std::string, LocalAgent, std::less<>> local_agents;  // by the name of the transport
  Cleanup internal_cleanup;
  HeaderRewriting internal_header_rewriting;
  std::string filter_nexthop;
  std::vector<Entry> entries;
  Entrance pickup;
  std::vector<NotUnderstood> not_understood;

  explicit Parts(std::shared_ptr<const PostfixConfig> shared)
      : config(std::move(shared)),
        rules(*config, cleanup_parameters(config->parameters())),
        resolver(config),
        internal_cleanup(config, cleanup_parameters(config->parameters())),
        internal_header_rewriting(*config, cleanup_parameters(config->parameters()), true),
        filter_nexthop(config->parameters().text("default_filter_nexthop")),
        pickup(entrance_of(config->parameters_of(pickup_service(config->master())))),
        not_understood(config->not_understood()) {
    for (const postfix::Service& service : config->master().services()) {
      if (service.type == "unix" && postfix::kind_of(service) == TransportKind::local)
        local_agents.emplace(service.name, LocalAgent(config, resolver, service.name));
    }
    for (const postfix::Service* service : config->master().smtpd_services()) add_entry(service);
    if (entries.empty()) add_entry(nullptr);
  }

  /// `program`: the parameters of the smtpd(8) or pickup(8), which names its cleanup service.
  postfix::Parameters cleanup_parameters(const postfix::Parameters& program) const {
    const std::string name = program.text("cleanup_service_name");
    return config->parameters_of(config->master().internal_service(name));
  }

  Entrance entrance_of(const postfix::Parameters& program) const {
    const postfix::Parameters cleanup = cleanup_parameters(program);
    const std::vector<std::string> overrides = program.list("receive_override_options");
    CleanupRequest request;
    request.address_mappings = !contains(overrides, "no_address_mappings");
    request.automatic_bcc = request.address_mappings;
    const bool skips_checks = contains(overrides, "no_header_body_checks");
    postfix::Parameters check_parameters = cleanup;
    if (skips_checks) {
      std::vector<postfix::Setting> off = cleanup.overrides();
      for (const char* name : {"header_checks", "mime_header_checks", "nested_header_checks", "body_checks"}) {
        off.push_back({name, "", {}});
      }
      check_parameters = config->parameters().with_overrides(std::move(off));
    }
    const bool skips_milters = contains(overrides, "no_milters");
    return {Cleanup(config, cleanup),
            request,
            ContentChecks(*config, check_parameters),
            program.text("content_filter"),
            HeaderRewriting(*config, cleanup, request.address_mappings),
            skips_milters ? std::vector<NotUnderstood>() : milters_of(cleanup)};
  }

  /// postconf(5) non_smtpd_milters: a parameter of cleanup(8).
  static std::vector<NotUnderstood> milters_of(const postfix::Parameters& cleanup) {
    const std::string milters = cleanup.text("non_smtpd_milters");
    if (milters.empty()) return {};
    return {{cleanup.where("non_smtpd_milters"),
             "mail that a program on this host submits passes the milters " + milters + ", which nothing asks here"}};
  }

  void add_entry(const postfix::Service* service) {
    const postfix::Parameters smtpd = config->parameters_of(service);
    const std::vector<std::string> overrides = smtpd.list("receive_override_options");
    AccessPolicy access(config, with_recipient_checks(smtpd, overrides), resolver);
    not_understood.insert(not_understood.end(), access.not_understood().begin(), access.not_understood().end());
    entries.push_back(Entry{service == nullptr ? "smtp" : service->name, std::move(access), entrance_of(smtpd)});
  }

  /// receive_override_options = no_unknown_recipient_checks switches smtpd_reject_unlisted_recipient off.
  static postfix::Parameters with_recipient_checks(const postfix::Parameters& smtpd,
                                                   const std::vector<std::string>& options) {
    if (!contains(options, "no_unknown_recipient_checks")) return smtpd;
    std::vector<postfix::Setting> overrides = smtpd.overrides();
    overrides.push_back({"smtpd_reject_unlisted_recipient", "no", smtpd.where("receive_override_options")});
    return smtpd.with_overrides(std::move(overrides));
  }

  const Entry& entry(std::string_view service) const {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& each) { return each.service == service; });
    return found == entries.end() ? entries.front() : *found;
  }
};

RouteDecider::RouteDecider(PostfixConfig config)
    : parts_(std::make_unique<Parts>(std::make_shared<const PostfixConfig>(std::move(config)))) {}
RouteDecider::~RouteDecider() = default;
RouteDecider::RouteDecider(RouteDecider&&) noexcept = default;
RouteDecider& RouteDecider::operator=(RouteDecider&&) noexcept = default;

const PostfixConfig& RouteDecider::config() const { return *parts_->config; }
const std::vector<NotUnderstood>& RouteDecider::not_understood() const { return parts_->not_understood; }
const AccessPolicy& RouteDecider::access(std::string_view service) const { return parts_->entry(service).access; }
const ContentChecks& RouteDecider::content_checks(std::string_view service) const {
  return parts_->entry(service).entrance.checks;
}
const HeaderRewriting& RouteDecider::header_rewriting(std::string_view service) const {
  return parts_->entry(service).entrance.header_rewriting;
}
const HeaderRewriting& RouteDecider::header_rewriting_internal() const { return parts_->internal_header_rewriting; }
std::string RouteDecider::content_filter(std::string_view service) const {
  return parts_->entry(service).entrance.content_filter;
}

Expansion RouteDecider::expand(const mail::ReversePath& reverse_path, const std::vector<mail::Recipient>& recipients,
                               std::string_view service) const {
  return parts_->entry(service).entrance.expand(reverse_path, recipients);
}

const Entrance& RouteDecider::pickup() const { return parts_->pickup; }

Expansion RouteDecider::expand_internal(const mail::ReversePath& reverse_path,
                                        const std::vector<mail::Recipient>& recipients) const {
  CleanupRequest request;
  request.automatic_bcc = false;
  return parts_->internal_cleanup.expand(reverse_path, recipients, request);
}

mail::Address RouteDecider::complete(const mail::Address& address) const {
  return address_from_internal(parts_->rules.complete(internal_form(address)));
}

Resolution RouteDecider::resolve(const mail::ReversePath& reverse_path, const mail::Address& recipient,
                                 std::string_view filter) const {
  Resolution resolution = parts_->resolver.resolve(reverse_path, recipient);
  if (filter.empty()) return resolution;
  // postconf(5) content_filter: transport:nexthop for every recipient; an empty next hop is default_filter_nexthop,
  // else the recipient's domain.
  const std::size_t colon = filter.find(':');
  resolution.status = Resolution::Status::resolved;
  resolution.transport = std::string(filter.substr(0, colon));
  resolution.nexthop = colon == std::string_view::npos ? std::string{} : std::string(filter.substr(colon + 1));
  if (resolution.nexthop.empty()) resolution.nexthop = parts_->filter_nexthop;
  if (resolution.nexthop.empty()) resolution.nexthop = recipient.domain;
  resolution.decided_by = parts_->config->parameters().decided_by("content_filter");
  resolution.not_understood.clear();
  const postfix::Service* service = parts_->config->master().transport(resolution.transport);
  resolution.kind = service == nullptr ? TransportKind::unknown : postfix::kind_of(*service);
  if (resolution.kind == TransportKind::unknown ||
      (resolution.kind == TransportKind::pipe && !postfix::runs_procmail(*service))) {
    resolution.not_understood.push_back(
        {resolution.decided_by.at, "transport " + resolution.transport + " is not modelled"});
  }
  return resolution;
}

LocalDelivery RouteDecider::deliver_local(std::string_view transport, const mail::ReversePath& reverse_path,
                                          const mail::Address& recipient,
                                          std::span<const std::string> delivered_to) const {
  const auto agent = parts_->local_agents.find(transport);
  if (agent == parts_->local_agents.end()) return {};
  return agent->second.deliver(reverse_path, recipient, delivered_to);
}

}  // namespace watershed::router
