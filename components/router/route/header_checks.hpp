// header_checks, mime_header_checks, nested_header_checks and body_checks: one line in, one action out.
// header_checks(5). Pure evaluation over a message; the engine applies the outcome.
#pragma once

#include "components/router/postfix/config.hpp"
#include "mail/message.hpp"
#include "mail/reply.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watershed::router {

using postfix::DecidedBy;
using postfix::NotUnderstood;
using postfix::PostfixConfig;

struct ContentOutcome {
  std::optional<mail::Reply> refusal;  ///< REJECT, or 4xx/5xx text
  bool discard = false;
  bool hold = false;
  std::optional<std::string> redirect;  ///< address: replaces all recipients
  std::optional<std::string> filter;    ///< transport:nexthop
  std::vector<std::string> bcc;
  /// The message after PREPEND, REPLACE, IGNORE and STRIP; absent when nothing changed.
  std::optional<mail::Message> rewritten;
  std::vector<std::string> log;  ///< WARN, INFO, STRIP lines
  DecidedBy decided_by;          ///< of the refusal, discard, redirect or filter
  std::vector<NotUnderstood> not_understood;
};

class ContentChecks {
 public:
  /// Those of cleanup(8). The checks that the SMTP client makes at delivery (smtp_header_checks and its like) are not
  /// modelled.
  ContentChecks(const PostfixConfig& config, const postfix::Parameters& parameters);
  ~ContentChecks();
  ContentChecks(ContentChecks&&) noexcept;
  ContentChecks& operator=(ContentChecks&&) noexcept;

  bool empty() const;  ///< no tables at all: nothing to ask

  ContentOutcome check(const mail::Message& message) const;

  struct Rules;

 private:
  std::unique_ptr<const Rules> rules_;
};

}  // namespace watershed::router
