// See flow_diff.hpp.
#include "harness/compare/flow_diff.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace watershed::harness {

namespace {

using Texts = std::vector<std::string>;

// `host: decision (place)`, as Evidence::trail writes it.
struct Decision {
  std::string host;
  std::string text;   ///< without the place
  std::string place;  ///< `file:line`, or `default name`
};

Decision parse_decision(const std::string& line) {
  Decision decision;
  const std::size_t colon = line.find(": ");
  const std::size_t open = line.rfind(" (");
  const bool has_place = open != std::string::npos && line.ends_with(')');
  decision.host = colon == std::string::npos ? "" : line.substr(0, colon);
  decision.text = has_place ? line.substr(0, open) : line;
  if (has_place) decision.place = line.substr(open + 2, line.size() - open - 3);
  return decision;
}

// The place without the folder of its world, so that the same file of two worlds is the same.
std::string below_world(const std::string& place, const std::string& world) {
  const std::string folder = fmt::format("worlds/{}/", world);
  const std::size_t at = place.find(folder);
  return at == std::string::npos ? place : place.substr(at + folder.size());
}

struct Side {
  const ScenarioResult& run;
  const MessageResult& message;
};

bool is_of(const std::string& host, const FlowDiffOptions& options) {
  return !options.only_hosts || options.only_hosts->contains(host);
}

Texts path_of(const Side& side, const FlowDiffOptions& options) {
  Texts path;
  for (const std::string& host : side.message.path) {
    if (is_of(host, options)) path.push_back(host);
  }
  return path;
}

std::vector<Decision> decisions_of(const Side& side, const FlowDiffOptions& options) {
  std::vector<Decision> decisions;
  for (const std::string& line : side.message.trail) {
    Decision decision = parse_decision(line);
    if (is_of(decision.host, options)) decisions.push_back(std::move(decision));
  }
  return decisions;
}

// How it ended is the business of the host where it ended.
bool ends_here(const Side& side, const FlowDiffOptions& options) {
  return !options.only_hosts || (!side.message.path.empty() && is_of(side.message.path.back(), options));
}

std::string joined(const Texts& path) { return path.empty() ? "nowhere" : fmt::format("{}", fmt::join(path, " > ")); }

void compare_headers(const Side& a, const Side& b, Texts& aspects) {
  Texts fields;
  for (const auto& [name, hash] : a.message.header) {
    const auto other = b.message.header.find(name);
    if (other == b.message.header.end()) {
      fields.push_back(name + " is gone");
    } else if (other->second != hash) {
      fields.push_back(name + " differs");
    }
  }
  for (const auto& [name, hash] : b.message.header) {
    if (!a.message.header.contains(name)) fields.push_back(name + " is new");
  }
  if (!fields.empty()) aspects.push_back(fmt::format("header: {}", fmt::join(fields, ", ")));
}

Texts aspects_of(const Side& a, const Side& b, const FlowDiffOptions& options) {
  Texts aspects;
  const auto differ = [&](std::string_view what, const std::string& one, const std::string& other) {
    if (one != other)
      aspects.push_back(fmt::format("{}: {} → {}", what, one.empty() ? "-" : one, other.empty() ? "-" : other));
  };
  if (ends_here(a, options) || ends_here(b, options)) {
    differ("fate", a.message.fate, b.message.fate);
    differ("mailbox", a.message.mailbox, b.message.mailbox);
    differ("folder", a.message.folder, b.message.folder);
    if (a.message.code != b.message.code)
      differ("code", std::to_string(a.message.code), std::to_string(b.message.code));
    const bool have_content = !a.message.body_hash.empty() && !b.message.body_hash.empty();
    if (have_content && a.message.body_hash != b.message.body_hash) aspects.push_back("content: the body differs");
    // A part that must not change is not answerable for the header in which others hand it a message.
    if (have_content && !options.only_hosts) compare_headers(a, b, aspects);
  }
  differ("path", joined(path_of(a, options)), joined(path_of(b, options)));
  // Within a part that must not change, another line with the same effect is a change as well.
  if (options.only_hosts) {
    const auto lines = [&](const Side& side) {
      Texts texts;
      for (const Decision& decision : decisions_of(side, options)) {
        texts.push_back(fmt::format("{} ({})", decision.host, below_world(decision.place, side.run.world)));
      }
      return texts;
    };
    if (lines(a) != lines(b)) {
      differ("decisions", fmt::format("{}", fmt::join(lines(a), "; ")), fmt::format("{}", fmt::join(lines(b), "; ")));
    }
  }
  return aspects;
}

std::string place_text(const std::string& place) { return place.empty() ? "no decision" : place; }

// The first choice that differs: a configuration line, or the host that sends it elsewhere when no line of its own
// differs (names and addresses decide then).
std::string cause_of(const Side& a, const Side& b) {
  const FlowDiffOptions all;
  const auto of_host = [&](const Side& side, const std::string& host) {
    std::vector<Decision> found;
    for (Decision& decision : decisions_of(side, all)) {
      if (decision.host == host) found.push_back(std::move(decision));
    }
    return found;
  };
  const auto first_other_line = [&](const std::vector<Decision>& one, const std::vector<Decision>& other) {
    for (std::size_t index = 0; index < std::max(one.size(), other.size()); ++index) {
      const Decision left = index < one.size() ? one[index] : Decision{};
      const Decision right = index < other.size() ? other[index] : Decision{};
      const bool is_same =
          left.text == right.text && below_world(left.place, a.run.world) == below_world(right.place, b.run.world);
      if (!is_same) return fmt::format("{} → {}", place_text(left.place), place_text(right.place));
    }
    return std::string();
  };
  const Texts& path_a = a.message.path;
  const Texts& path_b = b.message.path;
  const std::size_t shared = std::min(path_a.size(), path_b.size());
  std::size_t hop = 0;
  while (hop < shared && path_a[hop] == path_b[hop]) ++hop;
  for (std::size_t index = 0; index < hop; ++index) {
    std::string line = first_other_line(of_host(a, path_a[index]), of_host(b, path_a[index]));
    if (!line.empty()) return line;
  }
  if (hop == path_a.size() && hop == path_b.size()) return "no decision on the way differs";
  const std::string next_a = hop < path_a.size() ? path_a[hop] : "nobody";
  const std::string next_b = hop < path_b.size() ? path_b[hop] : "nobody";
  if (hop == 0) return fmt::format("it starts at {} → {}", next_a, next_b);
  return fmt::format("{} hands it to {} → {} (names or addresses; no line of its own differs)", path_a[hop - 1], next_a,
                     next_b);
}

class Comparer {
 public:
  Comparer(FlowComparison& comparison, const FlowDiffOptions& options) : comparison_(comparison), options_(options) {}

