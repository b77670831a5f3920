// Invariants: what must hold in every scenario, asked for or not. Adding one is one file and one line in the table.
#pragma once

#include "harness/scenario/evidence.hpp"

#include <span>

namespace watershed::harness {

struct Invariant {
  const char* name;
  const char* statement;  ///< one sentence for people
  void (*check)(const Evidence& evidence, Findings& findings);
};

std::span<const Invariant> invariants();

// One a file.
void check_conservation(const Evidence& evidence, Findings& findings);
void check_segregation(const Evidence& evidence, Findings& findings);
void check_no_loop(const Evidence& evidence, Findings& findings);
void check_no_bounce_to_null(const Evidence& evidence, Findings& findings);
void check_trace(const Evidence& evidence, Findings& findings);
void check_hermetic(const Evidence& evidence, Findings& findings);

}  // namespace watershed::harness
