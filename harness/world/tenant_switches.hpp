// The part of a tenant file that speaks of the tenant as a whole: policies, limits and times. See tenant_file.hpp.
#pragma once

#include "base/diagnostic.hpp"
#include "fakes/cloud/tenant.hpp"
#include "harness/yaml/document.hpp"
#include "harness/yaml/read.hpp"

#include <string>

namespace watershed::harness {

/// The value of an optional key, or `otherwise`.
inline bool flag(const yaml::Node& map, const char* key, bool otherwise = false) {
  const yaml::Node* node = map.find(key);
  return node == nullptr ? otherwise : yaml::as_boolean(*node);
}

/// The value of an optional key, or nothing.
inline std::string text_of(const yaml::Node& map, const char* key) {
  const yaml::Node* node = map.find(key);
  return node == nullptr ? std::string() : yaml::as_text(*node);
}

/// Takes over what `root` says beside domains, connectors and people.
void bind_tenant_switches(const yaml::Node& root, cloud::Tenant& tenant, Diagnostics& diagnostics);

}  // namespace watershed::harness
