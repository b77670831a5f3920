// See expansion.hpp.
#include "fakes/cloud/expansion.hpp"

#include "fakes/cloud/profile.hpp"
#include "fakes/cloud/srs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>

namespace watershed::cloud {

namespace {

class Expander {
 public:
  explicit Expander(const ExpansionRequest& request)
      : request_(request), tenant_(request.tenant), directory_(request.directory) {}

  Expansion run() {
    for (const mail::Recipient& recipient : request_.envelope.recipients) {
      const std::string key = folded(recipient.forward_path.address());
      if (!shown_.emplace(key, display(recipient.forward_path)).second) continue;  // the same mailbox twice
      work_.push_back({recipient, request_.forwarded_by, false});
    }
    while (!work_.empty()) {
      const Pending next = std::move(work_.front());
      work_.pop_front();
      take(next);
    }
    return std::move(expansion_);
  }

 private:
  struct Pending {
    mail::Recipient recipient;
    std::optional<mail::Address> forwarded_by;
    bool via_group = false;

    const mail::Address& address() const { return recipient.forward_path.address(); }
  };
  enum class Replacement { added, merged, loop };

  void take(const Pending& pending) {
    const AcceptedDomain* const domain = directory_.accepted_domain(
        pending.address().domain.empty() ? tenant_.default_domain : pending.address().domain);
    if (domain == nullptr) return finish(pending, Resolved::Fate::outbound, {});
    if (is_srs(pending.address())) {
      const std::string secret = srs_secret(tenant_);
      const auto original = srs_decode(pending.address(), {secret, request_.unix_seconds});
      if (original) return replace_or_fail(pending, *original, "default srs", std::nullopt);
    }
    const DirectoryEntry entry = directory_.find(pending.address());
    if (!entry) {
      if (domain->kind == DomainKind::internal_relay) {
        return finish(pending, Resolved::Fate::outbound, to_file_line(domain->at));
      }
      return fail(pending, tenant_.profile->recipient_not_found, domain->at);
    }
    if (entry.is_alias) {
      return replace_or_fail(pending, entry.primary(), to_file_line(*entry.at), pending.forwarded_by);
    }
    if (entry.group != nullptr) return take_group(pending, *entry.group);
    if (entry.contact != nullptr) return take_contact(pending, *entry.contact);
    take_mailbox(pending, *entry.mailbox);
  }

  void take_group(const Pending& pending, const Group& group) {
    if (group.internal_only && !request_.is_internal) {
      return fail(pending, tenant_.profile->group_is_internal, group.at);
    }
    const mail::ReversePath& reverse_path = request_.envelope.reverse_path;
    const bool is_allowed =
        group.allowed_from.empty() ||
        (!reverse_path.is_null() &&
         std::any_of(group.allowed_from.begin(), group.allowed_from.end(),
                     [&](const mail::Address& allowed) { return folded(allowed) == folded(reverse_path.address()); }));
    if (!is_allowed) return fail(pending, tenant_.profile->group_sender, group.at);
    bool any_added = false;
    const Alias* already_reached = nullptr;
    for (const Alias& member : group.members) {
      // A group inside itself adds nobody; a member that is reached otherwise keeps that copy.
      if (can_reach(folded(member.address), folded(pending.address()))) continue;
      const Replacement how = replace(pending, member.address, to_file_line(member.at), group.address, true);
      any_added = any_added || how == Replacement::added;
      if (how == Replacement::merged) already_reached = &member;
    }
    if (any_added) return;
    if (already_reached != nullptr) {
      expansion_.steps.push_back(
          {true, shown(pending.address()), shown(already_reached->address), to_file_line(already_reached->at)});
      return;
    }
    Resolved nobody = resolved(pending, Resolved::Fate::discarded, to_file_line(group.at));
    nobody.text = fmt::format("the group {} has no members", to_string(group.address));
    expansion_.recipients.push_back(std::move(nobody));
  }

  void take_contact(const Pending& pending, const Contact& contact) {
    if (contact.internal_only && !request_.is_internal) {
      return fail(pending, tenant_.profile->contact_is_internal, contact.at);
    }
    replace_or_fail(pending, contact.to, to_file_line(contact.at), contact.address);
  }

  void take_mailbox(const Pending& pending, const Mailbox& mailbox) {
    if (mailbox.internal_only && !request_.is_internal) {
      return fail(pending, tenant_.profile->mailbox_is_internal, mailbox.at);
    }
    const std::optional<Forward>& forward = mailbox.forward;
    if (forward && forward->kind == Forward::Kind::mailbox && !forward->keep_copy) {
      if (!may_forward_to(tenant_, directory_, forward->to)) {
        return fail(pending, tenant_.profile->external_forward,
                    tenant_.external_forwarding.at.file.empty() ? forward->at : tenant_.external_forwarding.at);
      }
      return replace_or_fail(pending, forward->to, to_file_line(forward->at), mailbox.address);
    }
    Resolved here = resolved(pending, Resolved::Fate::mailbox, to_file_line(mailbox.at));
    here.mailbox = &mailbox;
    expansion_.recipients.push_back(std::move(here));
  }

