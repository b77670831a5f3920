// See provenance.hpp.
#include "components/router/postfix/provenance.hpp"

namespace watershed::postfix {

std::string describe(const DecidedBy& decided_by) {
  if (decided_by.at.file.empty()) return "postconf default " + decided_by.rule;
  if (decided_by.rule.empty()) return to_file_line(decided_by.at);
  return to_file_line(decided_by.at) + " (" + decided_by.rule + ")";
}

}  // namespace watershed::postfix
