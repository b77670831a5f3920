// Strings of a script: variables, header names, keys. The other half of compiler.hpp.
#include "base/text.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/encoded_character.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace watershed::sieve {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_character(char c) { return is_name_start(c) || is_digit(c); }

// identifier = (ALPHA / "_") *(ALPHA / DIGIT / "_"), RFC 5228 §8.1.
bool is_identifier(std::string_view text) {
  return !text.empty() && is_name_start(text[0]) && std::all_of(text.begin(), text.end(), is_name_character);
}

bool is_number(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

/// Octets of the reference `${…}` at the start of `text` when its inside has the form of a name, else 0.
std::size_t reference_length(std::string_view text) {
  std::size_t end = 2;
  while (end < text.size() && (is_name_character(text[end]) || text[end] == '.')) ++end;
  if (end == 2 || end >= text.size() || text[end] != '}') return 0;
  const std::string_view name = text.substr(2, end - 2);
  const bool has_namespace = name.find('.') != std::string_view::npos;
  const std::string_view first = name.substr(0, name.find('.'));
  const bool is_name = is_identifier(first) || (!has_namespace && is_number(first));
  return is_name ? end + 1 : 0;
}

}  // namespace

std::optional<std::uint32_t> Compiler::intern_variable(std::string name, Place at) {
  if (name.size() > limits().variable_name_octets_max) {
    error(at, fmt::format("this variable name has {} octets; the limit is {}", name.size(),
                          limits().variable_name_octets_max));
    return std::nullopt;
  }
  const auto found = std::find(program_.variables.begin(), program_.variables.end(), name);
  if (found != program_.variables.end()) return static_cast<std::uint32_t>(found - program_.variables.begin());
  if (program_.variables.size() >= limits().variables_max) {
    error(at, fmt::format("more than {} variables in one script", limits().variables_max));
    return std::nullopt;
  }
  program_.variables.push_back(std::move(name));
  return static_cast<std::uint32_t>(program_.variables.size() - 1);
}

std::optional<std::uint32_t> Compiler::variable(const ast::StringLiteral& name) {
  if (!is_identifier(name.text)) {
    error(name.at, fmt::format("'{}' is no variable name; expected letters, digits and '_', no digit first",
                               printable(name.text)));
    return std::nullopt;
  }
  return intern_variable(to_lower(name.text), name.at);  // RFC 5229 §3: names ignore case
}

std::optional<TextPart> Compiler::reference(std::string_view name, Place at) {
  TextPart part;
  if (is_number(name)) {
    part.kind = TextPart::Kind::match_value;
    const auto [end, status] = std::from_chars(name.data(), name.data() + name.size(), part.index);
    if (status != std::errc{} || part.index >= limits().match_values_max) {
      error(at, fmt::format("the match value ${{{}}} is over the limit; expected at most ${{{}}}", name,
                            limits().match_values_max - 1));
      return std::nullopt;
    }
    return part;
  }
  if (name.find('.') != std::string_view::npos) {
    // RFC 5229 §3: a namespace is known only by a capability that the script requires.
    error(at, fmt::format("the variable '${{{}}}' is in an unknown namespace", name));
    return std::nullopt;
  }
  part.kind = TextPart::Kind::variable;
  const auto number = intern_variable(to_lower(name), at);
  if (!number) return std::nullopt;
  part.index = *number;
  return part;
}

Text Compiler::text(const ast::StringLiteral& literal) {
  std::string source = literal.text;
  if (requires_extension(Extension::encoded_character)) {
    auto decoded = decode_encoded_characters(source);
    if (decoded) {
      source = std::move(*decoded);
    } else {
      error(literal.at, "this string has an encoded character that cannot be: " + decoded.error().message);
    }
  }
  Text out;
  if (!requires_extension(Extension::variables) || source.find("${") == std::string::npos) {
    out.constant = std::move(source);
    return out;
  }
  std::string plain;
  for (std::string_view rest = source; !rest.empty();) {
    const std::size_t length = rest.starts_with("${") ? reference_length(rest) : 0;
    if (length == 0) {
      plain += rest[0];
      rest.remove_prefix(1);
      continue;
    }
    if (auto part = reference(rest.substr(2, length - 3), literal.at)) {
      if (!plain.empty()) out.parts.push_back({TextPart::Kind::literal, std::exchange(plain, {}), 0});
      out.parts.push_back(std::move(*part));
    }
    rest.remove_prefix(length);
  }
  if (out.parts.empty()) {
    out.constant = std::move(plain);
  } else if (!plain.empty()) {
    out.parts.push_back({TextPart::Kind::literal, std::move(plain), 0});
  }
  return out;
}

