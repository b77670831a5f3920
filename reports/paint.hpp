// Colour on a terminal, and columns. Colour only ever repeats what the words say, so nothing is lost without it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace watershed::reports {

enum class Color { red, green, yellow, bold, dim };

/// The text in a colour (ECMA-48 SGR), or as it is when `enabled` is false.
std::string paint(std::string_view text, Color color, bool enabled);

/// Characters of a UTF-8 text, taken as one column each.
std::size_t columns(std::string_view text);

/// The text with blanks up to `width` columns; longer texts stay as they are.
std::string padded(std::string_view text, std::size_t width);

/// The text broken at blanks into lines of at most `width` columns, all but the first after `indent` blanks, which
/// count; a longer word stays whole, so that it can be copied.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

/// The text cut to `width` columns, with `…` as the last when something was cut.
std::string cut(std::string_view text, std::size_t width);

}  // namespace watershed::reports
