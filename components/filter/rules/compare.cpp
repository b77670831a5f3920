// See compare.hpp.
#include "components/filter/rules/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace watershed::rules {

namespace {

struct Pair {
  Judgement before;
  Judgement after;

  bool agree() const { return before.error.empty() && after.error.empty() && before.fate() == after.fate(); }
  /// What makes two disagreements the same: both fates and the lines that decided.
  std::string kind() const {
    return fmt::format("{}\n--\n{}\n--\n{}\n--\n{}", before.fate(), fmt::join(before.deciding_lines(), " "),
                       after.fate(), fmt::join(after.deciding_lines(), " "));
  }
};

Pair judge(Engine& before, Engine& after, const Letter& letter) {
  return {judge_afresh(before, letter), judge_afresh(after, letter)};
}

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

}  // namespace

Comparison compare(Engine& before, Engine& after, const std::vector<Letter>& letters,
                   const std::function<bool(const Disagreement&)>& is_known) {
  Comparison comparison;
  const bool both_remember = before.remembers() && after.remembers();
  std::map<std::string, std::size_t> kinds;
  for (const Letter& letter : letters) {
    // For a program that knows nothing of the first delivery, the second would be another message.
    if (letter.earlier_deliveries > 0 && !both_remember) continue;
    ++comparison.messages;
    const Pair pair = judge(before, after, letter);
    for (const Judgement* side : {&pair.before, &pair.after}) {
      for (const std::string& one : side->assumptions) add_once(comparison.assumptions, one);
      add_once(comparison.errors, side->error);
    }
    if (pair.agree()) {
      ++comparison.agreeing;
      comparison.agreed_fates.insert(pair.before.fate());
      continue;
    }
    const auto [known, is_new] = kinds.emplace(pair.kind(), comparison.disagreements.size());
    if (is_new) {
      comparison.disagreements.push_back({.old_fate = pair.before.fate(),
                                          .new_fate = pair.after.fate(),
                                          .old_lines = pair.before.deciding_lines(),
                                          .new_lines = pair.after.deciding_lines(),
                                          .messages = 0,
                                          .smallest = letter});
    }
    Disagreement& one = comparison.disagreements[known->second];
    ++one.messages;
    if (letter.message.size_octets() < one.smallest.message.size_octets()) one.smallest = letter;
  }
  // Coverage counts the messages asked for, not those tried while making examples small.
  comparison.old_coverage = before.coverage();
  comparison.new_coverage = after.coverage();
  for (Disagreement& one : comparison.disagreements) {
    if (is_known && is_known(one)) continue;
    const std::string kind = judge(before, after, one.smallest).kind();
    one.smallest = shrink(std::move(one.smallest),
                          [&](const Letter& tried) { return judge(before, after, tried).kind() == kind; });
  }
  return comparison;
}

namespace {

using Pieces = std::vector<std::string>;

mail::Message joined(const Pieces& fields, const Pieces& body) {
  return mail::Message::parse(fmt::format("{}\r\n{}", fmt::join(fields, ""), fmt::join(body, "")));
}

/// Takes away runs of pieces, long ones first. Zeller and Hildebrandt's delta debugging, without its complements.
void take_away(Pieces& pieces, const std::function<bool(const Pieces&)>& still_shows) {
  for (std::size_t length = std::max<std::size_t>(pieces.size() / 2, 1); length > 0 && !pieces.empty(); length /= 2) {
    for (std::size_t at = 0; at < pieces.size();) {
      Pieces tried = pieces;
      const std::size_t end = std::min(at + length, pieces.size());
      tried.erase(tried.begin() + static_cast<std::ptrdiff_t>(at), tried.begin() + static_cast<std::ptrdiff_t>(end));
      if (still_shows(tried)) {
        pieces = std::move(tried);
      } else {
        at = end;
      }
    }
  }
}

}  // namespace

Letter shrink(Letter letter, const std::function<bool(const Letter&)>& still_shows) {
  Pieces fields;
  for (const mail::HeaderField& field : letter.message.fields()) fields.emplace_back(field.raw);
  Pieces body;
  // At most some hundred pieces, so that a large body does not take for ever.
  const std::string_view text = letter.message.body();
  const std::size_t piece = std::max<std::size_t>(text.size() / 256, 1);
  for (std::size_t at = 0; at < text.size(); at += piece) body.emplace_back(text.substr(at, piece));
  const auto shows = [&](const Pieces& some_fields, const Pieces& some_body) {
    Letter tried = letter;
    tried.message = joined(some_fields, some_body);
    return still_shows(tried);
  };
  if (!shows(fields, body)) return letter;
  take_away(body, [&](const Pieces& tried) { return shows(fields, tried); });
  take_away(fields, [&](const Pieces& tried) { return shows(tried, body); });
  letter.message = joined(fields, body);
  return letter;
}

}  // namespace watershed::rules
