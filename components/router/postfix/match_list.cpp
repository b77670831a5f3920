// See match_list.hpp.
#include "components/router/postfix/match_list.hpp"

#include "base/text.hpp"
#include "components/router/postfix/logical_lines.hpp"
#include "components/router/postfix/pattern.hpp"

namespace watershed::postfix {

struct MatchList::Pattern {
  bool negated = false;
  std::string text;  // lower case
  TablePtr table;
  std::optional<Network> network;
  DecidedBy decided_by;
};

MatchList::~MatchList() = default;
MatchList::MatchList() = default;
MatchList::MatchList(MatchList&&) noexcept = default;
MatchList& MatchList::operator=(MatchList&&) noexcept = default;

MatchList::MatchList(const PostfixConfig& config, const Parameters& parameters, const std::string& parameter,
                     MatchFlavor flavor, bool parent_matches_subdomains)
    : flavor_(flavor), parent_matches_subdomains_(parent_matches_subdomains) {
  const DecidedBy decided_by = parameters.decided_by(parameter);
  for (const std::string& element : parameters.list(parameter)) add(config, element, decided_by, false, 0);
}

void MatchList::add(const PostfixConfig& config, std::string_view element, const DecidedBy& decided_by, bool negated,
                    int depth) {
  constexpr int depth_max = 20;
  while (element.starts_with('!')) {
    negated = !negated;
    element.remove_prefix(1);
  }
  if (element.empty() || depth > depth_max) return;
  if (element.starts_with('/')) {
    const TableSource::File* file = config.file(element);
    if (file == nullptr) return;  // load_postfix reports a missing list file
    int line = 1;
    std::string_view rest = file->text;
    for (; !rest.empty(); ++line) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      for (const std::string_view part : split_protecting_braces(rest.substr(0, end), list_separators)) {
        add(config, part, DecidedBy{{file->shown_path, line, 1}, decided_by.rule}, negated, depth + 1);
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return;
  }
  Pattern pattern;
  pattern.negated = negated;
  pattern.decided_by = decided_by;
  // match_ops(3): a pattern with a colon is a table, unless it starts with '['.
  if (!element.starts_with('[') && element.find(':') != std::string_view::npos) {
    pattern.table = config.table(element);
  } else {
    pattern.text = to_lower(element);
    if (flavor_ == MatchFlavor::network) {
      if (const auto network = parse_network(element)) pattern.network = *network;
    }
  }
  patterns_.push_back(std::move(pattern));
}

MatchResult MatchList::match(std::string_view name, const IpAddress* address) const {
  const std::string folded = to_lower(name);
  const std::string address_text = address != nullptr ? to_string(*address) : std::string{};
  for (const Pattern& pattern : patterns_) {
    MatchResult result;
    const bool matched =
        pattern.table ? match_table(pattern, folded, address_text, result) : match_text(pattern, folded, address);
    if (result.failure) return result;
    if (!matched) continue;
    result.matched = !pattern.negated;
    if (result.decided_by.at.file.empty()) result.decided_by = pattern.decided_by;
    return result;
  }
  return {};
}

bool MatchList::match_text(const Pattern& pattern, std::string_view name, const IpAddress* address) const {
  if (pattern.network) return address != nullptr && pattern.network->contains(*address);
  if (name.empty()) return false;
  if (name == pattern.text) return true;
  if (flavor_ == MatchFlavor::name_exact || name.size() <= pattern.text.size() || !name.ends_with(pattern.text))
    return false;
  // match_hostname(): with parent matching `example.com` takes its subdomains, without it `.example.com` does.
  const std::size_t cut = name.size() - pattern.text.size();
  return parent_matches_subdomains_ ? name[cut - 1] == '.' : pattern.text.starts_with('.');
}

bool MatchList::match_table(const Pattern& pattern, std::string_view name, std::string_view address_text,
                            MatchResult& result) const {
  const auto ask = [&](std::string_view key) {
    if (key.empty()) return false;
    Lookup found = pattern.table->lookup(key);
    if (!found) {
      result.failure = found.error();
      return false;
    }
    if (*found) result.decided_by = DecidedBy{(*found)->at, pattern.decided_by.rule};
    return found->has_value();
  };
  if (flavor_ == MatchFlavor::name_exact) return ask(name);
  std::string_view key = name;
  while (!key.empty()) {
    if (key.size() == name.size() || pattern.table->has_fixed_keys()) {
      if (ask(key)) return true;
      if (result.failure) return false;
    }
    const std::size_t dot = key.find('.', 1);
    if (dot == std::string_view::npos) break;
    key.remove_prefix(dot + (parent_matches_subdomains_ ? 1 : 0));
  }
  return flavor_ == MatchFlavor::network && ask(address_text);
}

}  // namespace watershed::postfix
