// Faults of the DNS stub: which queries fail, how, and when. Set and cleared at run time by a world or a scenario.
#pragma once

#include "base/diagnostic.hpp"
#include "stage/time.hpp"
#include "talk/dns_message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::dns {

enum class FaultKind {
  servfail,
  nxdomain,
  refused,
  timeout,   ///< no answer at all
  delay,     ///< the right answer, later
  truncate,  ///< TC over UDP whatever the size; TCP is well
};

std::string_view to_string(FaultKind kind);

/// One fault. Several may match a query: delays add up, and of the others the one set first decides.
struct Fault {
  std::string name;  ///< a name; `*.ctbto.int`: every name below it; `*`: every name. Without regard to case
  std::optional<talk::RecordType> type;  ///< none: any type
  FaultKind kind = FaultKind::servfail;
  stage::Duration delay{};           ///< of FaultKind::delay
  std::uint64_t first_query = 1;     ///< counted over the queries that match name, type and window
  std::uint64_t last_query = ~0ULL;  ///< so 1 … 2 fails twice and then is well
  stage::Time start{};               ///< the window [start, end)
  stage::Time end = stage::forever;
  SourcePosition at;  ///< where it was asked for; the journal names it
};

using FaultId = std::uint64_t;

/// The faults that are set, and what they do to one query.
class FaultTable {
 public:
  struct Effect {
    const Fault* decides = nullptr;  ///< null: none but delays
    const Fault* delays = nullptr;   ///< the first that delays
    stage::Duration delay{};         ///< of all together
  };

  /// Fails when the name is no domain name.
  Result<FaultId, Error> set(Fault fault);
  bool clear(FaultId id);
  void clear_all() { rules_.clear(); }
  bool empty() const { return rules_.empty(); }

  /// Counts the query. `owner` is a wire name in lower case.
  Effect apply(std::string_view owner, talk::RecordType type, stage::Time now);

 private:
  struct Rule {
    FaultId id = 0;
    Fault fault;
    std::string owner;  // wire name in lower case
    bool everything = false;
    bool below = false;  // names below `owner`, not itself
    std::uint64_t matched = 0;
  };
  static bool matches(const Rule& rule, std::string_view owner, talk::RecordType type, stage::Time now);

  std::vector<Rule> rules_;
  FaultId next_id_ = 1;
};

}  // namespace watershed::dns
