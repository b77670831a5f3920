// The rule processor of a router's host, procmail or maildrop, as its pipe transports run it: the world's rules as
// /usr/local/etc, mailboxes in /var/mail that belong to the transports' user, and what lies in them afterwards.
// procmail(1), maildrop(1), pipe(8).
#pragma once

#include "components/router/postfix/config.hpp"
#include "components/store/mailbox.hpp"
#include "harness/lanes/live/dovecot_host.hpp"
#include "harness/lanes/live/live_host.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace watershed::harness {

/// Something that the program threw away, as its log has it.
struct LoggedDiscard {
  std::string subject;  ///< the field's value, perhaps cut
};

class RuleProcessorHost {
 public:
  struct Options {
    std::string program;          ///< procmail or maildrop
    std::filesystem::path rules;  ///< the world's folder of rule files
    std::vector<store::MailboxSettings> mailboxes;
  };

  RuleProcessorHost(LiveHost& host, Options options) : host_(host), options_(std::move(options)) {}

  /// Lays out rules, mailboxes and a place for the log. The error names what cannot be made.
  Result<void, Error> prepare(const postfix::PostfixConfig& config);
  /// All messages in all folders.
  std::vector<MaildirCopy> copies() const;
  std::vector<LoggedDiscard> discards() const;
  /// True when neither the program runs nor what its rules call: it does not wait for all that it starts.
  bool is_idle() const;

 private:
  std::string address_of(const std::string& local_part) const;
  bool make_folders(const std::filesystem::path& home, const store::MailboxSettings& mailbox, uid_t user,
                    gid_t group) const;

  LiveHost& host_;
  Options options_;
};

}  // namespace watershed::harness
