// rules: an old file of rules and a new one do the same with the messages of the scenarios' folder and with messages
// made from the rules themselves. Requirement RULE-1.
#include "harness/expectations/support.hpp"
#include "harness/rules/letters.hpp"
#include "harness/rules/side.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <set>

namespace watershed::harness {

namespace {

struct RulesFile {
  std::string world;  ///< empty: the one that the scenario runs on
  std::string file;
};

struct Except {
  std::string old_fate;
  std::string new_fate;
};

struct Rules final : Expectation {
  RulesFile before;
  RulesFile after;
  std::vector<mail::ForwardPath> recipients;
  std::size_t generate = 0;
  std::uint64_t seed = 1;
  std::vector<Except> excepts;

  void check(const Evidence& evidence, Findings& findings) const override {
    auto old_side = open(before, evidence, findings);
    auto new_side = open(after, evidence, findings);
    if (!old_side || !new_side) return;
    std::vector<rules::Letter> letters;
    if (const auto folder = above(evidence, "messages"); !folder.empty()) {
      auto given = read_letters(folder, recipients);
      if (!given) {
        findings.push_back(finding_of(*this, given.error().front().message));
        return;
      }
      letters = std::move(*given);
    }
    for (rules::Letter& letter :
         rules::generate(demands_of(*old_side, *new_side, seed),
                         {.count = generate, .seed = seed, .recipients = recipients, .domain = "station.example"})) {
      letters.push_back(std::move(letter));
    }
    const auto is_meant = [this](const rules::Disagreement& one) { return except_of(one).has_value(); };
    judge(rules::compare(*old_side->engine, *new_side->engine, letters, is_meant), findings);
  }

 private:
  void judge(const rules::Comparison& comparison, Findings& findings) const {
    std::set<std::size_t> seen;
    for (const rules::Disagreement& one : comparison.disagreements) {
      if (const auto meant = except_of(one)) {
        seen.insert(*meant);
        continue;
      }
      Finding finding = finding_of(
          *this,
          fmt::format(
              "{} does '{}' (by {}) where {} does '{}' (by {}), with {} of {} messages; the smallest, for {}: {}",
              before.file, one_line(one.old_fate), fmt::join(one.old_lines, ", "), after.file, one_line(one.new_fate),
              fmt::join(one.new_lines, ", "), one.messages, comparison.messages, display(one.smallest.forward_path),
              printable(one.smallest.message.bytes().substr(0, 300))));
      // The new line that went wrong, or where there is none, the old one that has been lost.
      for (const auto* lines : {&one.old_lines, &one.new_lines}) {
        if (!lines->front().starts_with('(')) finding.decided_by = lines->front();
      }
      findings.push_back(std::move(finding));
    }
    check_excepts(comparison, seen, findings);
    // The old file may serve others as well; of the new one, agreement is shown for what was reached.
    for (const rules::LineCount& one : comparison.new_coverage) {
      if (one.taken > 0) continue;
      findings.push_back(finding_of(
          *this, fmt::format("no message reached {}:{} ({}), so agreement is not shown for it; expected more of them "
                             "(`generate`), or scenarios' messages that do",
                             one.file, one.line, one.name)));
    }
    for (const auto* list : {&comparison.assumptions, &comparison.errors}) {
      for (const std::string& one : *list) findings.push_back(finding_of(*this, "the comparison rests on: " + one));
    }
  }

  std::optional<std::size_t> except_of(const rules::Disagreement& one) const {
    for (std::size_t i = 0; i < excepts.size(); ++i) {
      if (excepts[i].old_fate == one_line(one.old_fate) && excepts[i].new_fate == one_line(one.new_fate)) return i;
    }
    return std::nullopt;
  }

  // A stated difference must be seen, and must not hide that the new rules no longer do at all what the old ones did.
  void check_excepts(const rules::Comparison& comparison, const std::set<std::size_t>& seen, Findings& findings) const {
    std::set<std::string> agreed;
    for (const std::string& fate : comparison.agreed_fates) agreed.insert(one_line(fate));
    for (std::size_t i = 0; i < excepts.size(); ++i) {
      if (seen.contains(i) && !agreed.contains(excepts[i].old_fate)) {
        findings.push_back(
            finding_of(*this, fmt::format("apart from the stated difference {} never does '{}' where {} does",
                                          after.file, excepts[i].old_fate, before.file)));
      }
      if (seen.contains(i)) continue;
      findings.push_back(finding_of(*this, fmt::format("no message shows the stated difference '{}' and '{}'",
                                                       excepts[i].old_fate, excepts[i].new_fate)));
    }
  }

