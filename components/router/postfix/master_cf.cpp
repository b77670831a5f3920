// See master_cf.hpp.
#include "components/router/postfix/master_cf.hpp"

#include "components/router/postfix/logical_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace watershed::postfix {

namespace {

constexpr std::string_view stock_text = R"(
smtp       inet  n - y - -     smtpd
pickup     unix  n - y 60 1    pickup
cleanup    unix  n - y - 0     cleanup
qmgr       unix  n - n 300 1   qmgr
tlsmgr     unix  - - y 1000? 1 tlsmgr
rewrite    unix  - - y - -     trivial-rewrite
bounce     unix  - - y - 0     bounce
defer      unix  - - y - 0     bounce
trace      unix  - - y - 0     bounce
verify     unix  - - y - 1     verify
flush      unix  n - y 1000? 0 flush
proxymap   unix  - - n - -     proxymap
proxywrite unix  - - n - 1     proxymap
smtp       unix  - - y - -     smtp
relay      unix  - - y - -     smtp
showq      unix  n - y - -     showq
error      unix  - - y - -     error
retry      unix  - - y - -     error
discard    unix  - - y - -     discard
local      unix  - n n - -     local
virtual    unix  - n n - -     virtual
lmtp       unix  - - y - -     lmtp
anvil      unix  - - y - 1     anvil
scache     unix  - - y - 1     scache
postlog    unix-dgram n - n - 1 postlogd
)";

constexpr std::array<std::string_view, 5> service_types = {"inet", "unix", "unix-dgram", "fifo", "pass"};

Diagnostic error_at(const SourcePosition& at, const LogicalLine& line, std::string message) {
  return {Severity::error, at, std::move(message), line.text, {}};
}

/// Options that take a value of their own, besides -o; they are kept as arguments.
std::string without_braces(std::string_view argument) {
  const auto content = braced_content(argument);
  return std::string(content ? *content : argument);
}

/// `-o name=value`, `-oname=value`, `-o { name = value }`.
Result<Setting, Error> parse_override(std::string_view text, const SourcePosition& at) {
  const std::optional<std::string_view> braced = braced_content(text);
  const auto assignment = split_assignment(braced ? *braced : text);
  if (!assignment) return assignment.error();
  return Setting{std::string(assignment->name), std::string(assignment->value), at};
}

Result<Service, Diagnostic> parse_service(const LogicalLine& line, const SourcePosition& at) {
  const std::vector<std::string_view> words = split_protecting_braces(line.text, " \t\r\n\v\f");
  constexpr std::size_t command_index = 7;
  if (words.size() <= command_index) {
    return error_at(at, line,
                    "eight fields were expected: name, type, private, unprivileged, chroot, wakeup, maxproc, command");
  }
  Service service;
  service.name = words[0];
  service.type = words[1];
  service.command = words[command_index];
  service.at = at;
  if (std::find(service_types.begin(), service_types.end(), service.type) == service_types.end()) {
    return error_at(
        at, line, fmt::format("'{}' is no service type; expected inet, unix, unix-dgram, fifo or pass", service.type));
  }
  for (std::size_t index = command_index + 1; index < words.size(); ++index) {
    std::string_view word = words[index];
    if (!word.starts_with("-o")) {
      service.arguments.push_back(without_braces(word));
      continue;
    }
    word.remove_prefix(2);
    if (word.empty()) {
      if (++index >= words.size()) return error_at(at, line, "-o without name=value");
      word = words[index];
    }
    auto override = parse_override(word, at);
    if (!override) return error_at(at, line, "in -o: " + override.error().message + "; expected name=value");
    service.overrides.push_back(std::move(*override));
  }
  return service;
}

}  // namespace

std::string_view to_string(TransportKind kind) {
  switch (kind) {
    case TransportKind::smtp:
      return "smtp";
    case TransportKind::lmtp:
      return "lmtp";
    case TransportKind::local:
      return "local";
    case TransportKind::virtual_mailbox:
      return "virtual";
    case TransportKind::error:
      return "error";
    case TransportKind::retry:
      return "retry";
    case TransportKind::discard:
      return "discard";
    case TransportKind::pipe:
      return "pipe";
    case TransportKind::unknown:
      break;
  }
  return "unknown";
}

TransportKind kind_of(const Service& service) {
  if (service.command == "smtp") return TransportKind::smtp;
  if (service.command == "lmtp") return TransportKind::lmtp;
  if (service.command == "local") return TransportKind::local;
  if (service.command == "virtual") return TransportKind::virtual_mailbox;
  // error(8): the same program defers when its service is named "retry".
  if (service.command == "error") return service.name == "retry" ? TransportKind::retry : TransportKind::error;
  if (service.command == "discard") return TransportKind::discard;
  if (service.command == "pipe") return TransportKind::pipe;
  return TransportKind::unknown;
}

Parsed<MasterCf> MasterCf::parse(std::string_view text, const std::string& file) {
  MasterCf master;
  Diagnostics errors;
  if (text.find('\0') != std::string_view::npos) {
    errors.push_back({Severity::error, {file, 0, 0}, "a NUL byte; master.cf is text", {}, {}});
    return errors;
  }
  for (const LogicalLine& line : logical_lines(text)) {
    const SourcePosition at{file, line.line, 1};
    if (line.starts_with_blank) {
      errors.push_back(error_at(at, line, "the first entry starts with white space"));
      continue;
    }
    auto service = parse_service(line, at);
    if (!service) {
      errors.push_back(service.error());
      continue;
    }
    for (Service& existing : master.services_) {
      if (existing.name == service->name && existing.type == service->type) {
        master.warnings_.push_back(
            {Severity::warning,
             at,
             fmt::format("service {} {} is listed again; Postfix lets the later one replace line {}", service->name,
                         service->type, existing.at.line),
             line.text,
             {}});
        existing.type += " (replaced)";
      }
    }
    master.services_.push_back(std::move(*service));
  }
  if (!errors.empty()) return errors;
  std::erase_if(master.services_, [](const Service& service) { return service.type.ends_with(" (replaced)"); });
  return master;
}

const MasterCf& MasterCf::stock() {
  static const MasterCf stock = [] {
    MasterCf master = *parse(stock_text, "");
    for (Service& service : master.services_) service.at = SourcePosition{};
    return master;
  }();
  return stock;
}

const Service* MasterCf::internal_service(std::string_view name) const {
  for (const Service& service : services_) {
    if (service.name == name && service.type == "unix") return &service;
  }
  return nullptr;
}

const Service* MasterCf::transport(std::string_view name) const { return internal_service(name); }

std::vector<const Service*> MasterCf::smtpd_services() const {
  std::vector<const Service*> found;
  for (const Service& service : services_) {
    if (service.command == "smtpd" && (service.type == "inet" || service.type == "pass")) found.push_back(&service);
  }
  return found;
}

}  // namespace watershed::postfix
