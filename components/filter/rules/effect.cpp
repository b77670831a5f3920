// See effect.hpp.
#include "components/filter/rules/effect.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::rules {

std::string Effect::key() const {
  static constexpr const char* names[] = {"file", "forward", "discard", "refuse", "answer", "program", "vanish"};
  std::string text = names[static_cast<int>(kind)];
  if (!target.empty()) text += " " + target;
  if (!detail.empty()) text += " (" + detail + ")";
  return text;
}

std::string Judgement::fate() const {
  if (!error.empty()) return "error: " + error;
  std::string text;
  for (const Effect& effect : effects) text += (text.empty() ? "" : "\n") + effect.key();
  return text;
}

std::vector<std::string> Judgement::deciding_lines() const {
  std::vector<std::string> lines;
  for (const Effect& effect : effects) {
    std::string line = effect.at.line > 0 ? to_file_line(effect.at) : "(no rule: the default)";
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
  }
  return lines;
}

Judgement judge_afresh(Engine& engine, const Letter& letter) {
  engine.forget();
  for (unsigned i = 0; i < letter.earlier_deliveries; ++i) engine.judge(letter);
  return engine.judge(letter);
}

std::string folder_name(std::string_view folder, std::string_view maildir, std::string_view default_folder) {
  if (!default_folder.empty() && folder == default_folder) return "INBOX";
  std::string name(folder);
  if (!maildir.empty() && maildir != "." && name.starts_with(std::string(maildir) + "/")) {
    name.erase(0, maildir.size() + 1);
  }
  if (name.ends_with("/.")) name.resize(name.size() - 2);
  while (name.ends_with('/')) name.pop_back();
  if (name.starts_with("./")) name.erase(0, 2);
  if (name.starts_with('.')) {
    // Maildir++: `.Lists.Travel` is the folder Travel in Lists.
    name.erase(0, 1);
    std::replace(name.begin(), name.end(), '.', '/');
  }
  return name.empty() || equal_ignoring_case(name, "INBOX") ? "INBOX" : name;
}

void normalise(std::vector<Effect>& effects) {
  const auto is_discard = [](const Effect& effect) { return effect.kind == Effect::Kind::discard; };
  if (std::any_of(effects.begin(), effects.end(), [&](const Effect& effect) { return !is_discard(effect); })) {
    std::erase_if(effects, is_discard);
  } else if (effects.size() > 1) {
    effects.resize(1);
  }
  std::stable_sort(effects.begin(), effects.end(), [](const Effect& a, const Effect& b) { return a.key() < b.key(); });
}

}  // namespace watershed::rules
