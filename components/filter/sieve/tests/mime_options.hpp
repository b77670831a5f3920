// :mime, :anychild and what follows them: tests on the fields of MIME parts. RFC 5703 §4.
#pragma once

#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/mime_part.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace watershed::sieve {

struct MimeOptions {
  enum class Piece { whole, type, subtype, content_type, parameter };

  bool is_used = false;    ///< :mime
  bool any_child = false;  ///< the parts below as well
  Piece piece = Piece::whole;
  std::vector<Text> parameters;
};

/// `with_pieces`: :type, :subtype, :contenttype and :param, too, as `header` takes them.
Tags mime_tags(bool with_pieces);
MimeOptions compile_mime_options(Compiler& compiler, const Bound& bound);

/// The pieces of one field's value that the options ask for. RFC 5703 §4.1: a field that has no such structure gives
/// an empty string, and so does a parameter that is not there.
std::vector<std::string> mime_pieces(Evaluation& evaluation, const MimeOptions& options, std::string_view name,
                                     std::string_view raw);

/// Calls `visit(IndexedField&)` for the fields of these names in the part where the script is (RFC 5703 §4.1: within a
/// loop its part, else the message), until it returns true; says whether one did.
template <class Visit>
bool any_mime_field(Evaluation& evaluation, const std::vector<HeaderName>& names, const MimeOptions& options,
                    Visit visit) {
  const auto held = evaluation.structure();
  const MimePart* const current = evaluation.current_part();
  std::vector<const MimePart*> parts = {current == nullptr ? &held->root : current};
  for (std::size_t index = 0; options.any_child && index < parts.size(); ++index) {
    const auto below = static_cast<std::ptrdiff_t>(index + 1);
    const std::vector<MimePart>& children = parts[index]->children;
    for (std::size_t child = 0; child < children.size(); ++child) {
      parts.insert(parts.begin() + below + static_cast<std::ptrdiff_t>(child), &children[child]);
    }
  }
  // Name after name over all parts, as Pigeonhole does it.
  for (const HeaderName& name : names) {
    const std::string wanted = evaluation.expanded(name.text);
    for (const MimePart* const part : parts) {
      mail::FieldCursor cursor(part->header);
      mail::HeaderField field;
      while (cursor.next(field)) {
        if (!equal_ignoring_case(field.name, wanted)) continue;
        IndexedField indexed(field);
        if (visit(indexed)) return true;
      }
    }
  }
  return false;
}

}  // namespace watershed::sieve
