// What steps do to the fakes, which both lanes have. See theatre.hpp.
#include "base/text.hpp"
#include "harness/lanes/staged_world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

using stage::Task;

void StagedWorld::fail(const Step& step, std::string why) {
  Finding found;
  found.rule = "step " + step.kind;
  found.sentence = fmt::format("step '{}' could not be done: {}", step.summary, why);
  found.at = step.node.position();
  step_failures_.push_back(std::move(found));
}

StagedWorld::Host* StagedWorld::origin_of(const Submission& submission, std::string& why_not) {
  if (!submission.via.empty()) {
    Host* host = find(submission.via);
    if (host == nullptr || (!host->mta && !host->provider)) {
      why_not = fmt::format("host '{}' originates no mail; expected a fake MTA or a provider", submission.via);
      return nullptr;
    }
    return host;
  }
  const auto is_author = [&](const mail::Address& address) {
    return equal_ignoring_case(address.local_part, submission.author.local_part) &&
           equal_ignoring_case(address.domain, submission.author.domain);
  };
  for (Host& host : hosts_) {
    if (!host.provider) continue;
    for (const cloud::Mailbox& mailbox : host.provider->tenant().mailboxes) {
      if (is_author(mailbox.address)) return &host;
      for (const cloud::Alias& alias : mailbox.aliases) {
        if (is_author(alias.address)) return &host;
      }
    }
  }
  for (Host& host : hosts_) {
    const auto* spec = std::get_if<MtaSpec>(&host.spec->role);
    if (spec == nullptr) continue;
    for (const std::string& domain : spec->sends_for) {
      if (equal_ignoring_case(domain, submission.author.domain)) return &host;
    }
  }
  why_not = fmt::format("no host sends mail for {}; name one with `via:`", to_string(submission.author));
  return nullptr;
}

StepError StagedWorld::submit(Submission submission) {
  std::string why_not;
  Host* host = origin_of(submission, why_not);
  if (host == nullptr) return why_not;
  if (host->mta) {
    stage_.executor.spawn(submit_by(*host->mta, std::move(submission)));
    return std::nullopt;
  }
  offering_ = std::make_shared<const mail::Message>(submission.message);
  const auto taken =
      host->provider->submit(submission.author, std::move(submission.envelope), std::move(submission.message),
                             std::move(submission.label), std::move(submission.message_class));
  if (!taken) return taken.error().message;
  return std::nullopt;
}

Task<void> StagedWorld::submit_by(mta::FakeMta& mta, Submission submission) {
  // The offer is recorded when the sender's task begins, before anything else can run: the observer finds the message.
  if (keep_offered_) offering_ = std::make_shared<const mail::Message>(submission.message);
  const mta::SubmissionResult ignored = co_await mta.submit(
      std::move(submission.envelope), std::move(submission.message), submission.label, submission.message_class);
  static_cast<void>(ignored);
}

Task<std::optional<Arrived>> StagedWorld::wait_for(std::string label, stage::Time deadline) {
  for (;;) {
    for (const auto& [index, root] : lineage_.roots()) {
      if (root.label != label) continue;
      for (const Delivery& delivery : root.deliveries) {
        if (delivery.is_notice) continue;
        for (const StoredCopy& copy : copies()) {
          if (copy.custody != delivery.custody || !equal_ignoring_case(copy.mailbox, delivery.mailbox)) continue;
          Arrived arrived{delivery.custody, delivery.mailbox, root.message_class, copy.message};
          co_return arrived;
        }
      }
    }
    const bool notified = co_await arrived_.wait(deadline);
    if (!notified) co_return std::nullopt;
    // The fact is written while the host is still at it: let it finish before looking into its mailbox.
    co_await stage_.executor.sleep_for(stage::Duration(1));
  }
}

StepError StagedWorld::set_fault(const std::string& name, mta::ScriptRule rule) {
  Host* host = find(name);
  if (host == nullptr || !host->mta) return fmt::format("host '{}' is no fake MTA and takes no fault", name);
  host->mta->script().add_first(std::move(rule));
  return std::nullopt;
}

StepError StagedWorld::clear_fault(const std::string& name) {
  std::size_t removed = 0;
  for (Host& host : hosts_) {
    if (host.mta) removed += host.mta->script().remove(name);
  }
  const auto dns_fault = dns_faults_.find(name);
  if (dns_fault != dns_faults_.end()) {
    if (stub_.faults().clear(dns_fault->second)) ++removed;
    dns_faults_.erase(dns_fault);
  }
  if (removed == 0) return fmt::format("there is no fault '{}' to clear", name);
  return std::nullopt;
}

Task<StepError> StagedWorld::set_spam_filter(std::string name, bool available) {
  Host* host = find(name);
  if (host == nullptr || !host->filter) co_return fmt::format("host '{}' has no spam filter", name);
  host->filter->set_available(available);
  co_return std::nullopt;
}

StepError StagedWorld::set_outage(const std::string& name, const std::string& mode, bool on) {
  Host* host = find(name);
  if (host == nullptr || !host->provider) return fmt::format("host '{}' is no provider", name);
  const auto outage = cloud::find_outage(mode);
  if (!outage) return fmt::format("a provider has no outage '{}'", mode);
  host->provider->set_outage(on ? *outage : cloud::Outage::none);
  return std::nullopt;
}

StepError StagedWorld::flush(const std::string& name) {
  Host* host = find(name);
  if (host == nullptr || !host->provider) return fmt::format("host '{}' has no queue to flush", name);
  host->provider->flush_queue();
  return std::nullopt;
}

StepError StagedWorld::set_dns_record(dns::Record record) {
  const auto set = stub_.set_record(std::move(record));
  if (!set) return set.error().message;
  return std::nullopt;
}

StepError StagedWorld::remove_dns_records(const std::string& name, const std::string& type) {
  std::optional<talk::RecordType> only;
  if (!type.empty()) {
    const auto parsed = talk::parse_record_type(type);
    if (!parsed) return parsed.error().message;
    only = *parsed;
  }
  if (stub_.remove_records(name, only) == 0) return fmt::format("there is no {} record at {}", type, name);
  return std::nullopt;
}

StepError StagedWorld::set_dns_fault(const std::string& name, dns::Fault fault) {
  const auto set = stub_.faults().set(std::move(fault));
  if (!set) return set.error().message;
  dns_faults_[name] = *set;
  return std::nullopt;
}

StepError StagedWorld::replace_zones(dns::ZoneSet zones) {
  stub_.replace(std::move(zones));
  return std::nullopt;
}

StepError StagedWorld::configure_cloud(const std::string& name, cloud::Tenant tenant) {
  find(name)->provider->replace_tenant(std::move(tenant));
  return std::nullopt;
}

}  // namespace watershed::harness
