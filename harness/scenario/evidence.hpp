// Evidence: all that expectations and invariants may look at. It comes from the journal (through the lineage) and from
// the stored copies; nothing here can ask a component.
#pragma once

#include "harness/lineage/lineage.hpp"
#include "harness/scenario/scenario.hpp"
#include "mail/message.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watershed::harness {

/// How complicated the ways of a scenario's messages are in one world (requirement ROUTE-1).
struct FlowFigures {
  std::size_t hops = 0;            ///< hosts on the longest delivered way, originator and outside not counted
  std::size_t rules = 0;           ///< distinct configuration lines that decided
  std::size_t distinct_paths = 0;  ///< different ways that delivered messages took

  bool operator==(const FlowFigures&) const = default;
};

/// A copy of a message as a mailbox holds it.
struct StoredCopy {
  stage::Custody custody = 0;
  std::string mailbox;
  std::string folder;
  std::vector<std::string> flags;
  std::shared_ptr<const mail::Message> message;
  bool has_holders_trace = true;  ///< the host that stores it wrote its own Received field
};

struct Evidence {
  const WorldSpec& world;
  const Scenario& scenario;
  const stage::Journal& journal;
  const Lineage& lineage;
  const std::vector<StoredCopy>& copies;
  /// Messages as offered, by custody.
  const std::map<stage::Custody, std::shared_ptr<const mail::Message>>& offered;
  /// Other worlds that the run has read, for comparisons between worlds.
  const std::map<std::string, const WorldSpec*>& worlds;
  /// Figures of the same scenario on the worlds that ran before this one.
  const std::map<std::string, FlowFigures>& figures_elsewhere;
  stage::Time ended_at{};
  /// By what the lane divides times that are waited on purpose: between attempts, and in `advance`. The rest of a
  /// message's way takes what it takes.
  double time_factor = 1;

  const ZoneSpec* zone_of(stage::HostId host) const;  ///< nullptr for what stands in no zone (DNS stub, harness)
  std::vector<const RootMessage*> messages(std::string_view label) const;
  std::vector<const StoredCopy*> copies_of(const RootMessage& root) const;
  std::vector<std::string> host_names(const std::vector<stage::HostId>& hosts) const;

  /// Whether the delivered copy was put off on its way, so that it waited for another attempt.
  bool was_put_off(const Delivery& delivery) const;

  FlowFigures figures() const;

  /// The decisions on the way to a custody, each with its file:line.
  std::vector<std::string> trail(stage::Custody custody, std::string_view recipient) const;
  /// The last configuration line that decided the way to a custody; empty when none is known.
  std::string decided_by(stage::Custody custody, std::string_view recipient) const;
};

}  // namespace watershed::harness
