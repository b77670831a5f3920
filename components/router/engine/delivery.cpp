// See delivery.hpp.
#include "components/router/engine/delivery.hpp"

#include "base/text.hpp"

namespace watershed::router {

Outcome make_outcome(Outcome::Kind kind, std::string_view status, std::string text) {
  Outcome outcome;
  outcome.kind = kind;
  if (const auto parsed = mail::parse_enhanced_status(status)) outcome.status = *parsed;
  outcome.text = std::move(text);
  return outcome;
}

std::string describe(const Outcome& outcome) {
  if (!outcome.diagnostic.empty()) return outcome.text;
  return mail::to_string(outcome.status) + " " + outcome.text;
}

Outcome outcome_of_error_text(std::string_view text, std::string_view default_status) {
  text = trim(text);
  const std::string_view first = text.substr(0, text.find_first_of(" \t"));
  std::string_view status = default_status;
  if (mail::parse_enhanced_status(first)) {
    status = first;
    text = trim(text.substr(first.size()));
  }
  const auto kind = status.starts_with('4') ? Outcome::Kind::deferred : Outcome::Kind::failed;
  return make_outcome(kind, status, std::string(text));
}

}  // namespace watershed::router
