// load_postfix of config.hpp: main.cf, then master.cf, then every table that a parameter names.
#include "components/router/postfix/config.hpp"

#include "base/text.hpp"
#include "components/router/postfix/expand.hpp"
#include "components/router/postfix/folder.hpp"
#include "components/router/postfix/logical_lines.hpp"
#include "components/router/postfix/table_parameters.hpp"
#include "components/router/postfix/understanding.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

namespace watershed::postfix {

namespace {

using HostDefaults = std::map<std::string, std::string, std::less<>>;

void append(Diagnostics& to, const Diagnostics& more) { to.insert(to.end(), more.begin(), more.end()); }

}  // namespace

class ConfigLoader {
 public:
  ConfigLoader(const std::filesystem::path& path, const LoadOptions& options)
      : folder_(path, options.shown_folder), options_(options) {}

  Parsed<PostfixConfig> load() {
    if (!read_main() || !read_master()) return errors_;
    set_host_defaults();
    check_values(config_.parameters_, config_.main_->settings());
    for (const Service& service : config_.master_->services()) {
      std::vector<const Setting*> settings;
      for (const Setting& setting : service.overrides) settings.push_back(&setting);
      check_values(config_.parameters_of(&service), settings);
    }
    if (!errors_.empty()) return errors_;
    set_own_addresses();
    folder_.set_config_directory(config_.parameters_.text("config_directory"));
    collect_alias_files(config_.parameters_);
    for (const Service& service : config_.master_->services()) collect_alias_files(config_.parameters_of(&service));
    read_origin(config_.parameters_);
    open_one("local accounts", "unix:passwd.byname", {config_.main_->file(), 0, 0}, true);
    read_dot_forwards();
    open_tables_of(config_.parameters_);
    for (const Service& service : config_.master_->services()) {
      if (service.overrides.empty()) continue;
      read_origin(config_.parameters_of(&service));
      open_tables_of(config_.parameters_of(&service));
    }
    if (!errors_.empty()) return errors_;
    std::vector<NotUnderstood> settings = find_not_understood(config_);
    config_.not_understood_.insert(config_.not_understood_.begin(), settings.begin(), settings.end());
    return std::move(config_);
  }

 private:
  bool read_main() {
    const auto file = folder_.read("main.cf");
    if (!file) {
      errors_.push_back({Severity::error,
                         {folder_.shown("main.cf"), 0, 0},
                         "a Postfix folder needs a main.cf; there is none",
                         {},
                         {}});
      return false;
    }
    auto main = MainCf::parse(file->text, file->shown_path);
    if (!main) {
      errors_ = main.error();
      return false;
    }
    config_.main_ = std::make_shared<const MainCf>(std::move(*main));
    append(config_.warnings_, config_.main_->warnings());
    return true;
  }

  bool read_master() {
    const auto file = folder_.read("master.cf");
    if (!file) {
      config_.master_ = std::make_shared<const MasterCf>(MasterCf::stock());
      return true;
    }
    auto master = MasterCf::parse(file->text, file->shown_path);
    if (!master) {
      errors_ = master.error();
      return false;
    }
    config_.master_ = std::make_shared<const MasterCf>(std::move(*master));
    append(config_.warnings_, config_.master_->warnings());
    return true;
  }

  /// postconf(5) myhostname, mydomain: the host's name, completed; what follows its first dot, or "localdomain".
  void set_host_defaults() {
    auto defaults = std::make_shared<HostDefaults>();
    const Parameters bare(config_.main_, nullptr);
    const bool sets_domain = bare.is_set("mydomain");
    std::string hostname = options_.hostname;
    if (hostname.find('.') == std::string::npos)
      hostname += "." + (sets_domain ? bare.text("mydomain") : "localdomain");
    (*defaults)["myhostname"] = hostname;
    config_.parameters_ = Parameters(config_.main_, defaults);
    const std::string effective = config_.parameters_.text("myhostname");
    const std::size_t dot = effective.find('.');
    (*defaults)["mydomain"] = dot == std::string::npos ? "localdomain" : effective.substr(dot + 1);
    // config_.parameters_ shares `defaults`; mynetworks joins it in set_own_addresses.
    host_defaults_ = std::move(defaults);
  }

