// What steps do to the real programs. See theatre.hpp; the fakes are in staged_steps.cpp.
#include "harness/lanes/live/live_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

namespace watershed::harness {

using stage::Task;

namespace {

// A tool's failure in the middle of a run is told by what does not happen then; here it only must not be waited for.
Task<void> in_background(Task<Result<void, Error>> task) {
  const auto ignored = co_await std::move(task);
  static_cast<void>(ignored);
}

}  // namespace

// A killed process runs for a moment still: who looked at once would take it for one that need not be started.
Task<StepError> LiveWorld::wait_for_end(Daemon& daemon) {
  constexpr stage::Duration longest = std::chrono::seconds(10);
  const bool ended = co_await daemon.wait_ended(real_executor.now() + longest);
  if (!ended) co_return fmt::format("{} at {} did not end when it was killed", daemon.name(), daemon.host().spec.name);
  co_return std::nullopt;
}

Task<StepError> LiveWorld::start_again(Daemon& daemon, const PostfixHost* router) {
  constexpr stage::Duration longest = std::chrono::seconds(20);
  for (int attempt = 0; router != nullptr && attempt < 500 && router->is_locked(); ++attempt) {
    co_await real_executor.sleep_for(std::chrono::milliseconds(10));
  }
  if (const auto started = daemon.start(); !started) co_return started.error().message;
  const auto ready = co_await daemon.wait_ready(real_executor.now() + longest);
  if (!ready) co_return ready.error().message;
  co_return std::nullopt;
}

Task<StepError> LiveWorld::set_spam_filter(std::string name, bool available) {
  const auto filter = filters_.find(name);
  if (filter == filters_.end()) co_return co_await StagedWorld::set_spam_filter(name, available);
  Daemon& daemon = filter->second->master();
  if (daemon.is_running() == available) co_return std::nullopt;
  if (available) co_return co_await start_again(daemon, nullptr);
  daemon.kill(SIGKILL);
  co_return co_await wait_for_end(daemon);
}

// A fake that is down listens no more; what was connected stays. In the simulated lane its packets get lost instead.
StepError LiveWorld::set_fake(const Host* host, bool up) {
  if (host == nullptr || (!host->mta && !host->provider)) return "there is no such host";
  if (!up) {
    if (host->mta) host->mta->stop();
    if (host->provider) host->provider->stop();
    return std::nullopt;
  }
  const auto started = host->mta ? host->mta->start() : host->provider->start();
  if (!started) return started.error().message;
  return std::nullopt;
}

Task<StepError> LiveWorld::set_host(std::string name, bool up) {
  const auto router = routers_.find(name);
  const auto store = stores_.find(name);
  if (router == routers_.end() && store == stores_.end()) co_return set_fake(find(name), up);
  const PostfixHost* postfix = router == routers_.end() ? nullptr : router->second.get();
  Daemon& daemon = postfix == nullptr ? store->second->master() : router->second->master();
  if (daemon.is_running() == up) co_return std::nullopt;
  if (!up) {
    daemon.kill(SIGKILL);
    co_return co_await wait_for_end(daemon);
  }
  if (postfix == nullptr) store->second->remove_locks();
  co_return co_await start_again(daemon, postfix);
}

StepError LiveWorld::set_link(const std::string&, const std::string&, bool) {
  return "links are cut in the simulated lane only";
}

StepError LiveWorld::flush(const std::string& name) {
  const auto router = routers_.find(name);
  if (router == routers_.end()) return StagedWorld::flush(name);
  real_executor.spawn(in_background(router->second->flush()));
  return std::nullopt;
}

stage::Duration LiveWorld::on_clock(stage::Duration time) const {
  return std::chrono::duration_cast<stage::Duration>(time / live_time_factor);
}

Task<void> LiveWorld::pass(stage::Duration time) {
  co_await real_executor.sleep_for(on_clock(time));
  // A minute is long for whatever was being done, and its small part here may be short.
  constexpr stage::Duration longest = std::chrono::seconds(5);
  constexpr stage::Duration between_looks = std::chrono::milliseconds(50);
  const stage::Time limit = real_executor.now() + longest;
  while (is_being_handled() && real_executor.now() < limit) {
    co_await stirred_.wait(real_executor.now() + between_looks);
  }
}

// What waits in a queue for its next attempt is not.
bool LiveWorld::is_being_handled() const {
  if (witness_->open_transactions() > 0) return true;
  const auto is_tried = [](const Host& host) { return host.mta && host.mta->sender().under_way() > 0; };
  if (std::any_of(hosts_.begin(), hosts_.end(), is_tried)) return true;
  return std::any_of(routers_.begin(), routers_.end(),
                     [](const auto& each) { return each.second->being_handled() > 0; });
}

Task<StepError> LiveWorld::configure_router(std::string name, FileReference folder,
                                            std::shared_ptr<const router::RouteDecider> decider) {
  PostfixHost& router = *routers_.at(name);
  const postfix::PostfixConfig& next = decider->config();
  if (next.parameters().list("smtpd_milters") != router.milters()) {
    co_return fmt::format("smtpd_milters of {} cannot be changed while it runs in this lane", name);
  }
  const auto done = co_await router.configure(world_->spec.folder / folder.path, next);
  if (!done) co_return done.error().message;
  witness_->journal().reconfigure(find(name)->id, real_executor.now(), std::move(decider));
  co_return std::nullopt;
}

StepError LiveWorld::configure_store(const std::string& name, const FileReference& scripts,
                                     std::vector<store::MailboxSettings> mailboxes) {
  const auto special_uses = dovecot_special_uses(mailboxes);
  if (!special_uses) return special_uses.error().message;
  const std::filesystem::path folder = scripts.is_set() ? world_->spec.folder / scripts.path : std::filesystem::path();
  const auto done = stores_.at(name)->configure(mailboxes, *special_uses, folder);
  if (!done) return done.error().message;
  auto kept = std::make_shared<const std::vector<store::MailboxSettings>>(std::move(mailboxes));
  witness_->journal().reconfigure(find(name)->id, real_executor.now(), std::move(kept));
  return std::nullopt;
}

Task<StepError> LiveWorld::befall(std::string name, MachineEvent event) {
  const auto found = routers_.find(name);
  if (found == routers_.end()) co_return fmt::format("host '{}' has no real router", name);
  PostfixHost& router = *found->second;
  Result<void, Error> done;
  switch (event) {
    case MachineEvent::kill:
      router.master().kill_leader();
      co_return co_await wait_for_end(router.master());
    case MachineEvent::start:
      co_return co_await start_again(router.master(), &router);
    case MachineEvent::fill_disk:
      done = router.set_disk_full(true);
      break;
    case MachineEvent::free_disk:
      done = router.set_disk_full(false);
      break;
    case MachineEvent::damage_queue:
      done = router.damage_queue();
      break;
  }
  if (!done) co_return done.error().message;
  co_return std::nullopt;
}

Task<StepError> LiveWorld::await_queue(std::string name, std::size_t messages) {
  constexpr stage::Duration longest = std::chrono::seconds(15);
  constexpr stage::Duration between_looks = std::chrono::milliseconds(10);
  const Host* host = find(name);
  const auto router = routers_.find(name);
  if (router == routers_.end() && (host == nullptr || !host->mta))
    co_return fmt::format("host '{}' has no queue", name);
  const stage::Time deadline = real_executor.now() + longest;
  // Lying in a queue is: put off at least once. What passes through a queue does not count.
  const auto waiting = [&] {
    return router == routers_.end() ? host->mta->sender().deferred() : router->second->queue({"deferred"}).size();
  };
  while (waiting() < messages) {
    if (real_executor.now() >= deadline) co_return fmt::format("{} of {} messages were put off", waiting(), messages);
    co_await real_executor.sleep_for(between_looks);
  }
  co_return std::nullopt;
}

StepError LiveWorld::set_mailbox(const std::string& name, const std::string& address, MailboxState state) {
  const auto found = stores_.find(name);
  if (found == stores_.end()) return fmt::format("host '{}' has no real mail store", name);
  if (const auto done = found->second->set_mailbox(address, state); !done) return done.error().message;
  return std::nullopt;
}

}  // namespace watershed::harness
