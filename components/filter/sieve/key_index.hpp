// Which of many rules may hold for a value: constant keys of tests, looked up together instead of tried one by one.
// What is found here is a candidate whose test is still asked; what is not found cannot hold.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace watershed::sieve {

/// Something that must be so if a test holds: a value of the message is the key, or has it within.
struct KeyCondition {
  enum class Of { field, address, local_part, domain } of = Of::field;  ///< addresses: of the field
  std::uint32_t name = 0;                                               ///< interned name of the field
  bool folds = false;                                                   ///< value and key are folded by i;ascii-casemap
  bool within = false;
  std::string_view key;  ///< lives as long as its test
};

/// The keys of one kind of value. Times grow with the value and with what is found, not with the number of keys.
class KeyIndex {
 public:
  void add(std::string_view key, bool within, std::uint32_t rule);
  /// After the last add().
  void finish();

  bool empty() const { return rules_.empty(); }
  /// Appends the rules with a key that fits, in no order; some may stand there more than once.
  void collect(std::string_view value, std::vector<std::uint32_t>& rules) const;

 private:
  /// Up to four octets of a key, and where in it they stand.
  using Gram = std::uint64_t;
  struct Within {
    std::string_view key;
    std::uint32_t rule = 0;
    std::uint32_t before = 0;  // octets of the key before its gram
  };
  static Gram gram(std::string_view octets);
  static std::size_t filter_bit(Gram gram) { return (gram * 0x9E3779B97F4A7C15U) >> 54U; }  // of 1024

  std::unordered_map<std::string_view, std::vector<std::uint32_t>> whole_;
  std::vector<Within> within_;
  std::unordered_map<Gram, std::vector<Within>> by_gram_;
  std::array<std::uint64_t, 16> filter_{};  // grams that are in by_gram_, by filter_bit(): most places have none
  std::array<bool, 5> lengths_{};           // of grams
  std::vector<std::uint32_t> rules_;        // all of them
};

}  // namespace watershed::sieve
