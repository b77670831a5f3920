// See world.hpp.
#include "harness/world/world.hpp"

#include "components/router/postfix/config.hpp"
#include "harness/world/mailboxes_file.hpp"
#include "harness/world/shown.hpp"
#include "harness/world/spam_file.hpp"
#include "harness/world/tenant_file.hpp"

#include <fmt/format.h>

#include <set>

namespace watershed::harness {

namespace {

Diagnostics missing(const WorldSpec& world, const FileReference& reference, std::string_view what) {
  return {{Severity::error,
           reference.at,
           fmt::format("'{}' does not exist; expected {}", world.shown(reference.path), what),
           {},
           {}}};
}

template <class T>
void take(T&& parsed, Diagnostics& diagnostics) {
  if (parsed) return;
  for (const Diagnostic& diagnostic : parsed.error()) diagnostics.push_back(diagnostic);
}

class Loader {
 public:
  explicit Loader(World& world) : world_(world) {}

  Diagnostics load() {
    for (const HostSpec& host : world_.spec.hosts) load_host(host);
    auto zones = load_world_zones(world_.spec, world_.spec.dns_zones);
    take(zones, diagnostics_);
    if (zones) world_.zones = std::move(*zones);
    for (const DnsViewSpec& view : world_.spec.dns_views) load_view(view);
    for (const Diagnostic& warning : world_.zones.warnings) world_.warnings.push_back(warning);
    check_waivers();
    return std::move(diagnostics_);
  }

 private:
  void load_host(const HostSpec& host) {
    HostConfig config;
    if (host.spam_filter.is_set()) {
      auto rules = read_spam_file(world_.spec.folder / host.spam_filter.path, world_.spec.shown(host.spam_filter.path));
      take(rules, diagnostics_);
      if (rules) config.spam_rules = std::move(*rules);
    }
    if (const auto* router = std::get_if<RouterSpec>(&host.role)) {
      auto loaded = load_router(world_.spec, host, router->folder);
      take(loaded, diagnostics_);
      if (loaded) {
        config.router = *loaded;
        const postfix::PostfixConfig& folder = config.router->config();
        world_.warnings.insert(world_.warnings.end(), folder.warnings().begin(), folder.warnings().end());
        for (const SourcePosition& line : folder.doubtful()) may_be_waived_.insert(to_file_line(line));
        note_not_understood(not_understood_lines(host, *config.router, ConfigReader::model));
      }
      if (router->rule_processor.rules.is_set()) load_rule_processor(router->rule_processor, config);
    } else if (const auto* mail_store = std::get_if<MailStoreSpec>(&host.role)) {
      auto loaded = load_mailboxes(world_.spec, mail_store->mailboxes, mail_store->filter);
      take(loaded, diagnostics_);
      if (loaded) config.mailboxes = std::move(*loaded);
    } else if (const auto* provider = std::get_if<CloudSpec>(&host.role)) {
      auto loaded = load_tenant(world_.spec, provider->tenant);
      take(loaded, diagnostics_);
      if (loaded) config.tenant = std::move(*loaded);
    }
    world_.hosts.push_back(std::move(config));
  }

  void load_rule_processor(const RuleProcessorSpec& spec, HostConfig& config) {
    if (spec.program == "procmail") {
      load_procmail(spec, config);
    } else {
      check_is_folder(spec);
    }
    auto mailboxes = load_mailboxes(world_.spec, spec.mailboxes, {});
    take(mailboxes, diagnostics_);
    if (mailboxes) config.mailboxes = std::move(*mailboxes);
  }

  void load_procmail(const RuleProcessorSpec& spec, HostConfig& config) {
    auto rules = read_procmail_rules(world_.spec.folder / spec.rules.path, world_.spec.shown(spec.rules.path));
    take(rules, diagnostics_);
    if (rules) config.procmail = std::move(*rules);
    for (const auto& [path, rcfile] : config.procmail.files) {
      for (const Diagnostic& warning : rcfile->warnings) world_.warnings.push_back(warning);
      // What a program outside does may be waived at the recipe that calls it.
      for (const procmail::Place& at : rcfile->recipes) may_be_waived_.insert(to_file_line({rcfile->file, at.line, 0}));
    }
  }

  // Maildrop reads its rules itself; nobody else does.
  void check_is_folder(const RuleProcessorSpec& spec) {
    std::error_code error;
    if (std::filesystem::is_directory(world_.spec.folder / spec.rules.path, error)) return;
    diagnostics_.push_back({Severity::error,
                            spec.rules.at,
                            fmt::format("there is no folder {}; expected {}'s rule files there",
                                        world_.spec.shown(spec.rules.path), spec.program),
                            {},
                            {}});
  }

