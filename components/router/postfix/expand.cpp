// See expand.hpp. One recursive-descent pass; the same pass with `scan_` set lists the names in all branches.
#include "components/router/postfix/expand.hpp"

#include "components/router/postfix/logical_lines.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace watershed::postfix {

namespace {

constexpr int depth_max = 100;
constexpr std::size_t result_max_octets = 1 << 20;
constexpr std::size_t references_max = 20'000;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Major, minor and patch number of a compatibility level; COMPATIBILITY_README.
std::optional<std::array<int, 3>> parse_level(std::string_view text) {
  std::array<int, 3> level{};
  for (std::size_t part = 0; part < level.size(); ++part) {
    const std::size_t dot = text.find('.');
    const std::string_view digits = text.substr(0, dot);
    if (!is_number(digits)) return std::nullopt;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), level[part]);
    if (parsed.ec != std::errc()) return std::nullopt;
    if (dot == std::string_view::npos) return level;
    text.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

int compare_plain(std::string_view left, std::string_view right) {
  if (is_number(left) && is_number(right)) {
    const auto significant = [](std::string_view digits) {
      const std::size_t first = digits.find_first_not_of('0');
      return first == std::string_view::npos ? std::string_view{} : digits.substr(first);
    };
    const std::string_view a = significant(left);
    const std::string_view b = significant(right);
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    return a.compare(b);
  }
  return left.compare(right);
}

class Expander {
 public:
  Expander(const NameLookup& lookup, std::vector<std::string>* names) : lookup_(lookup), names_(names) {}

  /// False when a fault was found; see `fault`.
  bool expand(std::string_view text) {
    if (++depth_ > depth_max)
      return fail(fmt::format("references nest too deep (a cycle?) at \"{}\"", text.substr(0, 40)));
    const bool good = expand_text(text);
    --depth_;
    return good;
  }

  std::string result;
  std::string fault;

 private:
  bool fail(std::string message) {
    if (fault.empty()) fault = std::move(message);
    return false;
  }

  bool scanning() const { return names_ != nullptr; }

  bool put(std::string_view text) {
    result += text;
    return result.size() <= result_max_octets || fail("the value grows over 1 MB when expanded");
  }

  bool expand_text(std::string_view text) {
    while (!text.empty()) {
      const std::size_t dollar = text.find('$');
      if (!put(text.substr(0, dollar))) return false;
      if (dollar == std::string_view::npos) return true;
      text.remove_prefix(dollar + 1);
      if (!text.empty() && text.front() == '$') {
        if (!put("$")) return false;
        text.remove_prefix(1);
        continue;
      }
      if (!expand_reference(text)) return false;
    }
    return true;
  }

  /// `text` starts after the `$`; the reference is consumed.
  bool expand_reference(std::string_view& text) {
    if (++references_ > references_max) return fail("too many references in one value");
    if (!text.empty() && (text.front() == '{' || text.front() == '(')) {
      const std::optional<std::string_view> content =
          take_balanced(text, text.front(), text.front() == '{' ? '}' : ')');
      return content && expand_expression(*content);
    }
    const std::string_view name = take_name(text);
    if (name.empty())
      return fail(fmt::format("a parameter name was expected after '$', at \"{}\"", text.substr(0, 20)));
    return expand_expression(name);
  }

  static std::string_view take_name(std::string_view& text) {
    std::size_t length = 0;
    while (length < text.size() && is_name_character(text[length])) ++length;
    const std::string_view name = text.substr(0, length);
    text.remove_prefix(length);
    return name;
  }

