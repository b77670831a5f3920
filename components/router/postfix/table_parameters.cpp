// See table_parameters.hpp.
#include "components/router/postfix/table_parameters.hpp"

#include "base/contains.hpp"

#include <array>

namespace watershed::postfix {

namespace {

// Parameters whose elements may be type:name or, for the lists, /file. The *_maps are found by their suffix.
constexpr std::array<std::string_view, 18> table_parameters = {"alias_database",
                                                               "body_checks",
                                                               "header_checks",
                                                               "masquerade_exceptions",
                                                               "mime_header_checks",
                                                               "mydestination",
                                                               "mynetworks",
                                                               "nested_header_checks",
                                                               "relay_domains",
                                                               "smtpd_client_restrictions",
                                                               "smtpd_data_restrictions",
                                                               "smtpd_end_of_data_restrictions",
                                                               "smtpd_helo_restrictions",
                                                               "smtpd_recipient_restrictions",
                                                               "smtpd_relay_restrictions",
                                                               "smtpd_sender_restrictions",
                                                               "virtual_alias_domains",
                                                               "virtual_mailbox_domains"};

}  // namespace

bool names_tables(const ParameterFact& fact) {
  if (fact.treatment != Treatment::modelled) return false;
  return fact.name.ends_with("_maps") || contains(table_parameters, fact.name);
}

bool looks_like_table(std::string_view element) {
  while (element.starts_with("!")) element.remove_prefix(1);
  return !element.starts_with("[") && element.find(':') != std::string_view::npos;
}

}  // namespace watershed::postfix
