// The Theatre: the world while it runs, as the steps of a scenario see it. Each lane has one; a step does not know
// which.
#pragma once

#include "fakes/cloud/tenant.hpp"
#include "fakes/dns/fault.hpp"
#include "fakes/dns/zone.hpp"
#include "fakes/mta/reply_script.hpp"
#include "harness/world/world.hpp"
#include "mail/envelope.hpp"
#include "mail/message.hpp"
#include "stage/stage.hpp"

#include <memory>
#include <optional>
#include <string>

namespace watershed::harness {

/// Something to be sent. `via`: the originating host; empty: the one that stands for the From address.
struct Submission {
  std::string label;
  std::string message_class;
  std::string via;
  mail::Address author;
  mail::Envelope envelope;
  mail::Message message;
};

/// A message that arrived, as a person or robot would answer it.
struct Arrived {
  stage::Custody custody = 0;
  std::string mailbox;
  std::string message_class;
  std::shared_ptr<const mail::Message> message;
};

/// What can befall a machine with real programs.
enum class MachineEvent { kill, start, fill_disk, free_disk, damage_queue };
enum class MailboxState { usable, full, unreachable };

/// Why the lane could not do what a step asked; empty when it could.
using StepError = std::optional<std::string>;

class Theatre {
 public:
  virtual ~Theatre() = default;

  virtual stage::Executor& executor() = 0;
  virtual const World& world() const = 0;
  /// Lets a time of the scenario's go by: in a small part of it where the lane's clock cannot be put forward.
  virtual stage::Task<void> pass(stage::Duration time) = 0;
  /// How long a time of the scenario's is on the lane's clock.
  virtual stage::Duration on_clock(stage::Duration time) const { return time; }
  /// A number that no other message of the run has.
  virtual std::uint64_t next_number() = 0;
  /// Notes that a step could not be done: the scenario fails.
  virtual void fail(const Step& step, std::string why) = 0;

  virtual StepError submit(Submission submission) = 0;
  /// Waits until the message (or its first copy) is stored; nothing when the deadline came first.
  virtual stage::Task<std::optional<Arrived>> wait_for(std::string label, stage::Time deadline) = 0;

  virtual StepError set_fault(const std::string& host, mta::ScriptRule rule) = 0;
  virtual StepError clear_fault(const std::string& name) = 0;  ///< reply rule or DNS fault
  // Where these are real programs, what is down has ended, and what is up is ready.
  virtual stage::Task<StepError> set_spam_filter(std::string host, bool available) = 0;
  virtual stage::Task<StepError> set_host(std::string host, bool up) = 0;
  virtual StepError set_link(const std::string& a, const std::string& b, bool cut) = 0;
  virtual StepError set_outage(const std::string& host, const std::string& mode, bool on) = 0;
  virtual StepError flush(const std::string& host) = 0;

  virtual StepError set_dns_record(dns::Record record) = 0;
  virtual StepError remove_dns_records(const std::string& name, const std::string& type) = 0;
  virtual StepError set_dns_fault(const std::string& name, dns::Fault fault) = 0;
  virtual StepError replace_zones(dns::ZoneSet zones) = 0;

  /// Another Postfix folder (postfix reload): where it is, and what it says.
  virtual stage::Task<StepError> configure_router(std::string host, FileReference folder,
                                                  std::shared_ptr<const router::RouteDecider> decider) = 0;
  /// Other mailboxes, or other scripts for them: the folder that has these, and what both say.
  virtual StepError configure_store(const std::string& host, const FileReference& scripts,
                                    std::vector<store::MailboxSettings> mailboxes) = 0;
  virtual StepError configure_cloud(const std::string& host, cloud::Tenant tenant) = 0;

  // Only the live lane has machines.
  virtual stage::Task<StepError> befall(std::string host, MachineEvent event);
  /// Waits until so many messages lie in the host's queue; the error: they did not come to.
  virtual stage::Task<StepError> await_queue(std::string host, std::size_t messages);
  virtual StepError set_mailbox(const std::string& host, const std::string& address, MailboxState state);
};

}  // namespace watershed::harness
