// A journal fact in a sentence: for stories, and for what two journals say of a difference.
#pragma once

#include "harness/outcome_parts.hpp"
#include "reports/html/markup.hpp"

namespace watershed::reports::html {

/// Without time, host and the line that decided; see stage/journal.hpp for what a fact's fields mean.
void fact_in_words(Markup& html, const harness::StoryEvent& event);

/// ` decided by FILE:LINE`, where the fact names one.
void decision(Markup& html, const harness::StoryEvent& event);

}  // namespace watershed::reports::html
