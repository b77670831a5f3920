// See rewrite.hpp. The order is that of cleanup(8): completion, *_canonical_maps, masquerading, then virtual aliases
// and automatic Bcc recipients.
#include "components/router/route/rewrite.hpp"

#include "base/contains.hpp"
#include "base/text.hpp"
#include "components/router/route/address_rules.hpp"
#include "components/router/route/masquerade.hpp"

#include <algorithm>
#include <set>

namespace watershed::router {

using postfix::LookupError;
using postfix::Maps;
using postfix::Parameters;

namespace {

constexpr int canonical_rounds_max = 10;

/// An address on its way, with what happened to it.
struct Node {
  std::string address;
  std::vector<RewriteStep> trail;

  void move_to(std::string to, const DecidedBy& decided_by) {
    if (to == address) return;
    trail.push_back({address, to, decided_by});
    address = std::move(to);
  }
};

}  // namespace

struct Cleanup::Rules {
  AddressRules rules;
  Maps canonical, sender_canonical, recipient_canonical, virtual_alias, sender_bcc, recipient_bcc;
  bool canonical_for_sender, canonical_for_recipient, sender_canonical_on, recipient_canonical_on;
  bool propagate_canonical, propagate_virtual, keeps_original;
  Masquerade masquerade;
  bool masquerade_sender, masquerade_recipient;
  std::string always_bcc;
  DecidedBy always_bcc_by, completed_by;
  std::size_t expansion_limit, recursion_limit, address_length_limit;

  Rules(const PostfixConfig& config, const Parameters& parameters)
      : rules(config, parameters),
        canonical(config.maps(parameters, "canonical_maps")),
        sender_canonical(config.maps(parameters, "sender_canonical_maps")),
        recipient_canonical(config.maps(parameters, "recipient_canonical_maps")),
        virtual_alias(config.maps(parameters, "virtual_alias_maps")),
        sender_bcc(config.maps(parameters, "sender_bcc_maps")),
        recipient_bcc(config.maps(parameters, "recipient_bcc_maps")),
        masquerade(config, parameters) {
    const auto classes = parameters.list("canonical_classes");
    canonical_for_sender = contains(classes, "envelope_sender");
    canonical_for_recipient = contains(classes, "envelope_recipient");
    sender_canonical_on = contains(parameters.list("sender_canonical_classes"), "envelope_sender");
    recipient_canonical_on = contains(parameters.list("recipient_canonical_classes"), "envelope_recipient");
    const auto propagated = parameters.list("propagate_unmatched_extensions");
    propagate_canonical = contains(propagated, "canonical");
    propagate_virtual = contains(propagated, "virtual");
    keeps_original = parameters.flag("enable_original_recipient");
    const auto masquerade_classes = parameters.list("masquerade_classes");
    masquerade_sender = contains(masquerade_classes, "envelope_sender");
    masquerade_recipient = contains(masquerade_classes, "envelope_recipient");
    always_bcc = parameters.text("always_bcc");
    always_bcc_by = parameters.decided_by("always_bcc");
    completed_by = config.parameters_of(config.master().internal_service("rewrite")).decided_by("myorigin");
    expansion_limit =
        static_cast<std::size_t>(std::max<std::int64_t>(1, parameters.number("virtual_alias_expansion_limit")));
    recursion_limit =
        static_cast<std::size_t>(std::max<std::int64_t>(1, parameters.number("virtual_alias_recursion_limit")));
    address_length_limit =
        static_cast<std::size_t>(std::max<std::int64_t>(1, parameters.number("virtual_alias_address_length_limit")));
  }
};

namespace {

/// One envelope in cleanup.
class Cleaning {
 public:
  using Rules = Cleanup::Rules;
  Cleaning(const Rules& rules, const CleanupRequest& request) : rules_(rules), request_(request) {}