  void load_view(const DnsViewSpec& spec) {
    auto zones = load_world_zones(world_.spec, spec.zones);
    take(zones, diagnostics_);
    if (!zones) return;
    world_.warnings.insert(world_.warnings.end(), zones->warnings.begin(), zones->warnings.end());
    dns::View view{spec.name, {}, std::move(*zones)};
    for (const IpAddress& address : spec.clients) view.clients.push_back({address, address.is_v6 ? 128 : 32});
    world_.dns_views.push_back(std::move(view));
  }

  void note_not_understood(const NotUnderstoodLines& lines) {
    for (const NotUnderstoodLine& line : lines) may_be_waived_.insert(line.place);
    add_unwaived(world_.spec, lines, world_.not_understood);
  }

  // A waiver for a line that is understood, or gone, would hide the next thing that comes to stand there.
  void check_waivers() {
    for (const WaiverSpec& waiver : world_.spec.waivers) {
      if (may_be_waived_.contains(world_.spec.shown(waiver.place)) || is_needed_by_a_step(world_.spec, waiver))
        continue;
      diagnostics_.push_back(
          {Severity::error,
           waiver.at,
           fmt::format("nothing at '{}' needs a waiver; remove it or correct the line number", waiver.place),
           {},
           {}});
    }
  }

  World& world_;
  Diagnostics diagnostics_;
  std::set<std::string> may_be_waived_;
};

}  // namespace

Parsed<std::shared_ptr<const router::RouteDecider>> load_router(const WorldSpec& world, const HostSpec& host,
                                                                const FileReference& folder) {
  const std::filesystem::path path = world.folder / folder.path;
  if (!std::filesystem::is_directory(path)) return missing(world, folder, "a Postfix folder with a main.cf");
  postfix::LoadOptions options;
  options.shown_folder = world.shown(folder.path);
  options.hostname = host.name;
  options.addresses = host.addresses;
  auto config = postfix::load_postfix(path, options);
  if (!config) return config.error();
  return std::make_shared<const router::RouteDecider>(std::move(*config));
}

Parsed<std::vector<store::MailboxSettings>> load_mailboxes(const WorldSpec& world, const FileReference& mailboxes,
                                                           const FileReference& filter) {
  ScriptFolder scripts;
  if (filter.is_set()) {
    scripts = {world.folder / filter.path, world.shown(filter.path)};
    if (!std::filesystem::is_directory(scripts.path)) return missing(world, filter, "a folder of Sieve scripts");
  }
  if (!std::filesystem::is_regular_file(world.folder / mailboxes.path))
    return missing(world, mailboxes, "a mailboxes file");
  return read_mailboxes_file(world.folder / mailboxes.path, world.shown(mailboxes.path), scripts);
}

Parsed<cloud::Tenant> load_tenant(const WorldSpec& world, const FileReference& tenant) {
  if (!std::filesystem::is_regular_file(world.folder / tenant.path)) return missing(world, tenant, "a tenant file");
  return read_tenant_file(world.folder / tenant.path, world.shown(tenant.path));
}

Parsed<dns::ZoneSet> load_world_zones(const WorldSpec& world, std::span<const FileReference> files) {
  std::vector<dns::ZoneText> texts;
  for (const FileReference& file : files) {
    auto text = read_text(world.folder / file.path, world.shown(file.path), file.at);
    if (!text) return text.error();
    texts.push_back({world.shown(file.path), std::move(*text)});
  }
  return dns::load_zones(texts);
}

Parsed<std::shared_ptr<const World>> load_world(const std::filesystem::path& folder, const std::string& shown_folder,
                                                std::span<const Change> changes) {
  auto world = std::make_shared<World>();
  std::filesystem::path read_from = folder;
  if (!changes.empty()) {
    auto changed = apply_changes(folder, changes);
    if (!changed) return changed.error();
    world->changed = *changed;
    read_from = world->changed->path();
  }
  const std::string shown_file = shown_folder.empty() ? "world.yaml" : shown_folder + "/world.yaml";
  auto spec = read_world_spec(read_from / "world.yaml", shown_file);
  if (!spec) return spec.error();
  world->spec = std::move(*spec);
  Diagnostics diagnostics = Loader(*world).load();
  if (!diagnostics.empty()) return diagnostics;
  return std::shared_ptr<const World>(std::move(world));
}

}  // namespace watershed::harness
