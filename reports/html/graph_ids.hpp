// Numbers for Graphviz' objects in the order of their making.
//
// Its own are the addresses of their names, and its routing of edges depends on them: the same graph would look a
// little different from one run of the program to the next.
#pragma once

#include <cgraph.h>

namespace watershed::reports::html {

/// Disciplines for agopen(): the default ones but for the identifiers.
Agdisc_t graph_disciplines();

}  // namespace watershed::reports::html
