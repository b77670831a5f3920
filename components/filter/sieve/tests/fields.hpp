// Walks the header fields that a test names. RFC 5228 §5.7 (several names), RFC 5260 §6 (:index, :last).
#pragma once

#include "base/text.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/tests/mime_options.hpp"

#include <string>
#include <vector>

namespace watershed::sieve {

/// Calls `visit(IndexedField&)` for every field of these names, name after name, until it returns true; says whether
/// one did.
template <class Visit>
bool any_named_field(Evaluation& evaluation, const std::vector<HeaderName>& names, Visit visit) {
  HeaderIndex& index = evaluation.headers();
  for (const HeaderName& name : names) {
    if (name.text.is_constant()) {
      for (IndexedField* field = index.first(name.number); field != nullptr; field = index.next(*field)) {
        if (visit(*field)) return true;
      }
      continue;
    }
    const std::string wanted = evaluation.expanded(name.text);
    for (IndexedField& field : index.fields()) {
      if (equal_ignoring_case(field.name(), wanted) && visit(field)) return true;
    }
  }
  return false;
}

/// The same for the chosen field only, and in a MIME part where the options say so. The count runs over all the names,
/// as Pigeonhole does it.
template <class Visit>
bool any_chosen_field(Evaluation& evaluation, const std::vector<HeaderName>& names, FieldChoice choice,
                      const MimeOptions& mime, Visit visit) {
  if (mime.is_used) {
    std::uint64_t count = 0;
    std::uint64_t wanted = choice.number;
    if (choice.from_end) {
      any_mime_field(evaluation, names, mime, [&](IndexedField&) { return ++count == 0; });
      wanted = count - std::min(count, choice.number) + (count < choice.number ? count + 1 : 1);
      count = 0;
    }
    return any_mime_field(evaluation, names, mime,
                          [&](IndexedField& field) { return (wanted == 0 || ++count == wanted) && visit(field); });
  }
  if (choice.number == 0) return any_named_field(evaluation, names, visit);
  std::vector<IndexedField*> all;
  any_named_field(evaluation, names, [&](IndexedField& field) {
    all.push_back(&field);
    return false;
  });
  if (choice.number > all.size()) return false;
  return visit(*all[choice.from_end ? all.size() - choice.number : choice.number - 1]);
}

/// For TestNode::add_conditions: what a match of constant keys with fields of these names says.
bool add_key_conditions(const Match& match, KeyCondition::Of of, const std::vector<HeaderName>& names,
                        std::vector<KeyCondition>& conditions);

}  // namespace watershed::sieve
