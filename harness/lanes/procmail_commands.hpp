// procmail as the command of a pipe transport in the simulated lane: the host's rcfiles run in our evaluator, and what
// they decide becomes copies, submissions and exit codes. procmail(1), pipe(8).
//
// What rests on a program outside is an assumption; it stands in the result as not understood, so that no verdict is
// built on it unseen.
#pragma once

#include "components/filter/procmail/known_programs.hpp"
#include "components/router/engine/commands.hpp"
#include "components/store/mailbox.hpp"
#include "harness/world/procmail_rules.hpp"

#include <set>
#include <string>
#include <vector>

namespace watershed::harness {

class ProcmailCommands final : public router::Commands, private procmail::RcfileSource, private procmail::FolderView {
 public:
  /// `mailboxes`: those that an administrator has made; procmail itself makes folders in them, but no mailbox.
  ProcmailCommands(std::string hostname, ProcmailRules rules, const std::vector<store::MailboxSettings>& mailboxes);

  std::optional<router::CommandResult> run(const router::CommandCall& call) override;

 private:
  std::shared_ptr<const procmail::Rcfile> open(const std::string& path) override;
  procmail::PathKind kind(const std::string& path) const override;

  void carry_out(const procmail::Delivery& delivery, const procmail::Outcome& outcome, const router::CommandCall& call,
                 const procmail::MailText& given, router::CommandResult& result);
  router::CommandResult::Kept kept(const procmail::Delivery& delivery, const procmail::Outcome& outcome,
                                   const router::CommandCall& call, mail::Message message);
  std::vector<std::string> rules_taken(const procmail::Coverage& coverage) const;

  std::string hostname_;
  ProcmailRules rules_;
  std::vector<mail::Address> mailboxes_;
  std::set<std::string> directories_;
  std::set<std::string> files_;
  procmail::IdCaches caches_;
};

}  // namespace watershed::harness
