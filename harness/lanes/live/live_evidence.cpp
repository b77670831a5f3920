// What the live lane's verdicts stand on: the witness's view of the wire, joined with what fakes recorded, what real
// mailboxes and queues hold, and the reasons in the logs. See live_world.hpp.
#include "base/text.hpp"
#include "harness/lanes/live/live_world.hpp"
#include "harness/lanes/live/rspamd_verdict.hpp"
#include "harness/lanes/procmail_commands.hpp"
#include "harness/lanes/wire/rspamd_log.hpp"
#include "sandbox/libc_only/confinement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

using stage::Task;

StepError LiveWorld::watch_wire() {
  std::vector<WireHost> hosts;
  for (std::size_t index = 0; index < hosts_.size(); ++index) {
    WireHost host{hosts_[index].id, hosts_[index].spec->name, hosts_[index].spec->addresses};
    const HostConfig& config = world_->hosts[index];
    if (std::holds_alternative<RouterSpec>(hosts_[index].spec->role)) {
      host.program = HostProgram::postfix;
      host.decider = config.router;
      if (!config.procmail.empty()) {
        host.commands = std::make_shared<ProcmailCommands>(host.name, config.procmail, config.mailboxes);
      }
    } else if (std::holds_alternative<MailStoreSpec>(hosts_[index].spec->role)) {
      host.program = HostProgram::dovecot;
      host.mailboxes = std::shared_ptr<const std::vector<store::MailboxSettings>>(world_, &config.mailboxes);
    }
    hosts.push_back(std::move(host));
  }
  const std::vector<IpAddress> addresses = world_addresses(world_->spec);
  LiveWitness::Wire wire{{addresses.begin(), addresses.end()}};
  if (inside_.confinement) {
    wire.map = inside_.confinement->addresses;
    wire.network = inside_.confinement->network;
  }
  auto started = LiveWitness::start(real_executor, std::move(wire), std::move(hosts), inside_.work / "capture.pcapng");
  if (!started) return "nothing can watch the wire: " + started.error().message;
  witness_ = std::move(*started);
  real_executor.spawn(witness_->watch(stirred_));
  return std::nullopt;
}

JournalReading LiveWorld::attest() {
  if (!witness_) return {};
  witness_->poll();
  const std::vector<stage::NumberedConnection> numbered = registry.log();
  WireSources sources{real_journal.facts(), witness_->seen(), numbered};
  sources.now = real_executor.now();
  for (std::size_t index = 0; index < hosts_.size(); ++index) {
    const Host& host = hosts_[index];
    const auto live = live_hosts_.find(host.spec->name);
    if (live == live_hosts_.end()) continue;
    live->second->log.drain();
    if (const std::size_t forgotten = live->second->log.forgotten()) sources.forgotten_lines[host.id] = forgotten;
    for (const sandbox::LogLine& line : live->second->log.lines()) {
      const auto verdict = parse_rspamd_log(line.text);
      if (verdict && world_->hosts[index].spam_rules) {
        FilterEntry entry{host.id, host.id, verdict->queue_id, {}, {}, {}, line.at};
        name_verdict(*verdict, *world_->hosts[index].spam_rules, entry);
        sources.filters.push_back(std::move(entry));
      } else {
        sources.logs[host.id].push_back({line.at, line.tag, line.text});
      }
    }
    if (const auto store = stores_.find(host.spec->name); store != stores_.end()) {
      for (MaildirCopy& copy : store->second->copies()) {
        sources.files.push_back({host.id, copy.mailbox, copy.folder, copy.flags, std::move(copy.content)});
      }
    }
    if (const auto processor = rule_processors_.find(host.spec->name); processor != rule_processors_.end()) {
      for (MaildirCopy& copy : processor->second->copies()) {
        sources.files.push_back({host.id, copy.mailbox, copy.folder, copy.flags, std::move(copy.content)});
      }
      for (LoggedDiscard& discard : processor->second->discards()) {
        sources.discards.push_back({host.id, std::move(discard.subject)});
      }
    }
    if (const auto router = routers_.find(host.spec->name); router != routers_.end()) {
      for (const QueuedFile& file : router->second->queue()) {
        sources.queues.push_back({host.id, file.id, file.queue, {}, "in the queue"});
      }
    }
  }
  return witness_->read(sources);
}

void LiveWorld::end_capture() {
  if (witness_) witness_->finish();
}

DialogueRecorder LiveWorld::take_dialogues(const JournalReading& reading) {
  return witness_ ? witness_->take_dialogues(reading) : DialogueRecorder{};
}

Task<std::optional<Arrived>> LiveWorld::wait_for(std::string label, stage::Time deadline) {
  constexpr stage::Duration longest = std::chrono::seconds(10);
  // Reading the whole journal again takes longer the more has happened: not for every packet of a burst.
  constexpr stage::Duration between_looks = std::chrono::milliseconds(10);
  const stage::Time limit = std::min(deadline, real_executor.now() + longest);
  while (real_executor.now() < limit) {
    if (auto arrived = arrived_in(attest(), label)) co_return arrived;
    const stage::Time next = real_executor.now() + between_looks;
    co_await stirred_.wait(limit);
    co_await real_executor.sleep_until(next);
  }
  co_return arrived_in(attest(), label);
}

std::optional<Arrived> LiveWorld::arrived_in(const JournalReading& reading, const std::string& label) const {
  Lineage seen(real_journal);
  for (const stage::Fact& fact : reading.facts) seen.take(fact);
  for (const auto& [index, root] : seen.roots()) {
    if (root.label != label) continue;
    for (const Delivery& delivery : root.deliveries) {
      if (delivery.is_notice) continue;
      for (const std::vector<StoredCopy>& held : {reading.copies, StagedWorld::copies()}) {
        for (const StoredCopy& copy : held) {
          if (copy.custody != delivery.custody || !equal_ignoring_case(copy.mailbox, delivery.mailbox)) continue;
          return Arrived{delivery.custody, delivery.mailbox, root.message_class, copy.message};
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace watershed::harness
