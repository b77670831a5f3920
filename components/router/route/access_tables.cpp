// access(5) tables: which keys are asked, and what their values do.
#include "components/router/route/access_evaluation.hpp"

#include "base/text.hpp"
#include "components/router/postfix/logical_lines.hpp"
#include "components/router/route/access_status.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::router {

namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Status AccessEvaluation::check_key(const postfix::Table& table, std::string_view key, bool is_partial, bool& found,
                                   const Subject& subject) {
  if (is_partial && !table.has_fixed_keys()) return Status::dunno;
  const postfix::Lookup hit = table.lookup(key);
  if (!hit) {
    note_failure(hit.error());
    found = true;
    return apply_action("451 4.3.5 Server configuration error", subject);
  }
  if (!*hit) return Status::dunno;
  found = true;
  current_ = DecidedBy{(*hit)->at, restriction_};
  return apply_action((*hit)->value, subject);
}

/// access(5) "HOST NAME/ADDRESS PATTERNS": domain.tld matches its subdomains (smtpd_access_maps in
/// parent_domain_matches_subdomains), else .domain.tld does.
Status AccessEvaluation::check_domain(const postfix::Table& table, std::string_view domain, bool is_partial,
                                      bool& found, const Subject& subject) {
  // A numeric address has no parent domains. Most names are told from one by their last character.
  const bool may_be_numeric =
      !domain.empty() && (is_digits(domain.substr(domain.size() - 1)) || domain.find(':') != std::string_view::npos);
  const bool is_numeric = may_be_numeric && parse_ip_address(domain);
  std::string_view name = domain;
  while (!name.empty()) {
    const Status status = check_key(table, name, is_partial || name.size() != domain.size(), found, subject);
    if (status != Status::dunno || found) return status;
    if (is_numeric) break;
    const std::size_t dot = name.find('.', 1);
    if (dot == std::string_view::npos) break;
    name.remove_prefix(dot + (rules_.access_parent_matches ? 1 : 0));
  }
  return Status::dunno;
}

/// access(5): net.work.addr.ess, net.work.addr, net.work, net.
Status AccessEvaluation::check_address_text(const postfix::Table& table, std::string_view address, bool& found,
                                            const Subject& subject) {
  const char separator = address.find(':') != std::string_view::npos ? ':' : '.';
  bool is_partial = false;
  while (true) {
    const Status status = check_key(table, address, is_partial, found, subject);
    if (status != Status::dunno || found) return status;
    is_partial = true;
    const std::size_t at = address.rfind(separator);
    if (at == std::string_view::npos) return Status::dunno;
    address = address.substr(0, at);
  }
}

Status AccessEvaluation::check_name_and_address(const postfix::Table& table, const std::string& name,
                                                const Subject& subject) {
  bool found = false;
  const Status status = check_domain(table, name, false, found, subject);
  if (status != Status::dunno || found) return status;
  return check_address_text(table, to_string(session_.client_address), found, subject);
}

/// access(5) "EMAIL ADDRESS PATTERNS": user+ext@domain, user@domain, domain and its parents, user+ext@, user@.
Status AccessEvaluation::check_mail_address(const postfix::Table& table, const std::string& address,
                                            const Subject& subject, bool is_recipient) {
  const auto resolution = resolve(address);
  if (resolution->status == Resolution::Status::deferred) return dictionary_retry(address);
  const std::string resolved = looked_up_form(*resolution);
  if (resolved.find('@') == std::string::npos) return Status::dunno;
  // A source-routed recipient is too suspicious for a permit.
  const bool is_suspicious = is_recipient && resolution->has_routing_characters && !rules_.allows_untrusted_routing;
  const std::string local(local_part_of(resolved));
  const std::string domain(domain_of(resolved));
  const auto split = rules_.addresses.extension_rule().split(local);
  const std::string bare = split ? local.substr(0, *split) : std::string{};
  bool found = false;
  Status status = check_key(table, external_form(resolved), false, found, subject);
  if (status == Status::dunno && !found && split)
    status = check_key(table, external_form(bare + "@" + domain), true, found, subject);
  if (status == Status::dunno && !found) status = check_domain(table, domain, true, found, subject);
  if (status == Status::dunno && !found) status = check_key(table, external_form(local + "@"), true, found, subject);
  if (status == Status::dunno && !found && split)
    status = check_key(table, external_form(bare + "@"), true, found, subject);
  return status == Status::ok && is_suspicious ? Status::dunno : status;
}

