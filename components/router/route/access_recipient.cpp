// Restrictions on destinations: relay control and the validation of recipients. ADDRESS_CLASS_README,
// LOCAL_RECIPIENT_README, postconf(5) reject_unauth_destination, reject_unlisted_recipient.
#include "components/router/route/access_evaluation.hpp"

#include "base/text.hpp"
#include "components/router/route/access_status.hpp"

#include <fmt/format.h>

namespace watershed::router {

namespace {

bool is_final_class(AddressClass address_class) {
  return address_class == AddressClass::local || address_class == AddressClass::virtual_alias ||
         address_class == AddressClass::virtual_mailbox;
}

}  // namespace

std::shared_ptr<const Resolution> AccessEvaluation::resolve(const std::string& address) const {
  // smtpd asks for the address as the rewriting service completes it.
  return rules_.resolver.resolve_shared(reverse_path_value_, rules_.resolver.rules().complete(address));
}

// smtpd folds what it looks up, so that $1 in a regexp: access table is in lower case.
std::string AccessEvaluation::looked_up_form(const Resolution& resolution) {
  return to_lower(internal_form(resolution.recipient));
}

Status AccessEvaluation::permit_auth_destination() {
  const auto resolution = resolve(recipient_);
  if (resolution->status == Resolution::Status::deferred) return dictionary_retry(recipient_);
  if (resolution->has_routing_characters && !rules_.allows_untrusted_routing) return Status::dunno;
  if (!is_final_class(resolution->address_class) && resolution->address_class != AddressClass::relay)
    return Status::dunno;
  if (!resolution->class_by.at.file.empty()) current_ = resolution->class_by;
  return Status::ok;
}

Status AccessEvaluation::reject_unauth_destination(int below_code, std::string_view dsn) {
  const auto resolution = resolve(recipient_);
  if (resolution->status == Resolution::Status::deferred) {
    out_.not_understood.insert(out_.not_understood.end(), resolution->not_understood.begin(),
                               resolution->not_understood.end());
    return dictionary_retry(recipient_);
  }
  const bool is_suspicious = resolution->has_routing_characters && !rules_.allows_untrusted_routing;
  const bool is_ours = is_final_class(resolution->address_class) || resolution->address_class == AddressClass::relay;
  if (is_ours && !is_suspicious) return Status::dunno;
  return reject(rules_.code("relay_domains_reject_code") - below_code, dsn,
                fmt::format("<{}>: Relay access denied", recipient_));
}

bool AccessEvaluation::matches(const postfix::Maps& maps, const std::string& address, Status& failed) {
  if (maps.empty()) return false;
  const AddressLookup found = rules_.addresses.find(maps, address);
  if (!found) {
    note_failure(found.error());
    // A table that only the model cannot read: the recipient counts as listed, and the verdict as inconclusive.
    if (found.error().not_understood) return true;
    failed = dictionary_retry(address);
    return false;
  }
  return found->has_value();
}

Status AccessEvaluation::check_listed(const std::string& address, bool is_sender) {
  bool& checked = is_sender ? sender_checked_ : recipient_checked_;
  if (checked) return Status::dunno;
  if (warn_if_reject_ == 0) checked = true;
  const std::string class_name = is_sender ? "Sender address" : "Recipient address";
  const std::string_view unknown_dsn = is_sender ? "5.1.0" : "5.1.1";
  const auto resolution = resolve(address);
  if (resolution->status == Resolution::Status::deferred) {
    out_.not_understood.insert(out_.not_understood.end(), resolution->not_understood.begin(),
                               resolution->not_understood.end());
    return dictionary_retry(address);
  }
  const std::string resolved = looked_up_form(*resolution);
  // An address that any rewriting map knows is taken to be good.
  Status failed = Status::dunno;
  for (const postfix::Maps* maps :
       {&rules_.recipient_canonical_maps, is_sender ? &rules_.sender_canonical_maps : nullptr, &rules_.canonical_maps,
        &rules_.virtual_alias_maps}) {
    if (maps == nullptr) continue;
    if (matches(*maps, resolved, failed)) return Status::dunno;
    if (failed != Status::dunno) return failed;
  }
  const auto refuse = [&](int code, std::string_view dsn, const std::string& text) {
    return reject(code, dsn, fmt::format("<{}>: {} rejected: {}", address, class_name, text));
  };
  if (resolution->transport == "error" || resolution->transport == "retry") {
    const bool is_error = resolution->transport == "error";
    const StatusAndText reason = split_status(resolution->nexthop, is_error ? unknown_dsn : "4.1.1");
    if (!resolution->decided_by.at.file.empty()) current_ = resolution->decided_by;
    const bool is_alias = resolution->address_class == AddressClass::virtual_alias;
    return refuse(!is_error  ? 450
                  : is_alias ? rules_.code("unknown_virtual_alias_reject_code")
                             : 550,
                  fitting_status(reason.dsn, class_name), reason.text);
  }
  struct Validation {
    AddressClass address_class;
    const postfix::Maps* maps;
    std::string_view code_parameter;
    std::string_view table_name;
  };
  const Validation validations[] = {{AddressClass::local, &rules_.local_recipient_maps,
                                     "unknown_local_recipient_reject_code", " in local recipient table"},
                                    {AddressClass::virtual_mailbox, &rules_.virtual_mailbox_maps,
                                     "unknown_virtual_mailbox_reject_code", " in virtual mailbox table"},
                                    {AddressClass::relay, &rules_.relay_recipient_maps,
                                     "unknown_relay_recipient_reject_code", " in relay recipient table"}};
  for (const Validation& validation : validations) {
    if (validation.address_class != resolution->address_class || validation.maps->empty()) continue;
    const std::string_view local = local_part_of(resolved);
    // Absorbed or made by the mail system itself.
    if (validation.address_class == AddressClass::local &&
        (starts_with_ignoring_case(local, rules_.double_bounce_sender) ||
         starts_with_ignoring_case(local, "postmaster") || starts_with_ignoring_case(local, "mailer-daemon"))) {
      continue;
    }
    if (matches(*validation.maps, resolved, failed)) return Status::dunno;
    if (failed != Status::dunno) return failed;
    current_ = rules_.parameters.decided_by(validation.maps->parameter());
    return refuse(rules_.code(validation.code_parameter), unknown_dsn,
                  "User unknown" + (rules_.shows_table_name ? std::string(validation.table_name) : std::string{}));
  }
  return Status::dunno;
}

}  // namespace watershed::router
