// The files that a run rests on, each with its sum; configuration with its text and the lines in it that can decide.
//
// Whatever lies below a world's folder counts as its input, read or not: whether a stray file matters is for a person
// to see in the list.
#include "harness/record/record_suite.hpp"

#include "base/file.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "components/filter/sieve/parser.hpp"
#include "harness/record/main_cf_lines.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace watershed::harness {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t annotated_octets_max = 256 * 1024;

// Everything that can be carried out or not: branches, actions, and what prepares them.
void note_sieve_commands(const std::vector<sieve::ast::Node>& commands, std::set<int>& lines) {
  for (const sieve::ast::Node& command : commands) {
    if (command.name != "require") lines.insert(command.at.line);
    note_sieve_commands(command.block, lines);
  }
}

std::set<int> sieve_lines(const std::string& text) {
  const sieve::Limits limits;
  sieve::Report report(text, "", limits.diagnostics_max);
  std::set<int> lines;
  note_sieve_commands(sieve::parse(text, limits, report), lines);
  return lines;
}

// postmap(1): a logical line starts with a character that is neither blank nor `#`.
std::set<int> table_lines(std::string_view text) {
  std::set<int> lines;
  int number = 1;
  while (!text.empty()) {
    const char first = text.front();
    if (first != ' ' && first != '\t' && first != '#' && first != '\n' && first != '\r') lines.insert(number);
    const std::size_t end = text.find('\n');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
  }
  return lines;
}

// Of what a world has read, the places that can decide: zone records, mailboxes, tenant settings, spam rules.
std::map<std::string, std::set<int>> places_of(const World& world) {
  std::map<std::string, std::set<int>> places;
  const auto note = [&](const SourcePosition& at) {
    if (at.line > 0) places[at.file].insert(at.line);
  };
  for (const dns::Record& record : world.zones.records) note(record.at);
  for (const HostConfig& host : world.hosts) {
    for (const store::MailboxSettings& mailbox : host.mailboxes) note(mailbox.at);
    for (const auto& [path, rcfile] : host.procmail.files) {
      for (const procmail::Place& recipe : rcfile->recipes) note({rcfile->file, recipe.line, recipe.column});
    }
    if (!host.tenant) continue;
    for (const cloud::Mailbox& mailbox : host.tenant->mailboxes) {
      note(mailbox.at);
      if (mailbox.forward) note(mailbox.forward->at);
      if (mailbox.out_of_office) note(mailbox.out_of_office->at);
      for (const cloud::InboxRule& rule : mailbox.rules) note(rule.at);
    }
    for (const cloud::Group& group : host.tenant->groups) note(group.at);
    for (const cloud::Contact& contact : host.tenant->contacts) note(contact.at);
    for (const cloud::OutboundConnector& connector : host.tenant->outbound_connectors) note(connector.at);
  }
  return places;
}

bool is_rcfile(const World& world, const std::string& shown) {
  return std::any_of(world.hosts.begin(), world.hosts.end(), [&](const HostConfig& host) {
    const auto& files = host.procmail.files;
    return std::any_of(files.begin(), files.end(), [&](const auto& each) { return each.second->file == shown; });
  });
}

bool is_maildrop_file(const WorldSpec& spec, const std::string& below) {
  return std::any_of(spec.hosts.begin(), spec.hosts.end(), [&](const HostSpec& host) {
    const auto* router = std::get_if<RouterSpec>(&host.role);
    return router != nullptr && router->rule_processor.program == "maildrop" &&
           below.starts_with(router->rule_processor.rules.path + "/");
  });
}

// Which hosts read what: path below the world's folder → hosts.
std::map<std::string, std::vector<std::string>> readers_of(const WorldSpec& spec) {
  std::map<std::string, std::vector<std::string>> readers;
  const auto note = [&](const FileReference& file, const HostSpec& host) {
    if (file.is_set()) readers[fs::path(file.path).lexically_normal().generic_string()].push_back(host.name);
  };
  for (const HostSpec& host : spec.hosts) {
    note(host.spam_filter, host);
    if (const auto* router = std::get_if<RouterSpec>(&host.role)) {
      note(router->folder, host);
      note(router->rule_processor.rules, host);
      note(router->rule_processor.mailboxes, host);
    }
    if (const auto* mail_store = std::get_if<MailStoreSpec>(&host.role)) {
      note(mail_store->mailboxes, host);
      note(mail_store->filter, host);
    }
    if (const auto* provider = std::get_if<CloudSpec>(&host.role)) note(provider->tenant, host);
  }
  return readers;
}

