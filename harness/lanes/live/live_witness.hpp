// The witness in a live run: captures the sandbox's loopback from before the first program starts, keeps every packet
// in capture.pcapng, and turns what it saw into the run's journal.
#pragma once

#include "harness/lanes/wire/wire_journal.hpp"
#include "harness/record/dialogue.hpp"
#include "stage/input_watch.hpp"
#include "stage/signal.hpp"
#include "witness/capture.hpp"
#include "witness/pcapng.hpp"
#include "witness/rewritten.hpp"
#include "witness/witness.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace watershed::harness {

class LiveWitness {
 public:
  struct Wire {
    std::set<IpAddress> addresses;  ///< the world's
    /// Where the wire has others: what stands for them, and the /24 that they are in.
    AddressMap map = {};
    IpAddress network = {};
  };

  /// The error says why nothing can be captured.
  static Result<std::unique_ptr<LiveWitness>, Error> start(stage::RealExecutor& executor, Wire wire,
                                                           std::vector<WireHost> hosts, std::filesystem::path file);

  /// Takes packets as they come, as long as the executor runs its tasks, and tells `stirs` of them.
  stage::Task<void> watch(stage::Signal& stirs);
  /// Takes what has come so far.
  void poll();

  /// Transactions under way now.
  std::size_t open_transactions() const { return witness_.open_transactions(); }
  /// Grows with everything that is seen.
  std::uint64_t packets() const { return witness_.seen().packets; }
  const witness::Seen& seen() const { return witness_.seen(); }

  /// What was said on the wire, by the numbers that `reading` gave to connections. Once, when all is over.
  DialogueRecorder take_dialogues(const JournalReading& reading);

  /// For benchmarks, to see what watching costs: nothing is heard any more, or all again. A run that was ever not
  /// listened to has incomplete evidence, and its verdict is inconclusive.
  Result<void, Error> listen(bool wanted);

  /// For who decides differently from now on.
  WireJournal& journal() { return journal_; }
  JournalReading read(const WireSources& sources) { return journal_.read(sources); }

  /// The capture is over: its file is complete after this.
  void finish();
  const std::filesystem::path& file() const { return path_; }

 private:
  LiveWitness(stage::RealExecutor& executor, witness::LiveCapture capture, witness::PcapngFile file,
              std::filesystem::path path, Wire wire, std::vector<WireHost> hosts, std::int64_t start_unix_ns);

  stage::RealExecutor& executor_;
  witness::LiveCapture capture_;
  std::string filter_;
  std::optional<witness::Rewriter> rewriter_;
  witness::PcapngFile file_;
  std::filesystem::path path_;
  DialogueRecorder dialogues_;
  witness::Witness witness_;
  WireJournal journal_;
  stage::InputWatch input_;
  std::int64_t start_unix_ns_;
  std::uint64_t missed_ = 0;  // times that nothing was heard, as lost packets
  bool finished_ = false;
};

}  // namespace watershed::harness