  void check_values(const Parameters& parameters, const std::vector<const Setting*>& settings) {
    for (const Setting* setting : settings) {
      const std::string fault = parameters.fault(setting->name);
      if (fault.empty()) continue;
      errors_.push_back({Severity::error,
                         setting->at,
                         fmt::format("{}: {}", setting->name, fault),
                         setting->name + " = " + setting->value,
                         {}});
    }
  }

  void set_own_addresses() {
    HostAddresses found = find_own_addresses(config_.parameters_, options_.addresses);
    config_.own_addresses_ = found.addresses;
    (*host_defaults_)["mynetworks"] = found.default_networks;
    append_not_understood(found.not_understood);
  }

  void append_not_understood(const std::vector<NotUnderstood>& items) {
    config_.not_understood_.insert(config_.not_understood_.end(), items.begin(), items.end());
  }

  /// newaliases(1) builds what alias_database names, so those files (and alias_maps) have aliases(5) format wherever
  /// else they are looked up, e.g. through local_recipient_maps.
  void collect_alias_files(const Parameters& parameters) {
    for (const std::string_view name : {"alias_database", "alias_maps"}) {
      for (std::string element : parameters.list(name)) {
        while (element.starts_with("proxy:")) element.erase(0, 6);
        alias_files_.insert(std::move(element));
      }
    }
  }

  /// local(8) reads them in the users' homes, which no folder holds; here they stand in `forward/`, by account.
  void read_dot_forwards() {
    for (const std::string& name : folder_.files_in("forward")) {
      const auto file = folder_.read("forward/" + name);
      if (!file) continue;
      config_.dot_forwards_.emplace(to_lower(name), *file);
      read_includes_in(*file, 0);
    }
    config_.doubtful_ = find_doubtful(config_, folder_.read("/etc/passwd"));
  }

  /// Debian: myorigin may be the name of a file with the domain.
  void read_origin(const Parameters& parameters) {
    const std::string origin = parameters.text("myorigin");
    if (origin.starts_with("/")) read_list_file(origin, parameters.where("myorigin"), 0);
  }

  /// What the folder sets comes first: a default such as virtual_alias_domains = $virtual_alias_maps names the same
  /// tables, and would be forgiven for a table that does not open.
  void open_tables_of(const Parameters& parameters) {
    for (const bool wants_set : {true, false}) {
      for (const ParameterFact& fact : known_parameters()) {
        if (names_tables(fact) && parameters.is_set(fact.name) == wants_set)
          open_elements(parameters, std::string(fact.name));
      }
    }
    for (const std::string& restriction_class : parameters.list("smtpd_restriction_classes")) {
      open_elements(parameters, restriction_class);
    }
  }

  void open_elements(const Parameters& parameters, const std::string& name) {
    SourcePosition at = parameters.where(name);
    const bool is_default = at.file.empty();
    if (is_default) at = SourcePosition{config_.main_->file(), 0, 0};
    std::string_view before;
    for (const std::string& element : parameters.list(name)) {
      // The socket of a policy service is written as a table is, and is none.
      if (std::exchange(before, element) == "check_policy_service") continue;
      std::string_view text = element;
      while (text.starts_with("!")) text.remove_prefix(1);
      if (looks_like_table(text)) open_one(name, std::string(text), at, is_default);
      if (text.starts_with("/")) read_list_file(std::string(text), at, 0);
    }
  }

  void open_one(const std::string& parameter, const std::string& type_and_name, const SourcePosition& at,
                bool is_default) {
    if (config_.tables_.contains(type_and_name)) return;
    const bool is_alias =
        alias_files_.contains(type_and_name.starts_with("proxy:") ? type_and_name.substr(6) : type_and_name);
    const bool is_alias_map = parameter == "alias_maps" || parameter == "alias_database";
    const TableUse use{is_alias_map, is_alias};
    const TableSource source{[&](std::string_view name) { return read_named(name, at, {}, is_default); },
                             [this](std::string_view name) { return folder_.expected(name); }};
    auto opened = open_table(type_and_name, at, source, use);
    if (!opened && is_default) {
      // A default such as alias_maps = hash:/etc/aliases, nis:… only matters when it is asked.
      const std::string reason = opened.error().front().message;
      config_.tables_[type_and_name] = unanswerable_table(type_and_name, at, reason);
      return;
    }
    if (!opened) return append(errors_, opened.error());
    config_.tables_[type_and_name] = opened->table;
    append(config_.warnings_, opened->warnings);
    if (!is_default) append_not_understood(opened->not_understood);
    if (is_alias) read_includes(type_and_name);
  }

