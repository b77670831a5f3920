// See live_world.hpp. What steps do to the programs is in live_steps.cpp.
#include "harness/lanes/live/live_world.hpp"

#include "sandbox/descendants.hpp"
#include "sandbox/libc_only/confinement.hpp"
#include "sandbox/loopback.hpp"

#include <fmt/format.h>

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace watershed::harness {

using stage::Task;

LiveWorld::LiveWorld(std::shared_ptr<const World> world, std::uint64_t seed, const sandbox::Inside& inside)
    : OnRealStage(seed),
      StagedWorld(real_stage, std::move(world), 100'000),
      inside_(inside),
      stirred_(real_executor),
      up_(real_executor) {
  network.add_address(world_->spec.dns_address, 1);
  for (const Host& host : hosts_) {
    for (const IpAddress& address : host.spec->addresses) network.add_address(address, host.id);
  }
  if (inside_.confinement) network.set_wire(inside_.confinement->addresses);
  registry.keep_log();
  build_fakes(live_time_factor);
}

// Tasks refer to what goes next.
LiveWorld::~LiveWorld() { real_executor.shut_down(); }

std::vector<IpAddress> LiveWorld::world_addresses(const WorldSpec& spec) {
  std::vector<IpAddress> addresses{spec.dns_address};
  for (const HostSpec& host : spec.hosts)
    addresses.insert(addresses.end(), host.addresses.begin(), host.addresses.end());
  return addresses;
}

StepError LiveWorld::prepare() {
  for (std::size_t index = 0; index < hosts_.size(); ++index) {
    const HostSpec& spec = *hosts_[index].spec;
    StepError error;
    if (const auto* router = std::get_if<RouterSpec>(&spec.role)) {
      error = prepare_router(spec, *router, world_->hosts[index]);
    } else if (const auto* mail_store = std::get_if<MailStoreSpec>(&spec.role)) {
      error = prepare_store(spec, *mail_store, world_->hosts[index]);
    }
    if (error) return error;
  }
  for (const auto& [name, host] : live_hosts_) host->stirs = &stirred_;
  return std::nullopt;
}

StepError LiveWorld::serve_names_at(const HostSpec& spec) {
  for (const IpAddress& address : spec.addresses) {
    name_servers_.push_back(std::make_unique<dns::DnsServer>(real_stage, stage::HostId{1}, stub_));
    if (const auto started = name_servers_.back()->start({address, 53}); !started) return started.error().message;
  }
  return std::nullopt;
}

StepError LiveWorld::prepare_router(const HostSpec& spec, const RouterSpec& router, const HostConfig& config) {
  auto& host = live_hosts_[spec.name];
  host = std::make_unique<LiveHost>(real_executor, spec, inside_);
  if (const auto prepared = host->prepare(); !prepared) return prepared.error().message;
  auto& postfix = routers_[spec.name];
  postfix = std::make_unique<PostfixHost>(*host, world_->spec.folder / router.folder.path, live_time_factor);
  if (const auto prepared = postfix->prepare(config.router->config()); !prepared) return prepared.error().message;
  if (config.spam_rules) {
    std::vector<std::string> milters = config.router->config().parameters().list("smtpd_milters");
    auto& filter = filters_[spec.name];
    filter = std::make_unique<RspamdHost>(*host, std::move(milters));
    if (const auto prepared = filter->prepare(*config.spam_rules); !prepared) {
      is_beyond_lane_ = true;
      return prepared.error().message;
    }
  }
  if (const RuleProcessorSpec& rules = router.rule_processor; rules.rules.is_set()) {
    auto& processor = rule_processors_[spec.name];
    processor = std::make_unique<RuleProcessorHost>(
        *host, RuleProcessorHost::Options{rules.program, world_->spec.folder / rules.rules.path, config.mailboxes});
    if (const auto prepared = processor->prepare(config.router->config()); !prepared) return prepared.error().message;
  }
  return serve_names_at(spec);
}

StepError LiveWorld::prepare_store(const HostSpec& spec, const MailStoreSpec& mail_store, const HostConfig& config) {
  auto& host = live_hosts_[spec.name];
  host = std::make_unique<LiveHost>(real_executor, spec, inside_);
  if (const auto prepared = host->prepare(); !prepared) return prepared.error().message;
  DovecotHost::Options options;
  options.user = next_user_++;
  if (inside_.confinement) {
    // libc reads the machine's own list of users; Debian has this one for mail.
    const passwd* mail = ::getpwnam("mail");
    if (mail == nullptr) return "there is no user mail on this machine";
    options.user = mail->pw_uid;
    options.existing_user = mail->pw_name;
  }
  if (mail_store.filter.is_set()) options.scripts = world_->spec.folder / mail_store.filter.path;
  if (const HostSpec* submission = world_->spec.host(mail_store.submission)) {
    options.submission = submission->addresses.front();
  }
  const auto special_uses = dovecot_special_uses(config.mailboxes);
  if (!special_uses) {
    is_beyond_lane_ = true;
    return special_uses.error().message;
  }
  options.special_uses = *special_uses;
  auto& dovecot = stores_[spec.name];
  dovecot = std::make_unique<DovecotHost>(*host, options);
  if (const auto prepared = dovecot->prepare(config.mailboxes); !prepared) return prepared.error().message;
  const std::vector<IpAddress> world = world_addresses(world_->spec);
  // Where a library is preloaded, it binds the sockets of a host's programs instead.
  if (inside_.level == sandbox::Level::single_user || inside_.confinement) return serve_names_at(spec);
  if (const auto spoken = sandbox::speak_from(options.user, spec.addresses.front(), world); !spoken) {
    return spoken.error().message;
  }
  return serve_names_at(spec);
}

void LiveWorld::came_up(const Result<void, Error>& how) {
  --coming_up_;
  if (!how && !start_error_) start_error_ = how.error().message;
  up_.notify();
}

Task<void> LiveWorld::bring_up_router(PostfixHost& router, stage::Time deadline) {
  const auto started = co_await router.start();
  if (!started) {
    came_up(started);
    co_return;
  }
  came_up(co_await router.master().wait_ready(deadline));
}

Task<void> LiveWorld::bring_up(Daemon& daemon, stage::Time deadline) {
  const auto started = daemon.start();
  if (!started) {
    came_up(started);
    co_return;
  }
  came_up(co_await daemon.wait_ready(deadline));
}

Task<void> LiveWorld::shorten_locked_waits() {
  for (;;) {
    co_await real_executor.sleep_for(std::chrono::milliseconds(500));
    for (const auto& [name, router] : routers_) router->shorten_locked_wait();
  }
}

Task<StepError> LiveWorld::start() {
  constexpr stage::Duration start_max = std::chrono::seconds(30);
  if (auto error = watch_wire()) co_return error;
  if (auto error = start_fakes()) co_return error;
  if (auto error = prepare()) co_return error;
  const stage::Time deadline = real_executor.now() + start_max;
  coming_up_ = routers_.size() + stores_.size() + filters_.size();
  for (const auto& [name, filter] : filters_) real_executor.spawn(bring_up(filter->master(), deadline));
  for (const auto& [name, router] : routers_) real_executor.spawn(bring_up_router(*router, deadline));
  for (const auto& [name, store] : stores_) real_executor.spawn(bring_up(store->master(), deadline));
  while (coming_up_ > 0 && !start_error_) co_await up_.wait();
  real_executor.spawn(shorten_locked_waits());
  co_return start_error_;
}

std::vector<Daemon*> LiveWorld::daemons() const {
  std::vector<Daemon*> all;
  for (const auto& [name, router] : routers_) all.push_back(&router->master());
  for (const auto& [name, store] : stores_) all.push_back(&store->master());
  for (const auto& [name, filter] : filters_) all.push_back(&filter->master());
  return all;
}

Task<void> LiveWorld::stop() {
  for (const auto& [name, store] : stores_) store->master().kill(SIGKILL);
  for (const auto& [name, filter] : filters_) filter->master().kill(SIGKILL);
  for (Daemon* daemon : daemons()) co_await daemon->stop(SIGTERM);
}

std::vector<const LiveHost*> LiveWorld::hosts_with_programs() const {
  std::vector<const LiveHost*> hosts;
  for (const auto& [name, host] : live_hosts_) hosts.push_back(host.get());
  return hosts;
}

std::vector<std::string> LiveWorld::deaths() const {
  std::vector<std::string> deaths;
  for (const Daemon* daemon : daemons()) {
    for (std::string& death : daemon->deaths()) deaths.push_back(std::move(death));
  }
  return deaths;
}

std::size_t LiveWorld::offers_under_way() const {
  std::size_t offers = 0;
  for (const Host& host : hosts_) offers += host.mta ? host.mta->sender().queued() : 0;
  return offers;
}

std::size_t LiveWorld::under_way() const {
  std::size_t messages = offers_under_way();
  if (witness_) messages += witness_->open_transactions();
  for (const Host& host : hosts_) messages += host.provider ? host.provider->queued() : 0;
  for (const auto& [name, processor] : rule_processors_) messages += processor->is_idle() ? 0U : 1U;
  for (const auto& [name, router] : routers_) messages += router->under_way();
  return messages;
}

// The cheap question first: while fakes still offer mail nobody has to look into queues.
bool LiveWorld::is_quiet() const { return offers_under_way() == 0 && under_way() == 0; }

Task<bool> LiveWorld::wait_until_quiet(stage::Time limit) {
  // A message passes from hand to hand without a gap, but the witness hears of it some milliseconds later, and a look
  // at several folders is no moment: quiet is what is still quiet after as long without a packet or a log line.
  constexpr stage::Duration settling = std::chrono::milliseconds(20);
  // Nothing that ends a wait goes without either; a queue is looked at again all the same.
  constexpr stage::Duration between_looks = std::chrono::milliseconds(100);
  // A loaded machine, or a large load, takes longer than any limit set beforehand: what gets less does not stand still.
  constexpr stage::Duration between_counts = std::chrono::seconds(1);
  constexpr stage::Duration stand_still = std::chrono::seconds(10);
  const stage::Time last = limit + std::chrono::minutes(10);
  std::size_t least = under_way();
  stage::Time next_count = real_executor.now() + between_counts;
  while (real_executor.now() < std::min(limit, last) && deaths().empty()) {
    const bool was_quiet = is_quiet();
    const bool stirred = co_await stirred_.wait(real_executor.now() + (was_quiet ? settling : between_looks));
    if (was_quiet && !stirred && is_quiet()) co_return true;
    if (real_executor.now() < next_count) continue;
    next_count = real_executor.now() + between_counts;
    const std::size_t messages = under_way();
    if (messages < least) limit = std::max(limit, real_executor.now() + stand_still);
    least = std::min(least, messages);
  }
  co_return false;
}

Task<void> LiveWorld::freeze() {
  constexpr stage::Duration settling = std::chrono::milliseconds(20);
  // Whatever a program started has this process's parent as its ancestor too: the reaper, or the supervisor.
  sandbox::stop_descendants(::getppid());
  co_await real_executor.sleep_for(settling);
}

}  // namespace watershed::harness
