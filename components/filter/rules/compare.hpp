// Two sets of rules over the same messages: where they agree, and for each way in which they do not, the smallest
// message that shows it.
#pragma once

#include "components/filter/rules/demand.hpp"
#include "components/filter/rules/effect.hpp"

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace watershed::rules {

/// How to make messages. The same seed makes the same messages.
struct GenerateOptions {
  std::size_t count = 1000;
  std::uint64_t seed = 1;
  std::vector<mail::ForwardPath> recipients;  ///< who may get them; none: whom the rules name, in `domain`
  std::string domain = "here.example";
};

/// Messages made of what the rules ask: each demand as it is, each with one trait more or less, boundaries of sizes,
/// and combinations. At most `count`.
std::vector<Letter> generate(const std::vector<Demand>& demands, const GenerateOptions& options);

/// One way in which the sides differ.
struct Disagreement {
  std::string old_fate;
  std::string new_fate;
  std::vector<std::string> old_lines;
  std::vector<std::string> new_lines;
  std::size_t messages = 0;  ///< how many showed it
  Letter smallest;
};

struct Comparison {
  std::size_t messages = 0;  ///< judged: those that came before are left where a side does not remember
  std::size_t agreeing = 0;
  std::set<std::string> agreed_fates;  ///< on which both sides agreed for some message
  std::vector<Disagreement> disagreements;
  std::vector<std::string> assumptions;  ///< what either side had to assume, without repetition
  std::vector<std::string> errors;       ///< of either side, without repetition
  std::vector<LineCount> old_coverage;
  std::vector<LineCount> new_coverage;

  bool agrees() const { return disagreements.empty() && errors.empty(); }
};

/// Judges every letter on both sides and makes the examples small; those of a disagreement that `is_known` stay as
/// they came.
Comparison compare(Engine& before, Engine& after, const std::vector<Letter>& letters,
                   const std::function<bool(const Disagreement&)>& is_known = {});

/// Takes away header fields and pieces of the body as long as `still_shows` holds.
Letter shrink(Letter letter, const std::function<bool(const Letter&)>& still_shows);

}  // namespace watershed::rules
