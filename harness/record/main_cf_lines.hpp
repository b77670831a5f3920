// Which lines of a main.cf can decide what becomes of mail, and through which tables.
//
// Most of what decides in a Postfix folder is a line of a table; the parameter that names the table decided with it.
#pragma once

#include "components/router/postfix/config.hpp"
#include "harness/outcome_parts.hpp"

#include <set>
#include <span>
#include <string>
#include <vector>

namespace watershed::harness {

struct MainCfLines {
  std::set<int> rules;        ///< lines of parameters that can decide
  std::vector<LineUse> uses;  ///< which of them names which file
};

/// `files` are the folder's other files as shown: `scenarios/worlds/phase2/postfix/int-mx/virtual`. A parameter that is
/// empty or switched off decides nothing; one that only describes the host (myhostname, mynetworks) is never itself
/// what decides (router/postfix/provenance.hpp).
MainCfLines main_cf_lines(const postfix::PostfixConfig& config, std::span<const std::string> files);

}  // namespace watershed::harness
