// Options of tests on MIME parts. See mime_options.hpp.
#include "components/filter/sieve/tests/mime_options.hpp"

#include <fmt/format.h>

namespace watershed::sieve {

Tags mime_tags(bool with_pieces) {
  Tags tags = {{":mime", Extension::mime, TagGroup::free, {}}, {":anychild", Extension::mime, TagGroup::free, {}}};
  if (!with_pieces) return tags;
  for (const std::string_view name : {":type", ":subtype", ":contenttype"}) {
    tags.push_back({name, Extension::mime, TagGroup::mime_part, {}});
  }
  tags.push_back({":param", Extension::mime, TagGroup::mime_part, ValueKind::string_list});
  return tags;
}

MimeOptions compile_mime_options(Compiler& compiler, const Bound& bound) {
  MimeOptions options;
  options.is_used = bound.tag(":mime") != nullptr;
  options.any_child = bound.tag(":anychild") != nullptr;
  const BoundTag* piece = bound.group(TagGroup::mime_part);
  for (const BoundTag* tag : {bound.tag(":anychild"), piece}) {
    if (tag == nullptr || options.is_used) continue;
    compiler.error(tag->at, fmt::format("the {} tag cannot be specified without the :mime tag", tag->definition->name));
  }
  if (piece == nullptr) return options;
  const std::string_view name = piece->definition->name;
  options.piece = name == ":type"          ? MimeOptions::Piece::type
                  : name == ":subtype"     ? MimeOptions::Piece::subtype
                  : name == ":contenttype" ? MimeOptions::Piece::content_type
                                           : MimeOptions::Piece::parameter;
  if (piece->value != nullptr) options.parameters = compiler.texts(*piece->value);
  return options;
}

std::vector<std::string> mime_pieces(Evaluation& evaluation, const MimeOptions& options, std::string_view name,
                                     std::string_view raw) {
  const bool is_type = equal_ignoring_case(name, "Content-Type");
  if (!is_type && !equal_ignoring_case(name, "Content-Disposition")) return {""};
  const MimeFieldValue field = parse_mime_field(raw);
  const std::size_t slash = std::min(field.value.find('/'), field.value.size());
  switch (options.piece) {
    case MimeOptions::Piece::type:
      return {field.value.substr(0, slash)};
    case MimeOptions::Piece::subtype:
      return {is_type && slash < field.value.size() ? field.value.substr(slash + 1) : std::string()};
    case MimeOptions::Piece::content_type:
      return {field.value};
    case MimeOptions::Piece::parameter:
    case MimeOptions::Piece::whole:
      break;
  }
  std::vector<std::string> out;
  for (const Text& text : options.parameters) {
    const std::string wanted = to_lower(evaluation.expanded(text));
    for (const MimeParameter& parameter : field.parameters) {
      if (parameter.name == wanted) out.push_back(parameter.value);
    }
  }
  if (out.empty()) out.emplace_back();  // as with Pigeonhole, what is not there is empty
  return out;
}

}  // namespace watershed::sieve
