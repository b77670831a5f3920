// Interned header field names: open addressing over a case-folding hash. See header_names.hpp.
#include "components/filter/sieve/header_names.hpp"

#include "base/text.hpp"

namespace watershed::sieve {

std::size_t HeaderNames::hash(std::string_view name) {
  if (name.empty()) return 0;
  // Length and three letters tell header field names apart well enough, and a message has many of them.
  const auto letter = [&](std::size_t at) { return static_cast<unsigned char>(name[at]) | 0x20U; };  // near lower case
  const std::size_t value =
      name.size() * 1031 + letter(0) * 131U + letter(name.size() / 2) * 31U + letter(name.size() - 1) * 7U;
  return value ^ (value >> 7U);
}

void HeaderNames::grow() {
  slots_.assign(slots_.empty() ? 16 : slots_.size() * 2, 0);
  for (std::uint32_t index = 0; index < names_.size(); ++index) {
    std::size_t slot = hash(names_[index]) & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = index + 1;
  }
}

std::uint32_t HeaderNames::intern(std::string_view name) {
  if (const auto known = find(name)) return *known;
  names_.emplace_back(name);
  if (names_.size() * 2 > slots_.size()) {
    grow();
  } else {
    std::size_t slot = hash(name) & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = static_cast<std::uint32_t>(names_.size());
  }
  return static_cast<std::uint32_t>(names_.size() - 1);
}

std::optional<std::uint32_t> HeaderNames::find(std::string_view name) const {
  if (slots_.empty()) return std::nullopt;
  std::size_t slot = hash(name) & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
    const std::string& candidate = names_[slots_[slot] - 1];
    if (candidate.size() == name.size() && equal_ignoring_case(candidate, name)) return slots_[slot] - 1;
  }
  return std::nullopt;
}

}  // namespace watershed::sieve
