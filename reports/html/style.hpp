// The page's style sheet: one column of calm text, three cards on top, dark on request of the reader's system, and a
// print version. System fonts only: nothing is fetched.
#pragma once

#include <string_view>

namespace watershed::reports::html {

std::string_view style_sheet();

}  // namespace watershed::reports::html