  Expansion run(const mail::ReversePath& reverse_path, const std::vector<mail::Recipient>& recipients) {
    add_sender(reverse_path);
    if (!sender_bcc_.empty()) add_bcc(sender_bcc_, sender_bcc_by_, FinalRecipient::Origin::sender_bcc);
    for (const mail::Recipient& recipient : recipients) add_recipient(recipient);
    if (request_.automatic_bcc && !rules_.always_bcc.empty()) {
      add_bcc(rules_.always_bcc, rules_.always_bcc_by, FinalRecipient::Origin::always_bcc);
    }
    return std::move(out_);
  }

 private:
  void refuse(int code, std::string_view status, std::string_view text) {
    if (!out_.refusal) out_.refusal = mail::make_reply(code, status, text);
  }

  void report(const LookupError& error, std::string_view text) {
    if (error.not_understood) out_.not_understood.push_back({error.at, error.message});
    refuse(451, "4.3.0", text);
  }

  Node completed(const std::string& address) {
    Node node{address, {}};
    node.move_to(rules_.rules.complete(address), rules_.completed_by);
    return node;
  }

  /// The first address of the value, applied until nothing changes. Postfix only warns of a cycle and goes on with what
  /// ten rounds made of the address.
  void apply_canonical(const Maps& maps, Node& node) {
    for (int round = 0; round < canonical_rounds_max; ++round) {
      const MappedAddresses mapped = rules_.rules.map(maps, node.address, rules_.propagate_canonical);
      if (!mapped) return report(mapped.error(), "Error: queue file write error");
      if (mapped->empty()) return;
      const bool is_same = equal_ignoring_case(mapped->front().internal, node.address);
      node.move_to(mapped->front().internal, mapped->front().decided_by);
      if (is_same) return;
    }
  }

  void add_sender(const mail::ReversePath& reverse_path) {
    if (reverse_path.is_null()) return;
    Node node = completed(internal_form(reverse_path.address()));
    if (request_.address_mappings) {
      if (rules_.sender_canonical_on) apply_canonical(rules_.sender_canonical, node);
      if (rules_.canonical_for_sender) apply_canonical(rules_.canonical, node);
      if (rules_.masquerade_sender) masquerade(node);
    }
    out_.reverse_path =
        node.address.empty() ? mail::ReversePath() : mail::ReversePath(address_from_internal(node.address));
    out_.reverse_path_trail = node.trail;
    if (!request_.automatic_bcc || node.address.empty()) return;
    const AddressLookup found = rules_.rules.find(rules_.sender_bcc, node.address);
    if (!found) return report(found.error(), "Error: queue file write error");
    if (*found) {
      sender_bcc_ = (*found)->value;
      sender_bcc_by_ = (*found)->decided_by;
    }
  }

  void masquerade(Node& node) {
    const auto masked = rules_.masquerade.apply(node.address);
    if (masked.failure) return report(*masked.failure, "Error: queue file write error");
    node.move_to(masked.address, masked.decided_by);
  }

  void rewrite_recipient(Node& node) {
    if (!request_.address_mappings) return;
    if (rules_.recipient_canonical_on) apply_canonical(rules_.recipient_canonical, node);
    if (rules_.canonical_for_recipient) apply_canonical(rules_.canonical, node);
    if (rules_.masquerade_recipient) masquerade(node);
  }

  void add_recipient(const mail::Recipient& recipient) {
    Node node = completed(internal_form(recipient.forward_path.address()));
    rewrite_recipient(node);
    emit(recipient, node, FinalRecipient::Origin::recipient);
    if (!request_.automatic_bcc) return;
    const AddressLookup found = rules_.rules.find(rules_.recipient_bcc, node.address);
    if (!found) return report(found.error(), "Error: queue file write error");
    if (*found) add_bcc((*found)->value, (*found)->decided_by, FinalRecipient::Origin::recipient_bcc);
  }

