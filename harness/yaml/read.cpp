// See read.hpp.
#include "harness/yaml/read.hpp"

#include "harness/yaml/scalar.hpp"

#include <cassert>

namespace watershed::yaml {

namespace {

template <class T>
T checked(const Result<T, Error>& parsed) {
  assert(parsed && "a value is read that the shape does not promise");
  return *parsed;
}

}  // namespace

const std::string& as_text(const Node& node) {
  assert(node.kind == NodeKind::scalar && "a value is read that the shape does not promise");
  return node.text;
}

std::int64_t as_integer(const Node& node) { return checked(parse_integer(node.text)); }
double as_number(const Node& node) { return checked(parse_number(node.text)); }
bool as_boolean(const Node& node) { return checked(parse_boolean(node.text)); }
std::chrono::nanoseconds as_duration(const Node& node) { return checked(parse_duration(node.text)); }
std::uint64_t as_size(const Node& node) { return checked(parse_size(node.text)); }
double as_rate(const Node& node) { return checked(parse_rate(node.text)); }
mail::Address as_address(const Node& node) { return checked(mail::parse_address(node.text)); }
IpAddress as_ip_address(const Node& node) { return checked(parse_ip_address(node.text)); }

std::span<const Node> items_of(const Node& node) {
  return node.kind == NodeKind::list ? std::span<const Node>(node.items) : std::span<const Node>(&node, 1);
}

std::vector<std::string> as_texts(const Node& node) {
  std::vector<std::string> texts;
  for (const Node& item : items_of(node)) texts.push_back(as_text(item));
  return texts;
}

}  // namespace watershed::yaml