Status AccessEvaluation::apply_side_effect(std::string_view verb, const std::string& text, const Subject& subject,
                                           bool& handled) {
  const auto is = [&](std::string_view name) { return equal_ignoring_case(verb, name); };
  const bool has_address = text.find('@') != std::string::npos;
  handled = true;
  if (is("WARN") || is("INFO")) {
    out_.warnings.push_back(
        fmt::format("{}: <{}>: {} {}", is("WARN") ? "warn" : "info", subject.name, subject.class_name, text));
    return Status::dunno;
  }
  const bool needs_message =
      is("DISCARD") || is("HOLD") || is("FILTER") || is("PREPEND") || is("REDIRECT") || is("BCC");
  if (!needs_message) {
    handled = false;
    return Status::dunno;
  }
  // Before MAIL FROM there is no message that could be held, dropped or changed.
  if (subject.is_before_mail) return Status::dunno;
  if (is("DISCARD")) {
    out_.discard = true;
    out_.decided_by = current_;
    return Status::ok;
  }
  if (is("HOLD")) out_.hold = true;
  if (is("FILTER") && text.find(':') != std::string::npos) out_.filter = text;
  if (is("PREPEND") && !text.empty()) out_.prepend.push_back(text);
  if (is("REDIRECT") && has_address) out_.redirect = text;
  if (is("BCC") && has_address) out_.bcc.push_back(text);
  return Status::dunno;
}

Status AccessEvaluation::apply_action(const std::string& value, const Subject& subject) {
  const std::size_t end = std::min(value.find_first_of(" \t"), value.size());
  const std::string_view verb = std::string_view(value).substr(0, end);
  const std::string text(trim(std::string_view(value).substr(end)));
  const auto is = [&](std::string_view name) { return equal_ignoring_case(verb, name); };
  const auto refuse = [&](int code, std::string_view dsn, std::string_view fallback_text) {
    const StatusAndText parts = split_status(text, dsn);
    return reject(code, fitting_status(parts.dsn, subject.class_name),
                  prefix(subject) + (parts.text.empty() ? std::string(fallback_text) : parts.text));
  };
  if (is("REJECT")) return refuse(rules_.code("access_map_reject_code"), "5.7.1", "Access denied");
  if (is("DEFER")) return refuse(rules_.code("access_map_defer_code"), "4.7.1", "Access denied");
  if (is("DEFER_IF_REJECT") || is("DEFER_IF_PERMIT")) {
    const StatusAndText parts = split_status(text, "4.7.1");
    set_problem(is("DEFER_IF_REJECT") ? defer_if_reject_ : defer_if_permit_, rules_.code("access_map_defer_code"),
                fitting_status(parts.dsn, subject.class_name),
                prefix(subject) + (parts.text.empty() ? "Service unavailable" : parts.text));
    return Status::dunno;
  }
  bool handled = false;
  const Status effect = apply_side_effect(verb, text, subject, handled);
  if (handled) return effect;
  if (is("DUNNO")) return Status::dunno;
  // access(5) "4NN text": without a text it is a number, and all numbers permit.
  if (verb.size() == 3 && !text.empty() && is_digits(verb) && (verb[0] == '4' || verb[0] == '5')) {
    const int code = (verb[0] - '0') * 100 + (verb[1] - '0') * 10 + (verb[2] - '0');
    return refuse(code, verb[0] == '4' ? "4.7.1" : "5.7.1", "Access denied");
  }
  if (is("OK") || is("RELAY") || is_digits(value)) return Status::ok;
  // access(5): any other value is a list of restrictions.
  std::vector<std::string> elements;
  for (const std::string_view element : postfix::split_protecting_braces(value, postfix::list_separators)) {
    elements.emplace_back(element);
  }
  const RestrictionList list = compile_restrictions(*rules_.config, elements, current_.rule, current_.at,
                                                    subject.bare_table, rules_.class_names);
  return evaluate_list(list, subject);
}

}  // namespace watershed::router
