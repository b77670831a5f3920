// What each restriction asks of the client, the reverse-path and the forward-path. SMTPD_ACCESS_README, postconf(5).
#include "components/router/route/access_evaluation.hpp"

#include <algorithm>

namespace watershed::router {

// What is asked of the client, its names and its HELO.
Status AccessEvaluation::of_client(const Restriction& restriction, const Subject& subject) {
  using Kind = RestrictionKind;
  switch (restriction.kind) {
    case Kind::permit_inet_interfaces: {
      const auto& own = rules_.config->own_addresses();
      return std::find(own.begin(), own.end(), session_.client_address) != own.end() ? Status::ok : Status::dunno;
    }
    case Kind::permit_mynetworks: {
      const postfix::MatchResult match = rules_.mynetworks.match(session_.client_name, &session_.client_address);
      if (match.failure) {
        note_failure(*match.failure);
        return dictionary_retry(session_.client_name);
      }
      if (!match.matched) return Status::dunno;
      current_ = match.decided_by;
      return Status::ok;
    }
    case Kind::permit_sasl_authenticated:
      return session_.sasl_username.empty() ? Status::dunno : Status::ok;
    case Kind::reject_unknown_client_hostname:
      return reject_unknown_client(false);
    case Kind::reject_unknown_reverse_client_hostname:
      return reject_unknown_client(true);
    case Kind::check_client_access: {
      const Subject client{session_.client_name + "[" + to_string(session_.client_address) + "]", "Client host",
                           subject.bare_table, subject.is_before_mail};
      return check_name_and_address(*restriction.table, session_.client_name, client);
    }
    case Kind::check_reverse_client_access: {
      const Subject client{session_.reverse_client_name, "Unverified Client host", subject.bare_table,
                           subject.is_before_mail};
      return check_name_and_address(*restriction.table, session_.reverse_client_name, client);
    }
    case Kind::check_helo_access: {
      if (session_.helo.empty()) return Status::dunno;
      bool found = false;
      const Subject helo{session_.helo, "Helo command", subject.bare_table, subject.is_before_mail};
      return check_domain(*restriction.table, session_.helo, false, found, helo);
    }
    case Kind::reject_invalid_helo_hostname:
      return reject_invalid_hostname(subject);
    case Kind::reject_non_fqdn_helo_hostname:
      return reject_non_fqdn_hostname(subject);
    case Kind::reject_unknown_helo_hostname:
      return reject_unknown_helo(subject);
    default:
      return Status::dunno;
  }
}

// What is asked of a reverse-path that is known; only check_sender_access knows a key for the null one.
Status AccessEvaluation::of_reverse_path(const Restriction& restriction, const Subject& subject) {
  using Kind = RestrictionKind;
  switch (restriction.kind) {
    case Kind::check_sender_access: {
      const Subject sender{reverse_path_, "Sender address", subject.bare_table, false};
      bool found = false;
      // postconf(5) smtpd_null_access_lookup_key: the key that stands for the null reverse-path.
      if (reverse_path_.empty()) return check_key(*restriction.table, rules_.null_access_key, false, found, sender);
      return check_mail_address(*restriction.table, reverse_path_, sender, false);
    }
    case Kind::reject_non_fqdn_sender:
      return reverse_path_.empty()
                 ? Status::dunno
                 : reject_non_fqdn_address(reverse_path_, {reverse_path_, "Sender address", {}, false});
    case Kind::reject_unknown_sender_domain:
      return reverse_path_.empty()
                 ? Status::dunno
                 : reject_unknown_address(reverse_path_, {reverse_path_, "Sender address", {}, false}, true);
    case Kind::reject_unlisted_sender:
      return reverse_path_.empty() ? Status::dunno : check_listed(reverse_path_, true);
    default:
      return Status::dunno;
  }
}

// What is asked of a forward-path that is known.
Status AccessEvaluation::of_recipient(const Restriction& restriction, const Subject& subject) {
  using Kind = RestrictionKind;
  switch (restriction.kind) {
    case Kind::check_recipient_access:
      return check_mail_address(*restriction.table, recipient_,
                                {recipient_, "Recipient address", subject.bare_table, false}, true);
    case Kind::permit_auth_destination:
      return permit_auth_destination();
    case Kind::reject_unauth_destination:
      return reject_unauth_destination(0, "5.7.1");
    case Kind::defer_unauth_destination:
      return reject_unauth_destination(100, "4.7.1");
    case Kind::reject_non_fqdn_recipient:
      return reject_non_fqdn_address(recipient_, {recipient_, "Recipient address", {}, false});
    case Kind::reject_unknown_recipient_domain:
      return reject_unknown_address(recipient_, {recipient_, "Recipient address", {}, false}, false);
    case Kind::reject_unlisted_recipient:
      return check_listed(recipient_, false);
    default:
      return Status::dunno;
  }
}

}  // namespace watershed::router
