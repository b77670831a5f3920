// See pipe_service.hpp.
#include "components/router/postfix/pipe_service.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <optional>

namespace watershed::postfix {

std::string_view PipeService::program() const {
  if (command.empty()) return {};
  const std::string_view path = command.front();
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

Result<PipeService, Error> pipe_service_of(const Service& service) {
  // Flags whose effect is modelled; B, F, `.` and `>` alter the message for other programs, q quotes for them.
  constexpr std::string_view known_flags = "DORXhu";
  PipeService pipe;
  for (std::size_t i = 0; i < service.arguments.size(); ++i) {
    const std::string& argument = service.arguments[i];
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    std::string value = equals == std::string::npos ? std::string() : argument.substr(equals + 1);
    if (name == "argv") {
      // pipe(8): the last attribute; what follows is the command's.
      if (!value.empty()) pipe.command.push_back(std::move(value));
      pipe.command.insert(pipe.command.end(), service.arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                          service.arguments.end());
      break;
    }
    if (name == "flags") {
      const std::size_t unknown = value.find_first_not_of(known_flags);
      if (unknown != std::string::npos) return Error{fmt::format("flag '{}' is not modelled", value[unknown])};
      pipe.flags = std::move(value);
    } else if (name == "user") {
      pipe.user = value.substr(0, value.find(':'));
    } else if (name == "null_sender") {
      pipe.null_sender = std::move(value);
    } else {
      return Error{fmt::format("the attribute {} is not modelled", printable(name))};
    }
  }
  if (pipe.user.empty()) return Error{"there is no user="};
  if (pipe.command.empty()) return Error{"there is no argv="};
  return pipe;
}

bool runs(const Service& service, std::string_view program) {
  const auto pipe = pipe_service_of(service);
  return pipe && pipe->program() == program;
}

bool runs_procmail(const Service& service) { return runs(service, "procmail"); }

namespace {

std::optional<std::string> value_of(std::string_view name, const PipeService& service, const PipeMacros& macros) {
  const auto folded_if = [&](char flag, std::string text) {
    return service.has_flag(flag) ? to_lower(text) : std::move(text);
  };
  const auto address_text = [&](const mail::Address& address) {
    const std::string local = folded_if('u', address.local_part);
    return address.domain.empty() ? local : local + "@" + folded_if('h', address.domain);
  };
  const std::string local = folded_if('u', macros.recipient.local_part);
  const std::size_t extension = macros.delimiters.empty() ? std::string::npos : local.find_first_of(macros.delimiters);
  const bool has_extension = extension != std::string::npos && extension > 0;
  if (name == "user") return has_extension ? local.substr(0, extension) : local;
  if (name == "extension") return has_extension ? local.substr(extension + 1) : std::string();
  if (name == "mailbox") return local;
  if (name == "domain") return folded_if('h', macros.recipient.domain);
  if (name == "recipient") return address_text(macros.recipient);
  if (name == "original_recipient") return address_text(macros.original_recipient);
  if (name == "nexthop") return folded_if('h', macros.next_hop);
  if (name == "sender") return macros.sender;
  if (name == "queue_id") return macros.queue_id;
  if (name == "size") return macros.size;
  return std::nullopt;
}

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

Result<std::vector<std::string>, Error> expand_command(const PipeService& service, const PipeMacros& macros) {
  std::vector<std::string> words;
  for (const std::string& written : service.command) {
    std::string word;
    for (std::size_t at = 0; at < written.size(); ++at) {
      if (written[at] != '$' || at + 1 == written.size()) {
        word += written[at];
        continue;
      }
      const char open = written[++at];
      if (open == '$') {
        word += '$';
        continue;
      }
      const char close = open == '{' ? '}' : open == '(' ? ')' : '\0';
      if (close != '\0') ++at;
      std::size_t end = at;
      while (end < written.size() && is_name(written[end])) ++end;
      const std::string name = written.substr(at, end - at);
      const auto value = value_of(name, service, macros);
      if (!value || (close != '\0' && (end == written.size() || written[end] != close))) {
        return Error{fmt::format("the macro in '{}' is not known", printable(written))};
      }
      word += *value;
      at = close != '\0' ? end : end - 1;
    }
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace watershed::postfix
