// Typed access to a tree that load.hpp has validated: no second check, a mismatch with the shape is a bug and asserted.
#pragma once

#include "base/ip_address.hpp"
#include "harness/yaml/document.hpp"
#include "mail/address.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace watershed::yaml {

const std::string& as_text(const Node& node);  ///< text, text_matching, enumeration
std::int64_t as_integer(const Node& node);
double as_number(const Node& node);
bool as_boolean(const Node& node);
std::chrono::nanoseconds as_duration(const Node& node);
std::uint64_t as_size(const Node& node);  ///< bytes
double as_rate(const Node& node);         ///< events per second
mail::Address as_address(const Node& node);
IpAddress as_ip_address(const Node& node);

/// The items of a list, or the node itself as the only one: for one_or_many().
std::span<const Node> items_of(const Node& node);
std::vector<std::string> as_texts(const Node& node);  ///< of items_of(node)

}  // namespace watershed::yaml
