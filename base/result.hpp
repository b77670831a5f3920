// Result<T, E>: a value or the reason why there is none. Peers' errors travel in it; bugs do not.
//
// Boost.System's result is the standard shape (std::expected is C++23). Test with `if (!r)`, read with `*r`,
// look at `r.error()`. `value()` is not used in this project: an unchecked read is a bug, not an exception.
#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <utility>
#include <vector>

namespace watershed {

template <class T, class E>
using Result = boost::system::result<T, E>;

/// A reason in one sentence, for errors whose place is given by the caller.
struct Error {
  std::string message;
};

/// A text as a good result. In C++20 an Error can itself be made from a string, so `return text;` would be ambiguous.
inline Result<std::string, Error> text_result(std::string text) {
  return Result<std::string, Error>(boost::system::in_place_value, std::move(text));
}

}  // namespace watershed
