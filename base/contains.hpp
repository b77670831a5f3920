// Whether a list has a word: what a configuration's list values are asked all the time.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace watershed {

/// Letter for letter. `list` is any range of strings or string views.
template <class List>
bool contains(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

}  // namespace watershed
