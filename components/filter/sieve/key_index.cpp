// Constant keys by a piece of four octets. See key_index.hpp.
#include "components/filter/sieve/key_index.hpp"

#include <algorithm>

namespace watershed::sieve {

namespace {

constexpr std::size_t gram_octets_max = 4;
// Time is value × keys at worst, where all keys share one piece and the value is full of it. Longer values are left to
// the tests, which stop at the first place that fits.
constexpr std::size_t value_octets_max = 4096;

}  // namespace

KeyIndex::Gram KeyIndex::gram(std::string_view octets) {
  Gram out = octets.size();
  for (const char octet : octets) out = (out << 8U) | static_cast<unsigned char>(octet);
  return out;
}

void KeyIndex::add(std::string_view key, bool within, std::uint32_t rule) {
  rules_.push_back(rule);
  if (within) {
    within_.push_back({key, rule, 0});
  } else {
    whole_[key].push_back(rule);
  }
}

void KeyIndex::finish() {
  // Keys of one script are alike ("product 1", "product 2" …); the rarest piece of each tells most.
  std::unordered_map<Gram, std::uint32_t> uses;
  const auto each_gram = [](const Within& entry, auto visit) {
    const std::size_t length = std::min(entry.key.size(), gram_octets_max);
    for (std::size_t at = 0; at + length <= entry.key.size(); ++at) visit(at, gram(entry.key.substr(at, length)));
  };
  for (const Within& entry : within_) {
    each_gram(entry, [&](std::size_t, Gram piece) { ++uses[piece]; });
  }
  for (Within& entry : within_) {
    Gram rarest = 0;
    std::uint32_t least = UINT32_MAX;
    each_gram(entry, [&](std::size_t at, Gram piece) {
      const std::uint32_t count = uses[piece];
      if (count >= least) return;
      least = count;
      rarest = piece;
      entry.before = static_cast<std::uint32_t>(at);
    });
    by_gram_[rarest].push_back(entry);
    filter_[filter_bit(rarest) / 64] |= std::uint64_t{1} << (filter_bit(rarest) % 64);
    lengths_[std::min(entry.key.size(), gram_octets_max)] = true;
  }
}

void KeyIndex::collect(std::string_view value, std::vector<std::uint32_t>& rules) const {
  if (!whole_.empty()) {
    const auto found = whole_.find(value);
    if (found != whole_.end()) rules.insert(rules.end(), found->second.begin(), found->second.end());
  }
  if (within_.empty()) return;
  if (value.size() > value_octets_max) {
    for (const Within& entry : within_) rules.push_back(entry.rule);
    return;
  }
  const std::size_t rules_max = rules.size() + 2 * within_.size() + 64;
  for (std::size_t length = 1; length <= gram_octets_max; ++length) {
    if (!lengths_[length]) continue;
    for (std::size_t at = 0; at + length <= value.size(); ++at) {
      const Gram piece = gram(value.substr(at, length));
      if ((filter_[filter_bit(piece) / 64] >> (filter_bit(piece) % 64) & 1U) == 0) continue;
      const auto found = by_gram_.find(piece);
      if (found == by_gram_.end()) continue;
      for (const Within& entry : found->second) {
        if (at >= entry.before && value.substr(at - entry.before).starts_with(entry.key)) rules.push_back(entry.rule);
      }
      if (rules.size() < rules_max) continue;
      std::sort(rules.begin(), rules.end());
      rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
    }
  }
}

}  // namespace watershed::sieve