// A folder is read by who names it; so is everything below.
std::vector<std::string> hosts_reading(const std::map<std::string, std::vector<std::string>>& readers,
                                       const std::string& path) {
  for (const auto& [read, hosts] : readers) {
    std::string folder = read;
    if (!folder.ends_with('/')) folder += '/';
    if (path == read || path.starts_with(folder)) return hosts;
  }
  return {};
}

std::string kind_of(const std::string& path, bool is_zone) {
  const std::string name = fs::path(path).filename().string();
  if (is_zone) return "zone";
  if (name == "main.cf" || name == "master.cf") return "postfix parameters";
  if (name.ends_with(".sieve")) return "sieve";
  if (name.ends_with(".yaml")) return "settings";
  return "postfix table";
}

class Inputs {
 public:
  void add_world(const World& world) {
    const WorldSpec& spec = world.spec;
    const auto places = places_of(world);
    const auto readers = readers_of(spec);
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(spec.folder, error)) {
      if (!entry.is_regular_file(error)) continue;
      const std::string below = entry.path().lexically_relative(spec.folder).generic_string();
      const bool is_zone = std::any_of(spec.dns_zones.begin(), spec.dns_zones.end(), [&](const FileReference& zone) {
        return fs::path(zone.path).lexically_normal().generic_string() == below;
      });
      InputFile file = read(entry.path(), spec.shown_folder + "/" + below);
      file.world = spec.name;
      file.hosts = hosts_reading(readers, below);
      file.kind = below == "world.yaml" ? "world" : kind_of(below, is_zone);
      if (is_rcfile(world, file.path)) file.kind = "procmail";
      if (is_maildrop_file(spec, below)) file.kind = "maildrop";
      const auto known = places.find(file.path);
      std::set<int> lines = known == places.end() ? std::set<int>() : known->second;
      if (file.kind == "sieve") lines = sieve_lines(file.text);
      if (file.kind == "postfix table") lines = table_lines(file.text);
      // What no host reads can decide nothing.
      if (file.hosts.empty() && !is_zone) lines.clear();
      file.rule_lines.assign(lines.begin(), lines.end());
      if (file.octets > annotated_octets_max || file.kind == "world") file.text.clear();
      add(std::move(file));
    }
    add_parameters(world);
  }

  void add_plain(const fs::path& path, const std::string& shown, const std::string& kind) {
    if (files_.contains(shown)) return;
    InputFile file = read(path, shown);
    file.text.clear();
    file.kind = kind;
    add(std::move(file));
  }

  void add_folder(const fs::path& folder, const std::string& kind) {
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
      if (entry.is_regular_file(error)) add_plain(entry.path(), entry.path().lexically_normal().generic_string(), kind);
    }
  }

  std::vector<InputFile> take() {
    std::vector<InputFile> files;
    for (auto& [path, file] : files_) files.push_back(std::move(file));
    return files;
  }

 private:
  // After all files, as parameters name the others of their folder.
  void add_parameters(const World& world) {
    std::vector<std::string> paths;
    for (const auto& [path, file] : files_) paths.push_back(path);
    for (const HostConfig& host : world.hosts) {
      if (!host.router) continue;
      const postfix::PostfixConfig& config = host.router->config();
      const auto found = files_.find(config.main().file());
      if (found == files_.end()) continue;
      MainCfLines lines = main_cf_lines(config, paths);
      found->second.rule_lines.assign(lines.rules.begin(), lines.rules.end());
      found->second.uses = std::move(lines.uses);
    }
  }

  static InputFile read(const fs::path& path, const std::string& shown) {
    InputFile file;
    file.path = shown;
    file.text = file_bytes(path);
    file.octets = file.text.size();
    file.sha256 = sha256_hex(file.text);
    return file;
  }

  void add(InputFile file) { files_[file.path] = std::move(file); }

  std::map<std::string, InputFile> files_;
};

}  // namespace

std::vector<InputFile> input_files(const Suite& suite, const Outcome& outcome) {
  Inputs inputs;
  std::set<std::string> ran;
  std::set<std::string> scenarios;
  for (const ScenarioResult& result : outcome.scenarios) {
    ran.insert(result.world);
    scenarios.insert(result.file);
  }
  for (const auto& [name, world] : suite.worlds) {
    if (world && ran.contains(name)) inputs.add_world(*world);
  }
  for (const auto& scenario : suite.scenarios) {
    if (scenarios.contains(scenario->file)) inputs.add_plain(scenario->path, scenario->file, "scenario");
  }
  inputs.add_folder(suite.root / "messages", "message");
  inputs.add_plain(suite.root / "requirements.yaml", (suite.root / "requirements.yaml").generic_string(),
                   "requirements");
  return inputs.take();
}

}  // namespace watershed::harness
