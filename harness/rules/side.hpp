// One side of a comparison, opened from a rule file and the name of an engine.
#pragma once

#include "base/diagnostic.hpp"
#include "components/filter/rules/compare.hpp"
#include "components/filter/rules/demand.hpp"

#include <memory>
#include <string>
#include <vector>

namespace watershed::harness {

enum class RuleLanguage { sieve, procmail, maildrop };

struct Side {
  std::string path;
  std::string file;  ///< as shown
  RuleLanguage language = RuleLanguage::procmail;
  std::unique_ptr<rules::Engine> engine;
  std::string source;
  std::shared_ptr<const procmail::Rcfile> rcfile;  ///< of procmail rules
};

/// Why a side cannot be opened: a bad file (diagnostics) or a program that is missing.
struct SideFault {
  Diagnostics diagnostics;
  std::string missing_program;
};

/// `engine` is builtin, procmail, pigeonhole or maildrop; the last three are the real programs. A file whose name ends
/// in .sieve is Sieve, any other a procmailrc, or with the engine maildrop a maildropfilter. `shown` is how the file is
/// written in reports; empty: as `file`.
Result<Side, SideFault> open_side(const std::string& file, const std::string& engine, const std::string& shown = {});

/// What both sides ask of messages.
std::vector<rules::Demand> demands_of(const Side& before, const Side& after, std::uint64_t seed);

}  // namespace watershed::harness
