// One Postfix folder, read as a whole: main.cf, master.cf and every table they name. What cannot be read is an error;
// what can be read but is not modelled is listed, so that a verdict built on it can be called inconclusive.
#pragma once

#include "base/ip_address.hpp"
#include "components/router/postfix/master_cf.hpp"
#include "components/router/postfix/parameters.hpp"
#include "components/router/postfix/table.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::postfix {

/// How files are shown and found.
struct LoadOptions {
  /// What stands in front of the folder in messages and journal facts; default: the folder as given.
  std::string shown_folder;
  /// The host's name when main.cf does not set myhostname.
  std::string hostname = "localhost.localdomain";
  /// The host's own addresses, for inet_interfaces = all and for mynetworks_style.
  std::vector<IpAddress> addresses;
};

class PostfixConfig {
 public:
  const Parameters& parameters() const { return parameters_; }
  /// With the -o overrides of that service on top; `service` may be null.
  Parameters parameters_of(const Service* service) const;

  const MainCf& main() const { return *main_; }
  const MasterCf& master() const { return *master_; }

  /// The tables of `parameter` as its value reads under `parameters` (which may carry overrides). Every table was
  /// opened by `load_postfix`; a `type:name` unknown to it yields a table that answers "not understood".
  Maps maps(const Parameters& parameters, std::string_view parameter) const;
  /// One table by its `type:name` text.
  TablePtr table(std::string_view type_and_name) const;
  /// The text of another file of the folder that was read at load (`:include:` lists, list files), or nullptr.
  const TableSource::File* file(std::string_view name) const;

  /// An account's .forward: the folder's `forward/USER`, or `forward/USER+EXT` for `.forward+EXT`; nullptr when the
  /// folder does not have it.
  const TableSource::File* dot_forward(std::string_view local_part) const;

  /// What is in the folder and not modelled, by place.
  const std::vector<NotUnderstood>& not_understood() const { return not_understood_; }
  /// Lines of which a delivery may yet find that it is not understood.
  const std::vector<SourcePosition>& doubtful() const { return doubtful_; }
  const Diagnostics& warnings() const { return warnings_; }
  const std::vector<IpAddress>& own_addresses() const { return own_addresses_; }

 private:
  friend class ConfigLoader;
  std::shared_ptr<const MainCf> main_;
  std::shared_ptr<const MasterCf> master_;
  Parameters parameters_;
  std::map<std::string, TablePtr, std::less<>> tables_;
  std::map<std::string, TableSource::File, std::less<>> files_;
  std::map<std::string, TableSource::File, std::less<>> dot_forwards_;
  std::vector<NotUnderstood> not_understood_;
  std::vector<SourcePosition> doubtful_;
  Diagnostics warnings_;
  std::vector<IpAddress> own_addresses_;
};

/// Reads the folder. `/etc/postfix/X`, `$config_directory/X` and relative paths mean `<folder>/X`; another absolute
/// path
/// (`/etc/aliases`) means `<folder>/etc/aliases`, or `<folder>/aliases` where that is not there. A missing or malformed
/// file, and one file for two absolute paths, is an error with file:line:col.
Parsed<PostfixConfig> load_postfix(const std::filesystem::path& folder, const LoadOptions& options = {});

/// One line about a parameter that the folder sets, for `watershed check`.
struct ParameterSummary {
  std::string name;
  std::string value;  ///< expanded
  SourcePosition at;
  Treatment treatment;
};
std::vector<ParameterSummary> summarize(const PostfixConfig& config);

}  // namespace watershed::postfix
