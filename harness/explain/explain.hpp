// explain: the way of one message through a world, hop by hop, each decision with the configuration line that made it.
#pragma once

#include "base/result.hpp"
#include "harness/world/world.hpp"
#include "mail/path.hpp"

#include <memory>
#include <string>
#include <vector>

namespace watershed::harness {

struct ExplainRequest {
  mail::ReversePath from;
  mail::Address to;
  std::string via;  ///< host that sends it; empty: the one that stands for `from`, else the first outside MTA
};

struct ExplainedDecision {
  std::string text;
  std::string decided_by;  ///< `file:line`; may be empty
};

struct ExplainedHop {
  std::string host;
  std::string zone;
  double at_seconds = 0;
  std::vector<ExplainedDecision> decisions;
};

struct Explanation {
  std::vector<ExplainedHop> hops;  ///< in the order in which hosts came to have it
  std::vector<std::string> ends;   ///< `delivered to INBOX of a@b`, `rejected: 550 …`
  std::vector<NotUnderstoodLine> not_understood;
};

/// Sends one message through the world in the simulated lane and follows it. The error says why none could be sent.
Result<Explanation, Error> explain(std::shared_ptr<const World> world, const ExplainRequest& request);

}  // namespace watershed::harness
