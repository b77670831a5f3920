// What a script did with a message, in lines that two programs can be compared by: a line for each stored message with
// its mailbox and flags, and for each sent one with its recipients; "failed" where a run ended with an error.
#pragma once

#include "ci/oracles/sieve_action_pairs.hpp"
#include "components/filter/sieve/script.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace watershed::oracle {

using Effects = std::vector<std::string>;  ///< sorted

inline constexpr unsigned nobody = 65534;

void write_file(const std::filesystem::path& path, const std::string& text);

/// Finds included_scripts().
class IncludedLibrary final : public sieve::ScriptLibrary {
 public:
  std::optional<Found> find(bool is_global, std::string_view name) const override;
};

/// Our engine's, carried out in memory.
Effects our_effects(const SieveActionPair& pair);

/// Adds what sieve-test printed as sent.
void read_sent(const std::string& printed, Effects& effects);
/// Adds what it stored.
void read_maildir(const std::filesystem::path& maildir, Effects& effects);

}  // namespace watershed::oracle
