// Real procmail on a router's host: the world's procmailrc files as /usr/local/etc, mailboxes in /var/mail that belong
// to the user of the pipe transports, and what lies in them afterwards. procmail(1), pipe(8).
#pragma once

#include "components/router/postfix/config.hpp"
#include "components/store/mailbox.hpp"
#include "harness/lanes/live/dovecot_host.hpp"
#include "harness/lanes/live/live_host.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace watershed::harness {

/// Something that procmail threw away, as its log has it.
struct ProcmailDiscard {
  std::string subject;  ///< the field's value, perhaps cut
  std::uint64_t size_octets = 0;
};

class ProcmailHost {
 public:
  /// `rules`: the world's folder of procmailrc files.
  ProcmailHost(LiveHost& host, std::filesystem::path rules, std::vector<store::MailboxSettings> mailboxes)
      : host_(host), rules_(std::move(rules)), mailboxes_(std::move(mailboxes)) {}

  /// Lays out rules, mailboxes and a place for its log. The error names what cannot be made.
  Result<void, Error> prepare(const postfix::PostfixConfig& config);
  /// All messages in all Maildir folders.
  std::vector<MaildirCopy> copies() const;
  /// Files in mailboxes that are no Maildir: mbox and MH, which are not read back.
  std::vector<std::string> unread() const;
  std::vector<ProcmailDiscard> discards() const;
  /// True when neither procmail runs nor what recipes call: procmail does not wait for all that it starts.
  bool is_idle() const;

 private:
  std::string address_of(const std::string& local_part) const;

  LiveHost& host_;
  std::filesystem::path rules_;
  std::vector<store::MailboxSettings> mailboxes_;
};

}  // namespace watershed::harness
