// Lists and special uses of the bench's account. See bench_store.hpp.
#include "components/filter/sieve/svtest/bench_store.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace watershed::sieve {

namespace {

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& one) { return equal_ignoring_case(one, word); });
}

void put(std::map<std::string, std::vector<std::string>, std::less<>>& into, std::string_view key,
         const std::optional<std::string>& value) {
  std::vector<std::string> words;
  if (value) {
    for (const std::string_view word : split(*value, " \t")) words.emplace_back(word);
  }
  if (value) {
    into[std::string(key)] = std::move(words);
  } else {
    into.erase(std::string(key));
  }
}

}  // namespace

bool BenchLists::set(std::string_view name, const std::optional<std::string>& value) {
  constexpr std::string_view list = "sieve_extlists_list/";
  if (!name.starts_with(list) || name.size() == list.size()) return false;
  put(members_, name.substr(list.size()), value);
  return true;
}

bool BenchLists::contains(std::string_view list, std::string_view value) const {
  const auto found = members_.find(list);
  return found != members_.end() && has(found->second, value);
}

std::vector<std::string> BenchLists::members(std::string_view list) const {
  const auto found = members_.find(list);
  return found == members_.end() ? std::vector<std::string>() : found->second;
}

bool BenchSpecialUses::set(std::string_view name, const std::optional<std::string>& value) {
  constexpr std::string_view space = "namespace/";
  constexpr std::string_view mailbox = "mailbox/";
  constexpr std::string_view use = "/special_use";
  if (name.starts_with(space)) name = name.substr(std::min(name.find('/', space.size()), name.size() - 1) + 1);
  if (!name.starts_with(mailbox) || !name.ends_with(use) || name.size() <= mailbox.size() + use.size()) return false;
  put(uses_, name.substr(mailbox.size(), name.size() - mailbox.size() - use.size()), value);
  return true;
}

std::optional<std::string> BenchSpecialUses::find(std::string_view attribute, std::string_view mailbox) const {
  for (const auto& [name, attributes] : uses_) {
    if ((mailbox.empty() || mailbox == name) && has(attributes, attribute)) return name;
  }
  return std::nullopt;
}

}  // namespace watershed::sieve