  static std::string one_line(const std::string& fate) {
    return fmt::format("{}", fmt::join(split(fate, "\n"), " + "));
  }

  /// The folder of that name above the scenario's file; empty where there is none.
  static std::filesystem::path above(const Evidence& evidence, const char* name) {
    for (std::filesystem::path at = std::filesystem::absolute(evidence.scenario.path).parent_path();
         at.has_relative_path(); at = at.parent_path()) {
      if (std::filesystem::is_directory(at / name)) return at / name;
    }
    return {};
  }

  std::optional<Side> open(const RulesFile& rules, const Evidence& evidence, Findings& findings) const {
    std::filesystem::path folder = evidence.world.folder;
    std::string shown = evidence.world.shown_folder;
    if (!rules.world.empty() && rules.world != evidence.world.name) {
      const auto known = evidence.worlds.find(rules.world);
      folder = known != evidence.worlds.end() ? known->second->folder : above(evidence, "worlds") / rules.world;
      shown = known != evidence.worlds.end() ? known->second->shown_folder
                                             : (std::filesystem::path(shown).parent_path() / rules.world).string();
    }
    auto side = open_side((folder / rules.file).string(), "builtin", shown + "/" + rules.file);
    if (side) return std::move(*side);
    for (const Diagnostic& one : side.error().diagnostics) findings.push_back(finding_of(*this, trimmed(render(one))));
    return std::nullopt;
  }

  static std::string trimmed(const std::string& text) { return std::string(trim(text)); }
};

yaml::Shape rules_file_shape() {
  return yaml::map({
      yaml::optional("world", yaml::text(), "The world it belongs to; default: this one.", "legacy"),
      yaml::required("file", yaml::text(), "A procmailrc or .sieve file below the world's folder.",
                     "procmail/procmailrc"),
  });
}

}  // namespace

yaml::Shape rules_shape() {
  return yaml::map({
      yaml::required("old", rules_file_shape(), "The rules as they were."),
      yaml::required("new", rules_file_shape(), "The rules that replace them."),
      yaml::required("to", yaml::one_or_many(yaml::address()), "Whom the messages are for.", "autodrm@ctbto.int"),
      yaml::defaulted("generate", yaml::integer(0, 100'000), "1000", "How many messages are made from the rules."),
      yaml::defaulted("seed", yaml::integer(0), "1", "The seed they are made from."),
      yaml::optional("except",
                     yaml::list_of(yaml::map({
                         yaml::required("old", yaml::text(), "What the old rules do.", "\"file Other\""),
                         yaml::required("new", yaml::text(), "What the new rules do instead.", "\"file Notices\""),
                         yaml::required("because", yaml::text(), "Why that is meant.", "\"the list has moved\""),
                     })),
                     "Differences that are meant; each must be seen."),
  });
}

std::shared_ptr<Expectation> bind_rules(const yaml::Node& node) {
  auto bound = std::make_shared<Rules>();
  const auto file = [](const yaml::Node& from) {
    return RulesFile{optional_text(from, "world"), yaml::as_text(from["file"])};
  };
  bound->before = file(node["old"]);
  bound->after = file(node["new"]);
  for (const yaml::Node& item : yaml::items_of(node["to"])) bound->recipients.emplace_back(yaml::as_address(item));
  bound->generate = static_cast<std::size_t>(yaml::as_integer(node["generate"]));
  bound->seed = static_cast<std::uint64_t>(yaml::as_integer(node["seed"]));
  if (const yaml::Node* excepts = node.find("except")) {
    for (const yaml::Node& item : excepts->items) {
      bound->excepts.push_back({yaml::as_text(item["old"]), yaml::as_text(item["new"])});
    }
  }
  return bound;
}

}  // namespace watershed::harness