  /// postconf(5) always_bcc: "An additional recipient"; it goes through the same rewriting, but never raises a DSN.
  void add_bcc(const std::string& address, const DecidedBy& decided_by, FinalRecipient::Origin origin) {
    mail::Recipient recipient{mail::ForwardPath(address_from_internal(rules_.rules.complete(address))), {}, {}};
    Node node{rules_.rules.complete(address), {{"", rules_.rules.complete(address), decided_by}}};
    rewrite_recipient(node);
    emit(recipient, node, origin);
  }

  void emit(const mail::Recipient& recipient, const Node& node, FinalRecipient::Origin origin) {
    std::vector<Node> expanded{node};
    if (request_.address_mappings && !rules_.virtual_alias.empty()) expanded = expand_virtual_aliases(node);
    const mail::Address& original = recipient.forward_path.address();
    const std::string original_key = rules_.keeps_original ? to_lower(internal_form(original)) : std::string{};
    for (Node& last : expanded) {
      if (!seen_.insert(original_key + "\n" + recipient.original_recipient + "\n" + to_lower(last.address)).second)
        continue;
      mail::Recipient final_recipient{mail::ForwardPath(address_from_internal(last.address)), recipient.notify,
                                      recipient.original_recipient};
      // RFC 3461 §5.2.7.3: what is expanded to several addresses reports no success for each of them.
      if (expanded.size() > 1 && final_recipient.notify.success) final_recipient.notify.success = false;
      out_.recipients.push_back({std::move(final_recipient), original, origin, std::move(last.trail)});
    }
  }

  /// virtual(5): aliases expand until nothing is found or an address yields itself. On a fault the message is refused
  /// and the address stands as it was.
  std::vector<Node> expand_virtual_aliases(const Node& start) {
    std::vector<Node> nodes{start};
    std::set<std::string> finished;
    for (std::size_t index = 0; index < nodes.size(); ++index) {
      if (nodes.size() > rules_.expansion_limit) return refuse_expansion(start);
      for (std::size_t round = 0; !finished.contains(to_lower(nodes[index].address)); ++round) {
        if (round >= rules_.recursion_limit) return refuse_expansion(start);
        const MappedAddresses mapped =
            rules_.rules.map(rules_.virtual_alias, nodes[index].address, rules_.propagate_virtual);
        if (!mapped) {
          report(mapped.error(), "Error: queue file write error");
          return {start};
        }
        if (mapped->empty()) break;
        const Node from = nodes[index];
        for (std::size_t at = 0; at < mapped->size(); ++at) {
          if ((*mapped)[at].internal.size() > rules_.address_length_limit) return refuse_expansion(start);
          if (at > 0) nodes.push_back(from);
          Node& target = at == 0 ? nodes[index] : nodes.back();
          target.move_to((*mapped)[at].internal, (*mapped)[at].decided_by);
          if (equal_ignoring_case(target.address, from.address)) finished.insert(to_lower(from.address));
        }
      }
    }
    return nodes;
  }

  std::vector<Node> refuse_expansion(const Node& start) {
    refuse(451, "4.6.0", "Alias expansion error");
    return {start};
  }

  const Rules& rules_;
  const CleanupRequest& request_;
  Expansion out_;
  std::set<std::string> seen_;
  std::string sender_bcc_;
  DecidedBy sender_bcc_by_;
};

}  // namespace

Cleanup::Cleanup(std::shared_ptr<const PostfixConfig> config, const Parameters& parameters)
    : rules_(std::make_unique<Rules>(*config, parameters)) {}
Cleanup::~Cleanup() = default;
Cleanup::Cleanup(Cleanup&&) noexcept = default;
Cleanup& Cleanup::operator=(Cleanup&&) noexcept = default;

Expansion Cleanup::expand(const mail::ReversePath& reverse_path, const std::vector<mail::Recipient>& recipients,
                          const CleanupRequest& request) const {
  return Cleaning(*rules_, request).run(reverse_path, recipients);
}

}  // namespace watershed::router