  Diagnostic no_such_file(const SourcePosition& at, std::string_view what, const std::string& name,
                          const std::string& line) const {
    return {Severity::error, at, fmt::format("{} file {}: there is no such file in the folder", what, name), line,
            "expected " + folder_.expected(name)};
  }

  /// The file that `name`, written at `at`, stands for. Another name's file is an error, and none for a default value:
  /// `hash:/etc/aliases` of alias_maps must not take the folder's only `aliases` from whoever names that.
  std::optional<TableSource::File> read_named(std::string_view name, const SourcePosition& at, const std::string& line,
                                              bool is_default = false) {
    auto file = folder_.read(name);
    const std::string other = file ? folder_.claim(name) : std::string{};
    if (other.empty()) return file;
    if (is_default) return std::nullopt;
    const std::string place = folder_.own_place(name);
    const bool may_move = place != file->shown_path;
    errors_.push_back({Severity::error, at,
                       fmt::format("{}: {} has been read for {}, which is another file on the real machine", name,
                                   file->shown_path, other),
                       line,
                       fmt::format("expected {} for {}", may_move ? place : folder_.own_place(other),
                                   may_move ? std::string(name) : other)});
    return file;
  }

  /// match_list(3): `/file` stands for the lines of that file.
  void read_list_file(const std::string& name, const SourcePosition& at, int depth) {
    if (config_.files_.contains(name)) return;
    const auto file = read_named(name, at, {});
    if (!file || depth > 20) {
      errors_.push_back(no_such_file(at, "list", name, {}));
      return;
    }
    config_.files_[name] = *file;
    for (const std::string_view element : split_protecting_braces(file->text, list_separators)) {
      if (element.starts_with("/")) read_list_file(std::string(element), at, depth + 1);
      if (looks_like_table(element)) open_one("", std::string(element), {file->shown_path, 0, 0}, false);
    }
  }

  /// aliases(5): `:include:/file/name` lists, which may include further ones.
  void read_includes(const std::string& type_and_name) {
    const std::size_t colon = type_and_name.find(':');
    const auto file = folder_.read(std::string_view(type_and_name).substr(colon + 1));
    read_includes_in(file ? *file : TableSource::File{config_.main_->file(), type_and_name}, 0);
  }

  void read_includes_in(const TableSource::File& file, int depth) {
    constexpr std::string_view marker = ":include:";
    for (const LogicalLine& line : logical_lines(file.text)) {
      for (std::size_t at = line.text.find(marker); at != std::string::npos; at = line.text.find(marker, at + 1)) {
        const std::size_t begin = at + marker.size();
        const std::size_t end = line.text.find_first_of(" \t\r\n,\"}", begin);
        const std::string name = line.text.substr(begin, end == std::string::npos ? end : end - begin);
        if (name.empty() || config_.files_.contains(name) || depth > 20) continue;
        const SourcePosition place{file.shown_path, line.line, 1};
        const auto included = read_named(name, place, line.text);
        if (!included) {
          errors_.push_back(no_such_file(place, ":include:", name, line.text));
          continue;
        }
        config_.files_[name] = *included;
        read_includes_in(*included, depth + 1);
      }
    }
  }

  Folder folder_;
  const LoadOptions& options_;
  PostfixConfig config_;
  std::shared_ptr<HostDefaults> host_defaults_;
  std::set<std::string, std::less<>> alias_files_;
  Diagnostics errors_;
};

Parsed<PostfixConfig> load_postfix(const std::filesystem::path& folder, const LoadOptions& options) {
  return ConfigLoader(folder, options).load();
}

}  // namespace watershed::postfix
