// Numbers for the header field names that a script mentions, so that a message's fields are looked up once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::sieve {

class HeaderNames {
 public:
  /// The number of a name (any case), a new one for a new name.
  std::uint32_t intern(std::string_view name);

  std::optional<std::uint32_t> find(std::string_view name) const;

  std::size_t size() const { return names_.size(); }

 private:
  static std::size_t hash(std::string_view name);
  void grow();

  std::vector<std::string> names_;
  std::vector<std::uint32_t> slots_;  // index + 1 into names_, 0 for empty; a power of two
};

}  // namespace watershed::sieve
