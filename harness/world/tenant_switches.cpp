// See tenant_switches.hpp.
#include "harness/world/tenant_switches.hpp"

namespace watershed::harness {

using yaml::Node;

namespace {

void bind_policies(const Node& root, cloud::Tenant& tenant) {
  if (const Node* node = root.find("restrict_to_connectors")) {
    tenant.restrict_to_connectors = yaml::as_boolean(*node);
    tenant.restrict_to_connectors_at = node->position();
  }
  if (const Node* node = root.find("reject_direct_send")) {
    tenant.reject_direct_send = yaml::as_boolean(*node);
    tenant.reject_direct_send_at = node->position();
  }
  if (const Node* node = root.find("external_forwarding")) {
    tenant.external_forwarding.is_allowed = flag(*node, "allowed");
    if (const Node* domains = node->find("domains")) tenant.external_forwarding.domains = yaml::as_texts(*domains);
    tenant.external_forwarding.at = node->position();
  }
  tenant.sender_rewriting = flag(root, "sender_rewriting", tenant.sender_rewriting);
  if (const Node* node = root.find("duplicate_window")) {
    const stage::Duration window = yaml::as_duration(*node);
    tenant.duplicate_window = window.count() > 0 ? std::optional(window) : std::nullopt;
    tenant.duplicate_window_at = node->position();
  }
  if (const Node* node = root.find("new_client_throttle")) {
    cloud::NewClientThrottle throttle;
    if (const Node* first = node->find("transactions")) {
      throttle.transactions = static_cast<std::uint64_t>(yaml::as_integer(*first));
    }
    if (const Node* duration = node->find("for")) throttle.duration = yaml::as_duration(*duration);
    throttle.at = node->position();
    tenant.new_client_throttle = throttle;
  }
  if (const Node* node = root.find("mutations")) {
    tenant.mutations = {text_of(*node, "external_tag"), text_of(*node, "banner"), flag(*node, "strip_trailing_blanks"),
                        node->position()};
  }
  tenant.stamps = flag(root, "stamps", tenant.stamps);
  tenant.plus_addressing = flag(root, "plus_addressing", tenant.plus_addressing);
  if (text_of(root, "recipient_check") == "after_acceptance") {
    tenant.recipient_check = cloud::RecipientCheck::after_acceptance;
  }
  const std::string newlines = text_of(root, "bare_newlines");
  if (newlines == "keep") tenant.bare_newlines = mail::BareNewlinePolicy::keep;
  if (newlines == "reject") tenant.bare_newlines = mail::BareNewlinePolicy::reject;
  if (newlines == "normalize") tenant.bare_newlines = mail::BareNewlinePolicy::normalize;
}

void bind_limits(const Node& root, cloud::Tenant& tenant, Diagnostics& diagnostics) {
  if (const Node* limits = root.find("limits")) {
    if (const Node* node = limits->find("message_size")) tenant.limits.message_size_octets = yaml::as_size(*node);
    if (const Node* node = limits->find("hops")) tenant.limits.hops = static_cast<int>(yaml::as_integer(*node));
    if (const Node* node = limits->find("recipients_per_domain")) {
      tenant.limits.recipients_per_domain = static_cast<std::size_t>(yaml::as_integer(*node));
    }
  }
  const Node* queue = root.find("queue");
  if (queue == nullptr) return;
  const auto read = [&](const char* key, stage::Duration& into) {
    if (const Node* node = queue->find(key)) into = yaml::as_duration(*node);
  };
  read("retry_first", tenant.queue.retry_first);
  read("retry_max", tenant.queue.retry_max);
  read("expires_after", tenant.queue.expires_after);
  read("delay_notice_after", tenant.queue.delay_notice_after);
  if (tenant.queue.retry_first > tenant.queue.retry_max) {
    diagnostics.push_back(queue->error("retry_first is longer than retry_max"));
  }
}

}  // namespace

void bind_tenant_switches(const Node& root, cloud::Tenant& tenant, Diagnostics& diagnostics) {
  bind_policies(root, tenant);
  bind_limits(root, tenant, diagnostics);
}

}  // namespace watershed::harness