  void compare(const ScenarioResult& a, const ScenarioResult& b) {
    const std::string where = options_.are_worlds ? a.file : fmt::format("{} on {}", a.file, a.world);
    const std::size_t count = std::min(a.messages.size(), b.messages.size());
    std::size_t other_mail = 0;
    std::size_t without_content = 0;
    for (std::size_t index = 0; index < count; ++index) {
      const Side left{a, a.messages[index]};
      const Side right{b, b.messages[index]};
      if (left.message.label != right.message.label || left.message.message_class != right.message.message_class) {
        ++other_mail;
        continue;
      }
      ++comparison_.flows;
      const bool is_delivered = left.message.fate == "delivered" && right.message.fate == "delivered";
      const bool has_content = !left.message.body_hash.empty() && !right.message.body_hash.empty();
      without_content += is_delivered && !has_content ? 1U : 0U;
      add(left, right);
    }
    if (a.messages.size() != b.messages.size()) {
      skip(fmt::format("{}: {} flows against {}; those beyond the shorter list", where, a.messages.size(),
                       b.messages.size()));
    }
    if (other_mail > 0) skip(fmt::format("{}: {} flows that are other mail on the other side", where, other_mail));
    if (without_content > 0 && options_.with_content) {
      skip(fmt::format("{}: headers and content of {} delivered flows (no hashes of stored copies)", where,
                       without_content));
    }
    const std::uint64_t left_out = std::max(a.messages_left_out, b.messages_left_out);
    if (left_out > 0) skip(fmt::format("{}: {} flows of a load beyond those listed", where, left_out));
  }

  void skip(std::string what) { comparison_.not_compared.push_back(std::move(what)); }

 private:
  void add(const Side& a, const Side& b) {
    Texts aspects = aspects_of(a, b, options_);
    if (aspects.empty()) return;
    FlowDifference difference;
    difference.scenario = a.run.file;
    if (!options_.are_worlds) difference.world = a.run.world;
    difference.message = a.message.label;
    difference.recipient = a.message.recipient == b.message.recipient
                               ? a.message.recipient
                               : fmt::format("{} → {}", a.message.recipient, b.message.recipient);
    difference.aspects = std::move(aspects);
    difference.cause = cause_of(a, b);
    difference.is_expected = a.run.verdict == Verdict::passed && b.run.verdict == Verdict::passed;
    difference.requirements = b.run.requirements;
    difference.journal_a = a.message.journal;
    difference.journal_b = b.message.journal;
    comparison_.differences.push_back(std::move(difference));
  }

  FlowComparison& comparison_;
  const FlowDiffOptions& options_;
};

}  // namespace

FlowComparison compare_flows(const Runs& a, const std::string& name_a, const Runs& b, const std::string& name_b,
                             const FlowDiffOptions& options) {
  FlowComparison comparison{name_a, name_b, 0, {}, {}};
  Comparer comparer(comparison, options);
  const auto key = [&](const ScenarioResult& run) { return run.file + (options.are_worlds ? "" : " on " + run.world); };
  std::map<std::string, const ScenarioResult*> others;
  for (const ScenarioResult* run : b) {
    if (!run->is_must_fail) others[key(*run)] = run;
  }
  for (const ScenarioResult* run : a) {
    if (run->is_must_fail) continue;
    const auto other = others.find(key(*run));
    if (other == others.end()) {
      comparer.skip(fmt::format("{}: only in {}", key(*run), name_a));
      continue;
    }
    comparer.compare(*run, *other->second);
    others.erase(other);
  }
  for (const auto& [name, run] : others) comparer.skip(fmt::format("{}: only in {}", name, name_b));
  return comparison;
}

FlowComparison compare_flows(const Outcome& a, const std::string& name_a, const Outcome& b, const std::string& name_b,
                             const FlowDiffOptions& options) {
  const auto runs_of = [](const Outcome& outcome) {
    Runs runs;
    for (const ScenarioResult& run : outcome.scenarios) runs.push_back(&run);
    return runs;
  };
  return compare_flows(runs_of(a), name_a, runs_of(b), name_b, options);
}

}  // namespace watershed::harness