  // One recipient stands for another. The way back to where one came from is a loop.
  Replacement replace(const Pending& from, const mail::Address& to, std::string decided_by,
                      std::optional<mail::Address> forwarded_by, bool in_group) {
    const std::string from_key = folded(from.address());
    const std::string to_key = folded(to);
    if (can_reach(to_key, from_key)) return Replacement::loop;
    leads_to_[from_key].push_back(to_key);
    const bool is_new = shown_.emplace(to_key, to_string(to)).second;
    if (!is_new) {
      if (!in_group) {
        expansion_.steps.push_back({true, shown(from.address()), shown(to), std::move(decided_by)});
      }
      return Replacement::merged;
    }
    expansion_.steps.push_back({false, shown(from.address()), to_string(to), std::move(decided_by)});
    Pending next = from;
    next.recipient.forward_path = mail::ForwardPath(to);
    // RFC 3461 §4.2: the address as first given travels on.
    if (next.recipient.original_recipient.empty()) {
      next.recipient.original_recipient = "rfc822;" + to_string(from.address());
    }
    next.forwarded_by = std::move(forwarded_by);
    next.via_group = from.via_group || in_group;
    work_.push_back(std::move(next));
    return Replacement::added;
  }

  void replace_or_fail(const Pending& from, const mail::Address& to, std::string decided_by,
                       std::optional<mail::Address> forwarded_by) {
    if (replace(from, to, decided_by, std::move(forwarded_by), false) != Replacement::loop) return;
    Resolved loop = resolved(from, Resolved::Fate::failed, std::move(decided_by));
    loop.reply = fill(tenant_.profile->loop, {.host = request_.hostname});
    expansion_.recipients.push_back(std::move(loop));
  }

  // True when `from` is `to`, or was replaced by something that in the end is.
  bool can_reach(const std::string& from, const std::string& to) const {
    std::vector<std::string> open{from};
    std::unordered_set<std::string> visited;
    while (!open.empty()) {
      const std::string key = std::move(open.back());
      open.pop_back();
      if (key == to) return true;
      if (!visited.insert(key).second) continue;
      const auto next = leads_to_.find(key);
      if (next != leads_to_.end()) open.insert(open.end(), next->second.begin(), next->second.end());
    }
    return false;
  }

  std::string shown(const mail::Address& address) const {
    const auto found = shown_.find(folded(address));
    return found == shown_.end() ? to_string(address) : found->second;
  }

  static Resolved resolved(const Pending& pending, Resolved::Fate fate, std::string decided_by) {
    return {.fate = fate,
            .recipient = pending.recipient,
            .mailbox = nullptr,
            .forwarded_by = pending.forwarded_by,
            .via_group = pending.via_group,
            .reply = {},
            .text = {},
            .decided_by = std::move(decided_by)};
  }
  void finish(const Pending& pending, Resolved::Fate fate, std::string decided_by) {
    expansion_.recipients.push_back(resolved(pending, fate, std::move(decided_by)));
  }
  void fail(const Pending& pending, const ReplyForm& form, const SourcePosition& at) {
    Resolved failed = resolved(pending, Resolved::Fate::failed, to_file_line(at));
    const std::string address = to_string(pending.address());
    failed.reply = fill(form, {address, pending.address().domain, request_.hostname, {}, {}});
    expansion_.recipients.push_back(std::move(failed));
  }

  const ExpansionRequest& request_;
  const Tenant& tenant_;
  const Directory& directory_;
  Expansion expansion_;
  std::deque<Pending> work_;
  std::unordered_map<std::string, std::string> shown_;                  // folded → as the journal knows it
  std::unordered_map<std::string, std::vector<std::string>> leads_to_;  // folded → what stands for it
};

}  // namespace

Expansion expand(const ExpansionRequest& request) { return Expander(request).run(); }

bool may_forward_to(const Tenant& tenant, const Directory& directory, const mail::Address& to) {
  if (tenant.external_forwarding.is_allowed || directory.is_accepted(to)) return true;
  const std::vector<std::string>& domains = tenant.external_forwarding.domains;
  return std::any_of(domains.begin(), domains.end(),
                     [&](const std::string& pattern) { return matches_domain(pattern, to.domain); });
}

std::string srs_secret(const Tenant& tenant) { return "srs " + tenant.default_domain; }

}  // namespace watershed::cloud
