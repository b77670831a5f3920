// The evidence of a run for one test: an empty world, and a journal whose lineage follows what is recorded.
#pragma once

#include "harness/scenario/evidence.hpp"
#include "harness/scenario/scenario.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace watershed::harness {

struct TestEvidence {
  WorldSpec world = {};
  Scenario scenario = {};
  stage::Journal journal = {};
  Lineage lineage{journal};
  std::vector<StoredCopy> copies = {};
  std::map<stage::Custody, std::shared_ptr<const mail::Message>> offered = {};
  std::map<std::string, const WorldSpec*> worlds = {};
  std::map<std::string, FlowFigures> figures = {};

  TestEvidence() {
    journal.observe([this](const stage::Fact& fact) { lineage.take(fact); });
  }
  TestEvidence(const TestEvidence&) = delete;
  TestEvidence& operator=(const TestEvidence&) = delete;

  Evidence evidence(double time_factor = 1) const {
    return {world, scenario, journal, lineage, copies, offered, worlds, figures, {}, time_factor};
  }
};

}  // namespace watershed::harness