  /// Takes `{ … }` from the front of `text` and the white space behind it.
  std::optional<std::string_view> take_balanced(std::string_view& text, char open, char close) {
    int level = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == open) ++level;
      if (text[at] == close && --level == 0) {
        const std::string_view content = text.substr(1, at - 1);
        text.remove_prefix(at + 1);
        return content;
      }
    }
    fail(fmt::format("'{}' without its '{}', at \"{}\"", open, close, text.substr(0, 20)));
    return std::nullopt;
  }

  std::optional<std::string_view> take_braced_operand(std::string_view& text) {
    const std::optional<std::string_view> content = take_balanced(text, '{', '}');
    skip_blanks(text);
    return content;
  }

  static void skip_blanks(std::string_view& text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  }

  static bool at_braced_operand(std::string_view& text) {
    std::string_view rest = text;
    skip_blanks(rest);
    if (rest.empty() || rest.front() != '{') return false;
    text = rest;
    return true;
  }

  /// The inside of `${…}`: a name or a comparison, then what to do with it.
  bool expand_expression(std::string_view text) {
    std::optional<std::string_view> value;
    if (at_braced_operand(text)) {
      bool holds = false;
      if (!compare(text, holds)) return false;
      value = holds ? "true" : "";
      if (text.empty()) return put(holds ? "true" : "");
      if (text.front() != '?' && text.front() != ':') {
        return fail(fmt::format("'?' or ':' was expected at \"{}\"", text.substr(0, 20)));
      }
    } else {
      skip_blanks(text);
      const std::string_view name = take_name(text);
      skip_blanks(text);
      if (!text.empty() && text.front() != '?' && text.front() != ':') {
        return fail(fmt::format("a parameter name may only hold letters, digits and '_', at \"{}{}\"", name,
                                text.substr(0, 20)));
      }
      if (name.empty() && text.empty()) return fail("a parameter name was expected inside ${…}");
      if (scanning()) names_->push_back(std::string(name));
      value = lookup_(name);
      if (text.empty()) return !value || scanning() || expand(*value);
    }
    const bool is_true = value && !value->empty();
    return choose(text, is_true);
  }

  /// `text` starts at the `?` or `:` of a conditional.
  bool choose(std::string_view text, bool is_true) {
    if (text.front() == '?') {
      text.remove_prefix(1);
      std::string_view when_true = text;
      if (at_braced_operand(text)) {
        const auto operand = take_braced_operand(text);
        if (!operand) return false;
        when_true = *operand;
      } else {
        text = {};
      }
      if ((is_true || scanning()) && !expand(when_true)) return false;
      if (text.empty()) return true;
      if (text.front() != ':') return fail(fmt::format("':' was expected at \"{}\"", text.substr(0, 20)));
    }
    text.remove_prefix(1);
    std::string_view when_false = text;
    if (at_braced_operand(text)) {
      const auto operand = take_braced_operand(text);
      if (!operand) return false;
      when_false = *operand;
      if (!text.empty()) return fail(fmt::format("nothing was expected at \"{}\"", text.substr(0, 20)));
    }
    return (is_true && !scanning()) || expand(when_false);
  }

  /// `{left} OP {right}`; what follows stays in `text`.
  bool compare(std::string_view& text, bool& holds) {
    const auto left = take_braced_operand(text);
    if (!left) return false;
    constexpr std::string_view operator_characters = "<>!=?+-*/~&|%";
    const std::size_t symbol_length = std::min(text.find_first_not_of(operator_characters), text.size());
    std::string_view op = text.substr(0, symbol_length);
    const bool is_level = text.substr(symbol_length).starts_with("level");
    text.remove_prefix(symbol_length + (is_level ? 5 : 0));
    if (!at_braced_operand(text)) return fail(fmt::format("'{{' was expected at \"{}\"", text.substr(0, 20)));
    const auto right = take_braced_operand(text);
    if (!right) return false;
    const std::optional<std::string> left_text = operand_value(*left);
    const std::optional<std::string> right_text = operand_value(*right);
    if (!left_text || !right_text) return false;
    int order = 0;
    if (!scanning()) {
      const std::optional<int> found = order_of(*left_text, *right_text, is_level);
      if (!found) return false;
      order = *found;
    }
    return apply(op, order, holds);
  }

  std::optional<int> order_of(std::string_view left, std::string_view right, bool is_level) {
    if (!is_level) return compare_plain(left, right);
    const auto left_level = parse_level(left);
    const auto right_level = parse_level(right);
    if (!left_level || !right_level) {
      fail(fmt::format("a compatibility level such as 3.6 was expected, not \"{}\"", left_level ? right : left));
      return std::nullopt;
    }
    return *left_level < *right_level ? -1 : *left_level == *right_level ? 0 : 1;
  }

  bool apply(std::string_view op, int order, bool& holds) {
    if (op == "==")
      holds = order == 0;
    else if (op == "!=")
      holds = order != 0;
    else if (op == "<")
      holds = order < 0;
    else if (op == "<=")
      holds = order <= 0;
    else if (op == ">")
      holds = order > 0;
    else if (op == ">=")
      holds = order >= 0;
    else
      return fail(fmt::format("one of == != < <= >= > was expected, not \"{}\"", op));
    return true;
  }

  std::optional<std::string> operand_value(std::string_view operand) {
    std::string outer;
    outer.swap(result);
    const bool good = expand(operand);
    outer.swap(result);
    return good ? std::optional<std::string>(std::move(outer)) : std::nullopt;
  }

  const NameLookup& lookup_;
  std::vector<std::string>* names_;
  int depth_ = 0;
  std::size_t references_ = 0;
};

}  // namespace

Result<std::string, Error> expand_references(std::string_view text, const NameLookup& lookup) {
  using Expanded = Result<std::string, Error>;
  if (text.find('$') == std::string_view::npos) return Expanded(boost::system::in_place_value, text);
  Expander expander(lookup, nullptr);
  if (!expander.expand(text)) return Error{expander.fault};
  return Expanded(boost::system::in_place_value, std::move(expander.result));
}

std::vector<std::string> referenced_names(std::string_view text) {
  std::vector<std::string> names;
  const NameLookup none = [](std::string_view) { return std::optional<std::string_view>(); };
  Expander expander(none, &names);
  expander.expand(text);
  return names;
}

}  // namespace watershed::postfix
