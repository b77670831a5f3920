// Runs a script on a message and tells the outcome as one line, so that tests are tables.
#pragma once

#include "components/filter/sieve/evaluate.hpp"
#include "mail/path.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace watershed::sieve::test {

/// The situation of a run; the defaults are an operator's request to a robot's account.
struct Setting {
  std::string message =
      "Received: from a by b; Fri, 20 Nov 2026 06:15:00 +0100 (CET)\r\n"
      "From: Op <op@station.example>\r\n"
      "To: robots: autodrm@ctbto.int, \"Quoted Name\" <q.n@c.example>;\r\n"
      "Subject: =?utf-8?q?caf=C3=A9?= folded\r\n\t line\r\n"
      "X-Number: 17\r\n"
      "X-Number: 4\r\n"
      "X-Empty: \r\n"
      "Message-ID: <1@station.example>\r\n"
      "Date: Thu, 19 Nov 2026 23:15:00 -0500\r\n"
      "\r\n"
      "BEGIN IMS2.0\r\n";
  std::string reverse_path = "<op@station.example>";
  std::string forward_path = "<autodrm+test@ctbto.int>";
  std::int64_t now_unix_seconds = 1'795'000'000;  // Wed, 18 Nov 2026 11:06:40 +0000
  int zone_minutes = 0;
  const MailboxDirectory* mailboxes = nullptr;
  const ResponseHistory* history = nullptr;
  const Annotations* annotations = nullptr;
  const ExternalLists* lists = nullptr;
  CompileOptions options = {};
};

inline Outcome run(const Script& script, const Setting& setting) {
  const mail::Message message = mail::Message::parse(setting.message);
  const auto reverse_path = mail::parse_reverse_path(setting.reverse_path);
  const auto forward_path = mail::parse_forward_path(setting.forward_path);
  return evaluate(script, {.message = message,
                           .reverse_path = *reverse_path,
                           .forward_path = *forward_path,
                           .now_unix_seconds = setting.now_unix_seconds,
                           .zone_minutes = setting.zone_minutes,
                           .mailboxes = setting.mailboxes,
                           .history = setting.history,
                           .annotations = setting.annotations,
                           .lists = setting.lists});
}

/// `fileinto "A"; keep`; `error 1:5: …` for each compile error; `run-time error 1: …` in front after a failure.
inline std::string decide(std::string_view source, const Setting& setting = {}) {
  const auto script = compile(source, "", setting.options);
  std::string out;
  const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : "; ") + text; };
  if (!script) {
    for (const Diagnostic& diagnostic : script.error()) {
      if (diagnostic.severity != Severity::error) continue;
      add(fmt::format("error {}:{}: {}", diagnostic.at.line, diagnostic.at.column, diagnostic.message));
    }
    return out;
  }
  const Outcome outcome = run(*script, setting);
  if (outcome.error) add(fmt::format("run-time error {}: {}", outcome.error->at.line, outcome.error->message));
  for (const Action& action : outcome.actions) add(to_string(action));
  return out;
}

/// Whether the test holds, as "yes" or "no"; anything else is an error text. All capabilities are required.
inline std::string check(std::string_view test, const Setting& setting = {}) {
  constexpr std::string_view require =
      "require [\"fileinto\", \"envelope\", \"variables\", \"relational\", \"regex\", \"imap4flags\", \"mailbox\", "
      "\"subaddress\", \"date\", \"index\", \"encoded-character\", \"comparator-i;ascii-numeric\"];\n";
  const std::string answer = decide(
      std::string(require) + "if " + std::string(test) + " { fileinto \"yes\"; } else { fileinto \"no\"; }", setting);
  if (answer == "fileinto \"yes\"") return "yes";
  return answer == "fileinto \"no\"" ? "no" : answer;
}

/// What the match values ${1} and ${2} hold after the test, as `[1|2]`; "no" where it does not hold.
inline std::string captured(std::string_view test, const Setting& setting = {}) {
  const std::string source =
      "require [\"fileinto\", \"envelope\", \"variables\", \"regex\", \"subaddress\", \"date\", \"index\"];\nif " +
      std::string(test) + " { fileinto \"[${1}|${2}]\"; } else { fileinto \"no\"; }";
  const std::string answer = decide(source, setting);
  return answer.starts_with("fileinto \"") ? answer.substr(10, answer.size() - 11) : answer;
}

}  // namespace watershed::sieve::test
