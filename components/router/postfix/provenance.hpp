// Where a value came from and what was not understood: the two notes that every decision of the router carries.
#pragma once

#include "base/diagnostic.hpp"

#include <string>
#include <vector>

namespace watershed::postfix {

/// What made a decision: a table line, a main.cf or master.cf line, or one of Postfix's defaults.
struct DecidedBy {
  SourcePosition at;  ///< empty file: no line, Postfix's default
  std::string rule;   ///< the parameter that was consulted, e.g. "transport_maps"

  bool operator==(const DecidedBy&) const = default;
};

/// `postfix/transport:3 (transport_maps)`, or `postconf default relay_domains`.
std::string describe(const DecidedBy& decided_by);

/// Something in the configuration (or a case that came up at run time) whose effect is not modelled. It makes a verdict
/// inconclusive unless the scenario's author waives `at`.
struct NotUnderstood {
  SourcePosition at;
  std::string text;

  bool operator==(const NotUnderstood&) const = default;
};

}  // namespace watershed::postfix
