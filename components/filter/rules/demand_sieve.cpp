// Demands of Sieve scripts: what header, address, envelope, body, size and exists tests ask. See demand.hpp.
#include "base/text.hpp"
#include "components/filter/rules/demand.hpp"
#include "components/filter/sieve/parser.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::rules {

namespace ast = sieve::ast;

namespace {

bool has_tag(const ast::Node& test, std::string_view tag) {
  return std::any_of(test.arguments.begin(), test.arguments.end(),
                     [&](const ast::Argument& one) { return one.kind == ast::ArgumentKind::tag && one.tag == tag; });
}

/// The string arguments in their order, without those that belong to a tag (`:comparator`, `:value` …).
std::vector<const ast::Argument*> strings_of(const ast::Node& test) {
  std::vector<const ast::Argument*> found;
  bool is_tags_own = false;
  for (const ast::Argument& one : test.arguments) {
    if (one.kind == ast::ArgumentKind::tag) {
      is_tags_own = one.tag == ":comparator" || one.tag == ":value" || one.tag == ":count" || one.tag == ":content";
    } else if (one.kind == ast::ArgumentKind::string || one.kind == ast::ArgumentKind::string_list) {
      if (!is_tags_own) found.push_back(&one);
      is_tags_own = false;
    }
  }
  return found;
}

/// A value that the key matches.
std::string value_for(const ast::Node& test, std::string key, Random& random) {
  if (has_tag(test, ":regex")) return std::string(trim(sample(key, random)));
  if (has_tag(test, ":matches")) std::replace(key.begin(), key.end(), '?', 'x'), std::erase(key, '*');
  if (has_tag(test, ":contains")) return "x " + key + " y";
  return key;
}

const std::string& one_of(const ast::Argument& argument, Random& random) {
  return argument.strings[random() % argument.strings.size()].text;
}

std::string address_for(const ast::Node& test, const std::string& key) {
  if (has_tag(test, ":localpart") || has_tag(test, ":user")) return key + "@station.example";
  if (has_tag(test, ":domain")) return "x@" + key;
  if (has_tag(test, ":detail")) return "x+" + key + "@station.example";
  return key;
}

void ask(const ast::Node& test, Demand& demand, bool inverted, Random& random);

void ask_strings(const ast::Node& test, std::vector<Trait>& into, Random& random) {
  const auto strings = strings_of(test);
  if (test.name == "exists" && !strings.empty()) {
    for (const ast::StringLiteral& name : strings[0]->strings) {
      into.push_back({.kind = Trait::Kind::header_line, .text = name.text + ": x"});
    }
  }
  if (strings.empty() || strings.back()->strings.empty()) return;
  const std::string key = value_for(test, one_of(*strings.back(), random), random);
  if (test.name == "body") into.push_back({.kind = Trait::Kind::body_text, .text = key});
  if (strings.size() < 2 || strings[0]->strings.empty()) return;
  const std::string name = one_of(*strings[0], random);
  if (test.name == "header") into.push_back({.kind = Trait::Kind::header_line, .text = name + ": " + key});
  if (test.name == "address") {
    into.push_back({.kind = Trait::Kind::header_line, .text = name + ": " + address_for(test, key)});
  }
  if (test.name == "envelope") {
    const bool is_from = equal_ignoring_case(name, "from");
    into.push_back({.kind = is_from ? Trait::Kind::reverse_path : Trait::Kind::recipient,
                    .text = key.empty() ? "" : address_for(test, key)});
  }
}

void ask(const ast::Node& test, Demand& demand, bool inverted, Random& random) {
  if (test.name == "not" || test.name == "allof") {
    for (const ast::Node& inner : test.tests) ask(inner, demand, inverted != (test.name == "not"), random);
    return;
  }
  if (test.name == "anyof") {
    if (!test.tests.empty()) ask(test.tests[random() % test.tests.size()], demand, inverted, random);
    return;
  }
  std::vector<Trait>& into = inverted ? demand.unwanted : demand.needed;
  if (test.name == "duplicate") {
    into.push_back({.kind = Trait::Kind::seen_before, .text = {}});
    // RFC 7352 §3.1: the field that tells what is the same.
    for (std::size_t i = 0; i + 1 < test.arguments.size(); ++i) {
      const ast::Argument& value = test.arguments[i + 1];
      if (test.arguments[i].kind != ast::ArgumentKind::tag || test.arguments[i].tag != ":header") continue;
      if (!value.strings.empty())
        demand.needed.push_back({.kind = Trait::Kind::header_line, .text = value.strings[0].text + ": same"});
    }
    return;
  }
  if (test.name == "size") {
    for (const ast::Argument& one : test.arguments) {
      if (one.kind != ast::ArgumentKind::number) continue;
      const bool over = has_tag(test, ":over");
      into.push_back({.kind = Trait::Kind::size,
                      .text = {},
                      .octets = over ? one.number + 1 : std::max<std::uint64_t>(one.number, 1) - 1});
    }
    return;
  }
  ask_strings(test, into, random);
}

void walk(const std::vector<ast::Node>& nodes, const Demand& around, std::vector<Demand>& found, Random& random) {
  for (const ast::Node& node : nodes) {
    if (node.name != "if" && node.name != "elsif" && node.name != "else") continue;
    Demand demand = around;
    // Every alternative of an anyof has its turn now and then.
    for (int turn = 0; turn < 3; ++turn) {
      demand = around;
      for (const ast::Node& test : node.tests) ask(test, demand, false, random);
      found.push_back(demand);
    }
    walk(node.block, demand, found, random);
  }
}

}  // namespace

std::vector<Demand> demands_of_sieve(std::string_view source, std::string_view file, Random& random) {
  const sieve::Limits limits;
  sieve::Report report(source, std::string(file), limits.diagnostics_max);
  std::vector<Demand> found;
  walk(sieve::parse(source, limits, report), {}, found, random);
  return found;
}

}  // namespace watershed::rules
