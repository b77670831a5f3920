// See components.hpp.
#include "harness/lanes/live/components.hpp"

#include "sandbox/tool.hpp"

#include <filesystem>

namespace watershed::harness {

namespace {

struct Question {
  const char* name;
  const char* package;
  const char* program;
  std::vector<std::string> arguments;
  bool is_needed;
};

// The first word in which a digit follows a digit and a dot: `2.3.19.1 (9b53102964)`, `procmail v3.22 2001/09/10`.
std::string version_in(const std::string& text) {
  const std::size_t digit = text.find_first_of("0123456789");
  if (digit == std::string::npos) return {};
  return text.substr(digit, text.find_first_not_of("0123456789.abcdefghijklmnopqrstuvwxyz+-~", digit) - digit);
}

std::string version_of(const Question& question) {
  std::error_code ignored;
  if (!std::filesystem::exists(question.program, ignored)) return {};
  const auto output = sandbox::output_of(question.program, question.arguments);
  if (!output) return {};
  const std::string version = version_in(*output);
  return version.empty() ? "unknown" : version;
}

}  // namespace

std::vector<ComponentFound> find_components() {
  const Question questions[] = {
      {"Postfix", "postfix", "/usr/sbin/postconf", {"-d", "-h", "mail_version"}, true},
      {"Dovecot", "dovecot-core", "/usr/sbin/dovecot", {"--version"}, true},
      {"Dovecot LMTP", "dovecot-lmtpd", "/usr/lib/dovecot/lmtp", {}, true},
      {"Pigeonhole", "dovecot-sieve", "/usr/bin/sievec", {}, true},
      {"Dovecot IMAP", "dovecot-imapd", "/usr/lib/dovecot/imap", {}, true},
      {"rspamd", "rspamd", "/usr/bin/rspamd", {"--version"}, true},
      {"procmail", "procmail", "/usr/bin/procmail", {"-v"}, false},
      {"maildrop", "maildrop", "/usr/bin/maildrop", {"-v"}, false},
      {"swaks", "swaks", "/usr/bin/swaks", {"--version"}, false},
  };
  std::vector<ComponentFound> found;
  for (const Question& question : questions) {
    ComponentFound component{question.name, question.package, {}, question.is_needed};
    std::error_code ignored;
    if (!question.arguments.empty()) {
      component.version = version_of(question);
    } else if (std::filesystem::exists(question.program, ignored)) {
      component.version = "installed";
    }
    found.push_back(std::move(component));
  }
  return found;
}

std::map<std::string, std::string> component_versions(const std::vector<ComponentFound>& found) {
  std::map<std::string, std::string> versions;
  for (const ComponentFound& component : found) {
    if (!component.version.empty() && component.version != "installed") versions[component.name] = component.version;
  }
  return versions;
}

std::vector<std::string> missing_packages(const std::vector<ComponentFound>& found) {
  std::vector<std::string> packages;
  for (const ComponentFound& component : found) {
    if (component.is_needed && component.version.empty()) packages.push_back(component.package);
  }
  return packages;
}

}  // namespace watershed::harness
