// A mail store host with real Dovecot and Pigeonhole: the world's mailboxes, folders and Sieve scripts behind LMTP and
// IMAP. dovecot.conf is ours; the scripts are the world's.
#pragma once

#include "components/store/mailbox.hpp"
#include "harness/lanes/live/live_host.hpp"
#include "harness/scenario/evidence.hpp"
#include "harness/steps/theatre.hpp"

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace watershed::harness {

/// A message file in a mailbox, as it lies there.
struct MaildirCopy {
  std::string mailbox;
  std::string folder;
  std::vector<std::string> flags;
  std::string content;
};

/// The part of Dovecot's configuration that gives folders their special uses (RFC 6154), empty where no script asks.
/// The error is of what Dovecot cannot be given in this lane: annotations, or other uses for each mailbox.
Result<std::string, Error> dovecot_special_uses(const std::vector<store::MailboxSettings>& mailboxes);

class DovecotHost {
 public:
  struct Options {
    uid_t user = 5000;                    ///< owner of all mailboxes
    std::string existing_user;            ///< his name where he is the machine's; empty: he is made up
    std::string special_uses;             ///< see dovecot_special_uses
    std::filesystem::path scripts;        ///< the world's folder of Sieve scripts; empty: none
    std::optional<IpAddress> submission;  ///< where redirects and answers go, port 25
  };

  DovecotHost(LiveHost& host, Options options);

  Result<void, Error> prepare(const std::vector<store::MailboxSettings>& mailboxes);
  /// Other mailboxes and scripts from the next delivery on. The error: other special uses, which take a restart.
  Result<void, Error> configure(const std::vector<store::MailboxSettings>& mailboxes, const std::string& special_uses,
                                std::filesystem::path scripts);
  /// A mailbox over its quota, one whose folder cannot be opened, or as it was.
  Result<void, Error> set_mailbox(const std::string& address, MailboxState state);
  Daemon& master() { return master_; }
  /// Dovecot notes its instances under a lock as it starts. One that was killed then left its lock, which the next
  /// waits for as long as the scenario lasts: a machine that comes up finds none. For before the next start.
  void remove_locks() const;
  uid_t user() const { return options_.user; }

  /// All messages in all mailboxes.
  std::vector<MaildirCopy> copies() const;
  std::filesystem::path mailbox_folder(const std::string& address) const { return host_.folder / "mail" / address; }
  LiveHost& host() const { return host_; }

 private:
  std::string configuration() const;
  Result<void, Error> make_user_up();
  Result<void, Error> write_users();
  Result<void, Error> write_accounts(const std::vector<store::MailboxSettings>& mailboxes);

  LiveHost& host_;
  Options options_;
  std::map<std::string, MailboxState> mailboxes_;  // by address
  Daemon master_;
};

}  // namespace watershed::harness
