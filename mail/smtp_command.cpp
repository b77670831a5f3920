// Parsing one command line. RFC 5321 §4.1.1; the parameters' grammar is in §4.1.2 and in each extension's RFC.
#include "mail/smtp_command.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace watershed::mail {

namespace {

constexpr std::size_t envelope_id_octets_max = 100;         // RFC 3461 §4.4
constexpr std::size_t original_recipient_octets_max = 500;  // RFC 3461 §4.2
constexpr std::size_t domain_octets_max = 255;              // RFC 5321 §4.5.3.1.2

using Outcome = Result<SmtpCommand, Reply>;
using Check = std::optional<Reply>;  // nothing, or the reply that refuses

Reply syntax_error(std::string_view text) { return make_reply(501, "5.5.4", text); }

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// A decimal number of 1 to 20 digits (RFC 1870 §3, RFC 3030 §2). What does not fit is the greatest number there is:
// too large for every limit.
std::optional<std::uint64_t> parse_size(std::string_view text) {
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

struct Parameter {
  std::string_view keyword;
  std::string_view value;
  bool has_value = false;
};

// The path at the front of `text` up to its closing bracket; brackets within a quoted string do not count.
std::optional<std::string_view> take_path(std::string_view& text) {
  if (!text.starts_with('<')) return std::nullopt;
  bool quoted = false;
  for (std::size_t index = 1; index < text.size(); ++index) {
    if (quoted && text[index] == '\\') {
      ++index;
    } else if (text[index] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[index] == '>') {
      const std::string_view path = text.substr(0, index + 1);
      text.remove_prefix(index + 1);
      return path;
    }
  }
  return std::nullopt;
}

// RFC 5321 §4.1.2 Mail-parameters: each after a blank, keyword or keyword=value, none twice.
Result<std::vector<Parameter>, Reply> parse_parameters(std::string_view text) {
  std::vector<Parameter> parameters;
  if (text.empty()) return parameters;
  if (text[0] != ' ') return syntax_error("A blank is expected after the path");
  for (const std::string_view word : split(text, " ")) {
    const std::size_t equals = word.find('=');
    Parameter parameter;
    parameter.keyword = word.substr(0, equals);
    parameter.has_value = equals != std::string_view::npos;
    if (parameter.has_value) parameter.value = word.substr(equals + 1);
    if (parameter.keyword.empty() || (parameter.has_value && parameter.value.empty())) {
      return syntax_error("Malformed parameter");
    }
    for (const Parameter& earlier : parameters) {
      if (equal_ignoring_case(earlier.keyword, parameter.keyword)) return syntax_error("Parameter given twice");
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
    return syntax_error("BODY is 7BIT, 8BITMIME or BINARYMIME");
  }
  return std::nullopt;
}

Check read_size(const Parameter& parameter, Envelope& envelope) {
  envelope.declared_size_octets = parse_size(parameter.value);
  return envelope.declared_size_octets ? Check() : syntax_error("SIZE is a number of octets");
}

Check read_smtputf8(const Parameter& parameter, Envelope& envelope) {
  envelope.smtputf8 = true;
  return parameter.has_value ? syntax_error("SMTPUTF8 takes no value") : Check();
}

Check read_return(const Parameter& parameter, Envelope& envelope) {
  if (equal_ignoring_case(parameter.value, "FULL")) {
    envelope.dsn_return = DsnReturn::full;
  } else if (equal_ignoring_case(parameter.value, "HDRS")) {
    envelope.dsn_return = DsnReturn::headers;
  } else {
    return syntax_error("RET is FULL or HDRS");
  }
  return std::nullopt;
}

Check read_envelope_id(const Parameter& parameter, Envelope& envelope) {
  auto decoded = decode_xtext(parameter.value);
  // RFC 3461 §4.4: printable characters and blanks. A line break here would become a header field of the DSN.
  if (!decoded || decoded->empty() || decoded->size() > envelope_id_octets_max || !is_printable_ascii(*decoded)) {
    return syntax_error("ENVID is xtext of printable characters, 100 at most");
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
      return syntax_error("NOTIFY is NEVER, or some of SUCCESS,FAILURE,DELAY");
    }
    more = comma != std::string_view::npos;
    if (more) rest.remove_prefix(comma + 1);
  }
  // RFC 3461 §4.1: NEVER must stand alone.
  if (notify.never && (notify.success || notify.failure || notify.delay))
    return syntax_error("NOTIFY=NEVER stands alone");
  recipient.notify = notify;
  return std::nullopt;
}

// RFC 3461 §4.2: addr-type ";" xtext. RFC 6533 §3: the value of type utf-8 is no xtext; it is kept as it came.
Check read_original_recipient(const Parameter& parameter, Recipient& recipient) {
  const Reply refusal = syntax_error("ORCPT is an address type, ';' and the address as xtext");
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

// What follows `keyword` (FROM: or TO:). Blanks before the path are against RFC 5321 §3.3 but common, and harmless.
std::optional<std::string_view> after_keyword(std::string_view arguments, std::string_view keyword) {
  if (!starts_with_ignoring_case(arguments, keyword)) return std::nullopt;
  arguments.remove_prefix(keyword.size());
  arguments.remove_prefix(std::min(arguments.find_first_not_of(' '), arguments.size()));
  return arguments;
}

Outcome parse_hello(HelloCommand::Verb verb, std::string_view arguments) {
  if (arguments.empty()) return syntax_error("A domain or address literal is expected");
  if (arguments.size() > domain_octets_max || arguments.find(' ') != std::string_view::npos) {
    return syntax_error("One domain or address literal is expected");
  }
  return SmtpCommand(HelloCommand{verb, std::string(arguments)});
}

Outcome parse_mail(std::string_view arguments) {
  auto rest = after_keyword(arguments, "FROM:");
  if (!rest) return syntax_error("MAIL FROM:<address> is expected");
  const auto text = take_path(*rest);
  auto path = parse_reverse_path(text.value_or(std::string_view()));
  if (!path) return make_reply(501, "5.1.7", "Malformed reverse-path");
  MailCommand command;
  command.envelope.reverse_path = std::move(*path);
  if (Check refusal = read_parameters(*rest, mail_parameters, command.envelope)) return std::move(*refusal);
  return SmtpCommand(std::move(command));
}

Outcome parse_recipient(std::string_view arguments) {
  auto rest = after_keyword(arguments, "TO:");
  if (!rest) return syntax_error("RCPT TO:<address> is expected");
  const auto text = take_path(*rest);
  auto path = parse_forward_path(text.value_or(std::string_view()));
  if (!path) return make_reply(501, "5.1.3", "Malformed forward-path");
  RcptCommand command{Recipient{std::move(*path), {}, {}}};
  if (Check refusal = read_parameters(*rest, recipient_parameters, command.recipient)) return std::move(*refusal);
  return SmtpCommand(std::move(command));
}

Outcome parse_bdat(std::string_view arguments) {
  const std::vector<std::string_view> words = split(arguments, " ");
  const bool is_last = words.size() == 2 && equal_ignoring_case(words[1], "LAST");
  const auto size = words.empty() ? std::nullopt : parse_size(words[0]);
  if (!size || words.size() > 2 || (words.size() == 2 && !is_last)) return syntax_error("BDAT size [LAST] is expected");
  return SmtpCommand(BdatCommand{*size, is_last});
}

Outcome without_arguments(SmtpCommand command, std::string_view arguments) {
  if (!arguments.empty()) return syntax_error("The command takes no argument");
  return command;
}

struct Verb {
  std::string_view name;
  Outcome (*parse)(std::string_view arguments);
};

constexpr std::array<Verb, 16> verbs = {{
    {"MAIL", parse_mail},
    {"RCPT", parse_recipient},
    {"DATA", [](std::string_view arguments) { return without_arguments(DataCommand{}, arguments); }},
    {"BDAT", parse_bdat},
    {"EHLO", [](std::string_view arguments) { return parse_hello(HelloCommand::Verb::ehlo, arguments); }},
    {"HELO", [](std::string_view arguments) { return parse_hello(HelloCommand::Verb::helo, arguments); }},
    {"LHLO", [](std::string_view arguments) { return parse_hello(HelloCommand::Verb::lhlo, arguments); }},
    {"RSET", [](std::string_view arguments) { return without_arguments(ResetCommand{}, arguments); }},
    {"QUIT", [](std::string_view arguments) { return without_arguments(QuitCommand{}, arguments); }},
    {"STARTTLS", [](std::string_view arguments) { return without_arguments(StartTlsCommand{}, arguments); }},
    {"NOOP", [](std::string_view) { return Outcome(SmtpCommand(NoopCommand{})); }},
    {"HELP", [](std::string_view) { return Outcome(SmtpCommand(HelpCommand{})); }},
    {"VRFY",
     [](std::string_view arguments) {
       if (arguments.empty()) return Outcome(syntax_error("An address or name is expected"));
       return Outcome(SmtpCommand(VerifyCommand{std::string(arguments)}));
     }},
    // RFC 5321 §4.2.4: 502 is for a command that is known but not implemented.
    {"EXPN", [](std::string_view) { return Outcome(make_reply(502, "5.5.1", "Command not implemented")); }},
    {"AUTH", [](std::string_view) { return Outcome(make_reply(502, "5.5.1", "Command not implemented")); }},
    {"ETRN", [](std::string_view) { return Outcome(make_reply(502, "5.5.1", "Command not implemented")); }},
}};

}  // namespace

Result<SmtpCommand, Reply> parse_smtp_command(std::string_view line) {
  // RFC 5321 §4.1.1: blanks before the line end are tolerated.
  while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
  if (has_control(line)) return make_reply(500, "5.5.2", "A control character is in the command");
  const std::size_t blank = std::min(line.find(' '), line.size());
  const std::string_view name = line.substr(0, blank);
  std::string_view arguments = line.substr(blank);
  arguments.remove_prefix(std::min(arguments.find_first_not_of(' '), arguments.size()));
  for (const Verb& verb : verbs) {
    if (equal_ignoring_case(name, verb.name)) return verb.parse(arguments);
  }
  return make_reply(500, "5.5.2", "Command not recognized");
}

}  // namespace watershed::mail
