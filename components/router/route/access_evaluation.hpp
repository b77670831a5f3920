// One evaluation of restriction lists for one command. Internal to access.
#pragma once

#include "components/router/route/access_rules.hpp"

#include <string>
#include <string_view>

namespace watershed::router {

/// What a restriction says: nothing, yes, no, or that an answer from DNS is missing.
enum class Status { dunno, ok, reject, needs_dns };

/// The names that replies carry: `<reply_name>: Recipient address rejected: …`.
struct Subject {
  std::string name;        ///< `a@b`, `client.example[192.0.2.1]`, `DATA`
  std::string class_name;  ///< "Recipient address"
  RestrictionKind bare_table = RestrictionKind::unknown;
  bool is_before_mail = false;  ///< a client or HELO list asked before MAIL FROM: some actions have no message yet
};

class AccessEvaluation {
 public:
  AccessEvaluation(const AccessPolicy::Rules& rules, const SessionFacts& session, const DnsFacts& dns)
      : rules_(rules), session_(session), dns_(dns) {}

  void set_reverse_path(const mail::ReversePath& reverse_path);
  void set_recipient(const mail::Address& recipient);
  void set_recipient_count(std::size_t count) { recipient_count_ = count; }

  Status run(const RestrictionList& list, const Subject& subject);

  // The stages, with smtpd's reply names.
  Status client(bool is_before_mail);
  Status helo(bool is_before_mail);
  Status mail_from();
  Status recipient();

  /// Without smtpd_delay_reject: client, HELO and MAIL FROM have been accepted already. Asked again for what they
  /// deferred "if permit" and for their side effects; call before set_reverse_path and set_recipient. Only needs_dns
  /// comes back.
  Status earlier_stages(const mail::ReversePath& reverse_path);

  /// An earlier temporary problem turns a permit into a deferral.
  Status apply_defer_if_permit(Status status);

  AccessDecision decision(Status status);

 private:
  struct Problem {
    bool active = false;
    int code = 450;
    std::string dsn;
    std::string text;
    DecidedBy decided_by;
    std::string restriction;
  };

  // access_subjects.cpp
  Status of_client(const Restriction& restriction, const Subject& subject);
  Status of_reverse_path(const Restriction& restriction, const Subject& subject);
  Status of_recipient(const Restriction& restriction, const Subject& subject);

  // access_evaluation.cpp
  Status evaluate(const Restriction& restriction, const Subject& subject);
  Status evaluate_list(const RestrictionList& list, const Subject& subject);
  Status reject(int code, std::string_view dsn, const std::string& text);
  /// An earlier temporary problem may have hidden a permit: a reject becomes a deferral.
  Status apply_defer_if_reject(Status status);
  Status dictionary_retry(std::string_view name);
  Status server_error(const std::string& about);
  void set_problem(Problem& problem, int code, std::string_view dsn, std::string text);
  std::string prefix(const Subject& subject) const {
    return "<" + subject.name + ">: " + subject.class_name + " rejected: ";
  }
  void note_failure(const postfix::LookupError& error);

  // access_names.cpp
  Status reject_unknown_client(bool reverse);
  Status reject_invalid_hostname(const Subject& subject);
  Status reject_non_fqdn_hostname(const Subject& subject);
  Status reject_unknown_helo(const Subject& subject);
  Status reject_non_fqdn_address(const std::string& address, const Subject& subject);
  Status reject_unknown_address(const std::string& address, const Subject& subject, bool is_sender);
  Status tempfail(const std::string& action, int code, std::string_view dsn, std::string text);
  const DnsAnswer* ask_dns(DnsQuestion::Kind kind, std::string_view name);

  // access_recipient.cpp
  Status permit_auth_destination();
  Status reject_unauth_destination(int below_code, std::string_view dsn);
  Status check_listed(const std::string& address, bool is_sender);
  std::shared_ptr<const Resolution> resolve(const std::string& address) const;
  static std::string looked_up_form(const Resolution& resolution);
  /// nothing: the lookup failed, `failed` holds the answer.
  bool matches(const postfix::Maps& maps, const std::string& address, Status& failed);

  // access_tables.cpp
  Status check_name_and_address(const postfix::Table& table, const std::string& name, const Subject& subject);
  Status check_domain(const postfix::Table& table, std::string_view domain, bool is_partial, bool& found,
                      const Subject& subject);
  Status check_address_text(const postfix::Table& table, std::string_view address, bool& found, const Subject& subject);
  Status check_mail_address(const postfix::Table& table, const std::string& address, const Subject& subject,
                            bool is_recipient);
  Status check_key(const postfix::Table& table, std::string_view key, bool is_partial, bool& found,
                   const Subject& subject);
  Status apply_action(const std::string& value, const Subject& subject);
  Status apply_side_effect(std::string_view verb, const std::string& text, const Subject& subject, bool& handled);

  const AccessPolicy::Rules& rules_;
  const SessionFacts& session_;
  const DnsFacts& dns_;
  bool has_reverse_path_ = false;
  std::string reverse_path_;
  mail::ReversePath reverse_path_value_;
  bool has_recipient_ = false;
  std::string recipient_;
  std::size_t recipient_count_ = 0;
  bool recipient_checked_ = false;
  bool sender_checked_ = false;
  int depth_ = 0;
  int warn_if_reject_ = 0;
  Problem defer_if_permit_;
  Problem defer_if_reject_;
  DecidedBy current_;        // the list's line, or the table line that is being applied
  std::string restriction_;  // the restriction being evaluated
  AccessDecision out_;
};

}  // namespace watershed::router
