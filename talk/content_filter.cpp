// See content_filter.hpp.
#include "talk/content_filter.hpp"

namespace watershed::talk {

std::string_view to_string(FilterAction action) {
  switch (action) {
    case FilterAction::accept:
      return "accept";
    case FilterAction::tag:
      return "tag";
    case FilterAction::quarantine:
      return "quarantine";
    case FilterAction::reject:
      return "reject";
    case FilterAction::tempfail:
      return "tempfail";
    case FilterAction::discard:
      return "discard";
  }
  return "?";
}

}  // namespace watershed::talk
