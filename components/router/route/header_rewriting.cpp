// See header_rewriting.hpp.
#include "components/router/route/header_rewriting.hpp"

#include "base/contains.hpp"
#include "base/text.hpp"
#include "mail/address_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

namespace watershed::router {

namespace {

// The fields whose addresses cleanup(8) rewrites. RFC 5322 §3.6.2, §3.6.3, §3.6.6, and some of common use.
constexpr std::string_view sender_fields[] = {"From",
                                              "Sender",
                                              "Reply-To",
                                              "Resent-From",
                                              "Resent-Sender",
                                              "Resent-Reply-To",
                                              "Errors-To",
                                              "Return-Receipt-To",
                                              "Disposition-Notification-To",
                                              "Mail-Followup-To"};
constexpr std::string_view recipient_fields[] = {"To",        "Cc",         "Bcc",          "Resent-To",
                                                 "Resent-Cc", "Resent-Bcc", "Apparently-To"};

template <class Names>
bool names(const Names& fields, std::string_view field) {
  return std::any_of(std::begin(fields), std::end(fields),
                     [&](std::string_view name) { return equal_ignoring_case(name, field); });
}

}  // namespace

HeaderRewriting::HeaderRewriting(const PostfixConfig& config, const postfix::Parameters& cleanup, bool address_mappings)
    : rules_(config, cleanup),
      masquerade_(config, cleanup),
      propagates_extension_(contains(cleanup.list("propagate_unmatched_extensions"), "canonical")) {
  if (!address_mappings) return;
  senders_ = side_of(config, cleanup, "sender_canonical", "header_sender");
  recipients_ = side_of(config, cleanup, "recipient_canonical", "header_recipient");
}

HeaderRewriting::Side HeaderRewriting::side_of(const PostfixConfig& config, const postfix::Parameters& cleanup,
                                               std::string_view own_maps, std::string_view header_class) {
  Side side;
  for (const std::string& maps : {std::string(own_maps), std::string("canonical")}) {
    if (!contains(cleanup.list(maps + "_classes"), header_class)) continue;
    side.canonical.push_back(config.maps(cleanup, maps + "_maps"));
    if (side.canonical.back().empty()) side.canonical.pop_back();
  }
  side.masquerades =
      contains(cleanup.list("masquerade_classes"), header_class) && !cleanup.list("masquerade_domains").empty();
  return side;
}

std::optional<DecidedBy> HeaderRewriting::change_of(const Side& side, std::string_view internal) const {
  for (const postfix::Maps& maps : side.canonical) {
    const MappedAddresses mapped = rules_.map(maps, internal, propagates_extension_);
    if (!mapped) return DecidedBy{mapped.error().at, maps.parameter()};
    if (!mapped->empty() && mapped->front().internal != internal) return mapped->front().decided_by;
  }
  if (!side.masquerades) return std::nullopt;
  const Masquerade::Masked masked = masquerade_.apply(internal);
  if (masked.failure) return DecidedBy{masked.failure->at, "masquerade_exceptions"};
  return masked.address == internal ? std::nullopt : std::optional(masked.decided_by);
}

std::vector<NotUnderstood> HeaderRewriting::due(const mail::Message& message) const {
  std::vector<NotUnderstood> found;
  if (senders_.empty() && recipients_.empty()) return found;
  mail::FieldCursor cursor(message.header_section());
  mail::HeaderField field;
  while (cursor.next(field)) {
    const bool is_sender = names(sender_fields, field.name);
    if (!is_sender && !names(recipient_fields, field.name)) continue;
    for (const std::string& address : mail::parse_address_list(mail::unfold(field.value))) {
      const auto changed_by = change_of(is_sender ? senders_ : recipients_, rules_.complete(address));
      if (!changed_by) continue;
      found.push_back({changed_by->at, fmt::format("{} rewrites the field {} of mail that comes from this host itself; "
                                                   "only the envelope's rewriting is modelled",
                                                   changed_by->rule, field.name)});
      break;
    }
  }
  return found;
}

}  // namespace watershed::router
