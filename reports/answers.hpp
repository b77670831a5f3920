// The three answers that a report opens with: are the flows apart, do forwards arrive, is the load carried?
//
// Segregation is decided in segregation.hpp. The other two follow the requirements that speak of them; where none was
// run, or a check was seen to be blind, the answer is "not shown", never "yes".
#pragma once

#include "harness/outcome.hpp"
#include "reports/segregation.hpp"

#include <string>

namespace watershed::reports {

enum class Answer { yes, not_shown, no };

std::string_view to_string(Answer answer);

struct AnswerLine {
  Answer answer = Answer::not_shown;
  std::string figure;  ///< what it rests on
  std::string reason;  ///< empty where the figure says it all
};

/// Requirements about forwarding: id `FWD…` or a title that says `forward`.
AnswerLine forwards_answer(const harness::Outcome& outcome);

/// Requirements about load: a title that says `load`.
AnswerLine load_answer(const harness::Outcome& outcome);

/// Which of the two a requirement is about.
bool is_about_forwards(const harness::RequirementResult& requirement);
bool is_about_load(const harness::RequirementResult& requirement);

}  // namespace watershed::reports
