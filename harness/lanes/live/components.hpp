// The real programs that the live lane needs: which are there, in which version, and what to install.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace watershed::harness {

struct ComponentFound {
  std::string name;        ///< `Postfix`
  std::string package;     ///< Debian package that brings it
  std::string version;     ///< empty: not there
  bool is_needed = false;  ///< without it there is no live lane
};

/// Asks each program for its version.
std::vector<ComponentFound> find_components();

/// Names and versions of those that are there.
std::map<std::string, std::string> component_versions(const std::vector<ComponentFound>& found);

/// Packages of needed programs that are not there.
std::vector<std::string> missing_packages(const std::vector<ComponentFound>& found);

}  // namespace watershed::harness
