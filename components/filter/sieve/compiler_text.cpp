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

std::optional<std::uint32_t> Compiler::new_variable(Place at) {
  if (names_.size() + assembly_.globals.size() >= limits().variables_max) {
    error(at, fmt::format("more than {} variables in one script", limits().variables_max));
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(program_.variables++);
}

std::optional<std::uint32_t> Compiler::intern_variable(std::string name, Place at) {
  if (name.size() > limits().variable_name_octets_max) {
    error(at, fmt::format("this variable name has {} octets; the limit is {}", name.size(),
                          limits().variable_name_octets_max));
    return std::nullopt;
  }
  const auto found = names_.find(name);
  if (found != names_.end()) return found->second;
  const auto number = new_variable(at);
  if (number) names_.emplace(std::move(name), *number);
  return number;
}

std::optional<std::uint32_t> Compiler::intern_global(std::string name, Place at) {
  const auto found = assembly_.globals.find(name);
  if (found != assembly_.globals.end()) return found->second;
  const auto number = new_variable(at);
  if (number) assembly_.globals.emplace(std::move(name), *number);
  return number;
}

std::optional<std::uint32_t> Compiler::variable(const ast::StringLiteral& name) {
  std::string_view rest = name.text;
  // RFC 6609 §3.4.3: the namespace "global" of capability include.
  const bool is_global = requires_extension(Extension::include) && starts_with_ignoring_case(rest, "global.");
  if (is_global) rest.remove_prefix(7);
  if (is_number(rest)) {
    error(name.at, fmt::format("cannot assign to match variable '{}'", name.text));
    return std::nullopt;
  }
  if (!is_identifier(rest)) {
    error(name.at, fmt::format("invalid variable name '{}'; expected letters, digits and '_', no digit first",
                               printable(name.text)));
    return std::nullopt;
  }
  // RFC 5229 §3: names ignore case.
  return is_global ? intern_global(to_lower(rest), name.at) : intern_variable(to_lower(rest), name.at);
}

std::optional<TextPart> Compiler::readable_variable(const ast::StringLiteral& name) {
  if (is_number(name.text)) return reference(name.text, name.at);
  const auto number = variable(name);
  if (!number) return std::nullopt;
  return TextPart{.kind = TextPart::Kind::variable, .literal = {}, .index = *number};
}

void Compiler::declare_global(const ast::StringLiteral& name) {
  if (!is_identifier(name.text)) {
    error(name.at, fmt::format("invalid variable identifier '{}'", printable(name.text)));
    return;
  }
  const std::string folded = to_lower(name.text);
  const auto known = names_.find(folded);
  const auto number = intern_global(folded, name.at);
  if (!number) return;
  if (known != names_.end() && known->second != *number) {
    error(name.at, fmt::format("declaration of new global variable '{}' conflicts with earlier local use", name.text));
    return;
  }
  names_[folded] = *number;
}

std::optional<TextPart> Compiler::reference_in_namespace(std::string_view name, Place at) {
  const std::size_t dot = name.find('.');
  const std::string space = to_lower(name.substr(0, dot));
  const std::string_view rest = name.substr(dot + 1);
  TextPart part;
  if (space == "global" && requires_extension(Extension::include)) {
    part.kind = TextPart::Kind::variable;
    if (!is_identifier(rest)) {
      error(at, fmt::format("invalid variable name within global namespace: '${{{}}}'", name));
      return std::nullopt;
    }
    const auto number = intern_global(to_lower(rest), at);
    if (!number) return std::nullopt;
    part.index = *number;
    return part;
  }
  if (space == "env" && requires_extension(Extension::dovecot_environment)) {
    part.kind = TextPart::Kind::environment;
    part.literal = to_lower(rest);
    return part;
  }
  // RFC 5229 §3: a namespace is known only by a capability that the script requires.
  error(at, fmt::format("referring to variable in unknown namespace '{}': '${{{}}}'", space, name));
  return std::nullopt;
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
  if (name.find('.') != std::string_view::npos) return reference_in_namespace(name, at);
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
    if (choice.number == 0) error(index->at, "the :index tag cannot be zero; fields count from 1");
  } else if (last != nullptr) {
    error(last->at, "the :last tag cannot be specified without the :index tag");  // RFC 5260 §6
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
                 : name == ":list"     ? MatchType::list
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
      error(tag->value->at,
            fmt::format("unknown comparator '{}'; expected i;octet, i;ascii-casemap, i;ascii-numeric or "
                        "i;unicode-casemap",
                        printable(name)));
      return std::nullopt;
    }
    match.comparator = *comparator;
    if (!requires_extension(capability(*comparator))) {
      missing_capability(tag->value->at, "comparator", name, capability(*comparator));
      return std::nullopt;
    }
    const bool needs_substrings =
        match.type == MatchType::contains || match.type == MatchType::matches || match.type == MatchType::regex;
    if (needs_substrings && !has_substrings(*comparator)) {
      error(tag->value->at, fmt::format("the specified {} comparator does not support sub-string matching as required "
                                        "by the {} match type",
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
