// See smtp_parameters.hpp.
#include "mail/smtp_parameters.hpp"

#include "base/octets.hpp"
#include "base/text.hpp"
#include "mail/smtp_command.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

namespace watershed::mail {

namespace {

constexpr std::size_t envelope_id_octets_max = 100;         // RFC 3461 §4.4
constexpr std::size_t original_recipient_octets_max = 500;  // RFC 3461 §4.2

using Check = std::optional<Reply>;  // nothing, or the reply that refuses

struct Parameter {
  std::string_view keyword;
  std::string_view value;
  bool has_value = false;
};

// RFC 5321 §4.1.2 Mail-parameters: each after a blank, keyword or keyword=value, none twice.
Result<std::vector<Parameter>, Reply> parse_parameters(std::string_view text) {
  std::vector<Parameter> parameters;
  if (text.empty()) return parameters;
  if (text[0] != ' ') return syntax_refusal("A blank is expected after the path");
  for (const std::string_view word : split(text, " ")) {
    const std::size_t equals = word.find('=');
    Parameter parameter;
    parameter.keyword = word.substr(0, equals);
    parameter.has_value = equals != std::string_view::npos;
    if (parameter.has_value) parameter.value = word.substr(equals + 1);
    if (parameter.keyword.empty() || (parameter.has_value && parameter.value.empty())) {
      return syntax_refusal("Malformed parameter");
    }
    for (const Parameter& earlier : parameters) {
      if (equal_ignoring_case(earlier.keyword, parameter.keyword)) return syntax_refusal("Parameter given twice");
    }
    parameters.push_back(parameter);
  }
  return parameters;
}

Check read_body(const Parameter& parameter, Envelope& envelope) {
  if (equal_ignoring_case(parameter.value, "7BIT")) {
    envelope.body_type = BodyType::seven_bit;
  } else if (equal_ignoring_case(parameter.value, "8BITMIME")) {
    envelope.body_type = BodyType::eight_bit_mime;
  } else if (equal_ignoring_case(parameter.value, "BINARYMIME")) {
    envelope.body_type = BodyType::binary_mime;
  } else {
    return syntax_refusal("BODY is 7BIT, 8BITMIME or BINARYMIME");
  }
  return std::nullopt;
}

Check read_size(const Parameter& parameter, Envelope& envelope) {
  envelope.declared_size_octets = parse_octets(parameter.value);
  return envelope.declared_size_octets ? Check() : syntax_refusal("SIZE is a number of octets");
}

Check read_smtputf8(const Parameter& parameter, Envelope& envelope) {
  envelope.smtputf8 = true;
  return parameter.has_value ? syntax_refusal("SMTPUTF8 takes no value") : Check();
}

Check read_return(const Parameter& parameter, Envelope& envelope) {
  if (equal_ignoring_case(parameter.value, "FULL")) {
    envelope.dsn_return = DsnReturn::full;
  } else if (equal_ignoring_case(parameter.value, "HDRS")) {
    envelope.dsn_return = DsnReturn::headers;
  } else {
    return syntax_refusal("RET is FULL or HDRS");
  }
  return std::nullopt;
}

Check read_envelope_id(const Parameter& parameter, Envelope& envelope) {
  auto decoded = decode_xtext(parameter.value);
  // RFC 3461 §4.4: printable characters and blanks. A line break here would become a header field of the DSN.
  if (!decoded || decoded->empty() || decoded->size() > envelope_id_octets_max || !is_printable_ascii(*decoded)) {
    return syntax_refusal("ENVID is xtext of printable characters, 100 at most");
  }
  envelope.envelope_id = std::move(*decoded);
  return std::nullopt;
}

Check read_notify(const Parameter& parameter, Recipient& recipient) {
  DsnNotify notify;
  notify.specified = true;
  std::string_view rest = parameter.value;
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    const std::string_view word = rest.substr(0, comma);
    if (equal_ignoring_case(word, "NEVER")) {
      notify.never = true;
    } else if (equal_ignoring_case(word, "SUCCESS")) {
      notify.success = true;
    } else if (equal_ignoring_case(word, "FAILURE")) {
      notify.failure = true;
    } else if (equal_ignoring_case(word, "DELAY")) {
      notify.delay = true;
    } else {
      return syntax_refusal("NOTIFY is NEVER, or some of SUCCESS,FAILURE,DELAY");
    }
    more = comma != std::string_view::npos;
    if (more) rest.remove_prefix(comma + 1);
  }
  // RFC 3461 §4.1: NEVER must stand alone.
  if (notify.never && (notify.success || notify.failure || notify.delay))
    return syntax_refusal("NOTIFY=NEVER stands alone");
  recipient.notify = notify;
  return std::nullopt;
}

// RFC 3461 §4.2: addr-type ";" xtext. RFC 6533 §3: the value of type utf-8 is no xtext; it is kept as it came.
Check read_original_recipient(const Parameter& parameter, Recipient& recipient) {
  const Reply refusal = syntax_refusal("ORCPT is an address type, ';' and the address as xtext");
  const std::size_t semicolon = parameter.value.find(';');
  if (parameter.value.size() > original_recipient_octets_max || semicolon == 0 || semicolon == std::string_view::npos) {
    return refusal;
  }
  const std::string_view type = parameter.value.substr(0, semicolon);
  const std::string_view address = parameter.value.substr(semicolon + 1);
  const bool is_type = is_printable_ascii(type) && type.find_first_of("()<>@,:\\\".[]") == std::string_view::npos;
  if (!is_type || address.empty()) return refusal;
  std::string value = std::string(type) + ';';
  if (equal_ignoring_case(type, "utf-8")) {
    if (!is_utf8(address)) return refusal;
    value += address;
  } else {
    const auto decoded = decode_xtext(address);
    if (!decoded || !is_printable_ascii(*decoded)) return refusal;
    value += *decoded;
  }
  recipient.original_recipient = std::move(value);
  return std::nullopt;
}

template <class Target>
struct ParameterReader {
  std::string_view keyword;
  Check (*read)(const Parameter&, Target&);
};

constexpr std::array<ParameterReader<Envelope>, 5> mail_parameters = {{{"SIZE", read_size},
                                                                       {"BODY", read_body},
                                                                       {"SMTPUTF8", read_smtputf8},
                                                                       {"RET", read_return},
                                                                       {"ENVID", read_envelope_id}}};
constexpr std::array<ParameterReader<Recipient>, 2> recipient_parameters = {
    {{"NOTIFY", read_notify}, {"ORCPT", read_original_recipient}}};

template <class Target, std::size_t size>
Check read_parameters(std::string_view text, const std::array<ParameterReader<Target>, size>& readers, Target& target) {
  const auto parameters = parse_parameters(text);
  if (!parameters) return parameters.error();
  for (const Parameter& parameter : *parameters) {
    const auto reader = std::find_if(readers.begin(), readers.end(), [&](const ParameterReader<Target>& known) {
      return equal_ignoring_case(known.keyword, parameter.keyword);
    });
    // RFC 5321 §4.1.1.11: a parameter that the server does not know gets 555.
    if (reader == readers.end()) return make_reply(555, "5.5.4", "Unsupported parameter");
    if (Check refusal = reader->read(parameter, target)) return refusal;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Reply> read_mail_parameters(std::string_view text, Envelope& envelope) {
  return read_parameters(text, mail_parameters, envelope);
}

std::optional<Reply> read_rcpt_parameters(std::string_view text, Recipient& recipient) {
  return read_parameters(text, recipient_parameters, recipient);
}

std::optional<std::uint64_t> parse_octets(std::string_view text) {
  constexpr std::uint64_t greatest = std::numeric_limits<std::uint64_t>::max();
  if (text.empty() || text.size() > 20) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    value = value > (greatest - digit) / 10 ? greatest : value * 10 + digit;
  }
  return value;
}

Reply syntax_refusal(std::string_view text) { return make_reply(501, "5.5.4", text); }

}  // namespace watershed::mail