std::vector<Text> Compiler::texts(const ast::Argument& argument) {
  std::vector<Text> out;
  out.reserve(argument.strings.size());
  for (const ast::StringLiteral& literal : argument.strings) out.push_back(text(literal));
  return out;
}

std::optional<std::string> Compiler::constant(const ast::Argument& argument, std::string_view what) {
  Text compiled = text(argument);
  if (compiled.is_constant()) return std::move(compiled.constant);
  error(argument.at, fmt::format("{} must be a constant string without variables", what));
  return std::nullopt;
}

std::vector<HeaderName> Compiler::header_names(const ast::Argument& argument) {
  std::vector<HeaderName> out;
  for (const ast::StringLiteral& literal : argument.strings) {
    HeaderName name{text(literal), 0};
    if (name.text.is_constant()) {
      const std::string& constant = name.text.constant;
      // RFC 5228 §2.4.2.2: a name that no field can have is no error; the test just never finds one.
      const bool is_name = !constant.empty() && std::all_of(constant.begin(), constant.end(),
                                                            [](char c) { return c > 0x20 && c < 0x7f && c != ':'; });
      if (!is_name) warning(literal.at, fmt::format("no header field can be named '{}'", printable(constant)));
      name.number = program_.header_names.intern(constant);
    }
    out.push_back(std::move(name));
  }
  return out;
}

FieldChoice Compiler::field_choice(const Bound& bound) {
  FieldChoice choice;
  const BoundTag* last = bound.tag(":last");
  choice.from_end = last != nullptr;
  if (const BoundTag* index = bound.tag(":index")) {
    choice.number = index->value->number;
    if (choice.number == 0) error(index->at, "the number behind ':index' is 0; fields count from 1");
  } else if (last != nullptr) {
    error(last->at, "the tag ':last' needs ':index' beside it");  // RFC 5260 §6
  }
  return choice;
}

std::optional<Match> Compiler::match(const Bound& bound, const ast::Argument& keys) {
  Match match;
  match.at = keys.at;
  if (const BoundTag* tag = bound.group(TagGroup::match_type)) {
    const std::string_view name = tag->definition->name;
    match.type = name == ":is"         ? MatchType::is
                 : name == ":contains" ? MatchType::contains
                 : name == ":matches"  ? MatchType::matches
                 : name == ":regex"    ? MatchType::regex
                 : name == ":value"    ? MatchType::value
                                       : MatchType::count;
    if (tag->value != nullptr) {
      const auto relation = find_relation(tag->value->strings.front().text);
      if (!relation) {
        error(tag->value->at, fmt::format("'{}' is no relation; expected gt, ge, lt, le, eq or ne",
                                          printable(tag->value->strings.front().text)));
        return std::nullopt;
      }
      match.relation = *relation;
    }
  }
  if (const BoundTag* tag = bound.group(TagGroup::comparator)) {
    const std::string& name = tag->value->strings.front().text;
    const auto comparator = find_comparator(name);
    if (!comparator) {
      error(tag->value->at, fmt::format("unknown comparator '{}'; expected i;octet, i;ascii-casemap or i;ascii-numeric",
                                        printable(name)));
      return std::nullopt;
    }
    match.comparator = *comparator;
    if (!requires_extension(capability(*comparator))) {
      missing_capability(tag->value->at, "comparator", name, capability(*comparator));
    }
    const bool needs_substrings =
        match.type == MatchType::contains || match.type == MatchType::matches || match.type == MatchType::regex;
    if (needs_substrings && !has_substrings(*comparator)) {
      error(tag->value->at, fmt::format("the comparator '{}' compares whole values only; it does not go with '{}'",
                                        name, bound.group(TagGroup::match_type)->definition->name));
      return std::nullopt;
    }
  }
  match.texts = texts(keys);
  const bool all_constant =
      std::all_of(match.texts.begin(), match.texts.end(), [](const Text& t) { return t.is_constant(); });
  if (!all_constant) return match;
  for (std::size_t index = 0; index < match.texts.size(); ++index) {
    auto key = make_key(match, match.texts[index].constant, limits());
    if (!key) {
      error(keys.strings[index].at, fmt::format("the regular expression '{}' cannot be used: {}",
                                                printable(match.texts[index].constant), key.error().message));
      return std::nullopt;
    }
    match.keys.push_back(std::move(*key));
  }
  return match;
}

}  // namespace watershed::sieve
