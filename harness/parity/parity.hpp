// Parity: do the lanes agree, message by message, on what matters? Each lane writes down the same few aspects of each
// message as text, with what may differ by nature (queue ids, dates, ports) masked; the texts are compared.
//
// A difference lies in the model (then the model is mended) or is a property of the lane (then it is declared in
// lane-differences.yaml, with its reason).
#pragma once

#include "base/diagnostic.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace watershed::harness {

/// What one lane saw of one aspect.
struct ComparedAspect {
  std::string name;  ///< fate, mailbox, hops, replies, rewriting, envelope, notices, content
  std::string value;

  bool operator==(const ComparedAspect&) const = default;
};

/// One message for one recipient, as one lane saw it.
struct ComparedMessage {
  std::string label;
  std::string recipient;
  std::vector<ComparedAspect> aspects;  ///< the same names in the same order in each lane
  std::vector<std::string> journal;     ///< the facts behind them, one line of JSON each

  bool operator==(const ComparedMessage&) const = default;
};

/// All messages of a scenario on a world, in one lane.
struct ComparedRun {
  std::string scenario;  ///< file
  std::string world;
  const std::vector<ComparedMessage>* messages = nullptr;
};

struct LaneDifference {
  std::string scenario;
  std::string world;
  std::string label;
  std::string recipient;
  std::string aspect;
  std::string simulated;
  std::string live;
  std::vector<std::string> simulated_journal;
  std::vector<std::string> live_journal;
  std::string declared_because;  ///< empty: not declared, it counts against parity

  bool operator==(const LaneDifference&) const = default;
};

struct Parity {
  std::uint64_t compared = 0;  ///< messages
  std::uint64_t agree = 0;     ///< those without a difference that is not declared
  std::vector<LaneDifference> differences;
  std::vector<std::string> unused_declarations;  ///< `file:line: …`; each is an error

  /// agree / compared; 0 where nothing was compared: an empty comparison proves nothing.
  double ratio() const { return compared == 0 ? 0 : static_cast<double>(agree) / static_cast<double>(compared); }
  bool operator==(const Parity&) const = default;
};

/// An entry of lane-differences.yaml. Empty world, message: all of them.
struct DeclaredDifference {
  std::string scenario;  ///< file below the scenarios' folder, `faults/greylisting.yaml`; `*` for all
  std::string world;
  std::string message;
  std::string aspect;
  std::string because;
  SourcePosition at;
};

/// Runs that only one lane has are not compared. A declaration that no difference needed, although its scenario was
/// compared, is an error in `unused`: what is no longer so must not stay excused.
Parity compare_lanes(const std::vector<ComparedRun>& simulated, const std::vector<ComparedRun>& live,
                     const std::vector<DeclaredDifference>& declared, Diagnostics& unused);

}  // namespace watershed::harness
