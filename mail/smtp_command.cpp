// Parsing one command line. RFC 5321 §4.1.1.
#include "mail/smtp_command.hpp"

#include "base/octets.hpp"
#include "base/text.hpp"
#include "mail/smtp_parameters.hpp"

#include <algorithm>
#include <array>

namespace watershed::mail {

namespace {

constexpr std::size_t domain_octets_max = 255;  // RFC 5321 §4.5.3.1.2

using Outcome = Result<SmtpCommand, Reply>;

bool has_control(std::string_view text) {
  if (is_printable_ascii(text)) return false;
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

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

// What follows `keyword` (FROM: or TO:). Blanks before the path are against RFC 5321 §3.3 but common, and harmless.
std::optional<std::string_view> after_keyword(std::string_view arguments, std::string_view keyword) {
  if (!starts_with_ignoring_case(arguments, keyword)) return std::nullopt;
  arguments.remove_prefix(keyword.size());
  arguments.remove_prefix(std::min(arguments.find_first_not_of(' '), arguments.size()));
  return arguments;
}

Outcome parse_hello(HelloCommand::Verb verb, std::string_view arguments) {
  if (arguments.empty()) return syntax_refusal("A domain or address literal is expected");
  if (arguments.size() > domain_octets_max || arguments.find(' ') != std::string_view::npos) {
    return syntax_refusal("One domain or address literal is expected");
  }
  return SmtpCommand(HelloCommand{verb, std::string(arguments)});
}

Outcome parse_mail(std::string_view arguments) {
  auto rest = after_keyword(arguments, "FROM:");
  if (!rest) return syntax_refusal("MAIL FROM:<address> is expected");
  const auto text = take_path(*rest);
  auto path = parse_reverse_path(text.value_or(std::string_view()));
  if (!path) return make_reply(501, "5.1.7", "Malformed reverse-path");
  MailCommand command;
  command.envelope.reverse_path = std::move(*path);
  if (auto refusal = read_mail_parameters(*rest, command.envelope)) return std::move(*refusal);
  return SmtpCommand(std::move(command));
}

Outcome parse_recipient(std::string_view arguments) {
  auto rest = after_keyword(arguments, "TO:");
  if (!rest) return syntax_refusal("RCPT TO:<address> is expected");
  const auto text = take_path(*rest);
  auto path = parse_forward_path(text.value_or(std::string_view()));
  if (!path) return make_reply(501, "5.1.3", "Malformed forward-path");
  RcptCommand command{Recipient{std::move(*path), {}, {}}};
  if (auto refusal = read_rcpt_parameters(*rest, command.recipient)) return std::move(*refusal);
  return SmtpCommand(std::move(command));
}

Outcome parse_bdat(std::string_view arguments) {
  const std::vector<std::string_view> words = split(arguments, " ");
  const bool is_last = words.size() == 2 && equal_ignoring_case(words[1], "LAST");
  const auto size = words.empty() ? std::nullopt : parse_octets(words[0]);
  if (!size || words.size() > 2 || (words.size() == 2 && !is_last))
    return syntax_refusal("BDAT size [LAST] is expected");
  return SmtpCommand(BdatCommand{*size, is_last});
}

Outcome without_arguments(SmtpCommand command, std::string_view arguments) {
  if (!arguments.empty()) return syntax_refusal("The command takes no argument");
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
       if (arguments.empty()) return Outcome(syntax_refusal("An address or name is expected"));
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
