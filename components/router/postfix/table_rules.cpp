// Tables that are a list of patterns, tried in order: regexp:, pcre:, cidr:, with !negation and if … endif.
// regexp_table(5), pcre_table(5), cidr_table(5). The patterns themselves are in pattern.cpp.
#include "components/router/postfix/logical_lines.hpp"
#include "components/router/postfix/pattern.hpp"
#include "components/router/postfix/table_kinds.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <charconv>

namespace watershed::postfix {

namespace {

constexpr std::size_t nesting_max = 100;

/// A piece of a result: literal text, or (group > 0) what that group matched.
struct Piece {
  std::string text;
  int group = 0;
};

struct Rule {
  enum class Kind { match, block_start, block_end } kind = Kind::match;
  PatternPtr pattern;  // not for block_end
  bool negated = false;
  std::vector<Piece> result;
  SourcePosition at;
  std::size_t block_end = 0;  // for block_start: the index of its endif
};

class RuleTable : public Table {
 public:
  RuleTable(const TableRequest& request, std::vector<Rule> rules)
      : Table(request.type, request.name), rules_(std::move(rules)) {}

  bool has_fixed_keys() const override { return false; }

  Lookup lookup(std::string_view key) const override {
    Groups groups;
    const PatternSubject subject(key);
    for (std::size_t index = 0; index < rules_.size(); ++index) {
      const Rule& rule = rules_[index];
      if (rule.kind == Rule::Kind::block_end) continue;
      const Result<bool, Error> matched = rule.pattern->match(subject, groups);
      if (!matched) return LookupError{matched.error().message, rule.at, false};
      const bool holds = *matched != rule.negated;
      if (rule.kind == Rule::Kind::block_start) {
        if (!holds) index = rule.block_end;
      } else if (holds) {
        return std::optional<Hit>(Hit{substitute(rule.result, groups, key), rule.at});
      }
    }
    return std::optional<Hit>();
  }

 private:
  static std::string substitute(const std::vector<Piece>& pieces, const Groups& groups, std::string_view key) {
    std::string value;
    for (const Piece& piece : pieces) {
      value += piece.text;
      const auto group = static_cast<std::size_t>(piece.group);
      if (group > 0 && group < groups.size() && groups[group].matched) {
        value += key.substr(groups[group].begin, groups[group].end - groups[group].begin);
      }
    }
    return value;
  }

  std::vector<Rule> rules_;
};

/// Takes the digits of `$1`, `${1}` or `$(1)` from the front of `text` (after the `$`).
Result<int, Error> take_group_number(std::string_view& text) {
  const char open = text.empty() ? '\0' : text.front();
  std::string_view digits;
  if (open == '{' || open == '(') {
    const std::size_t end = text.find(open == '{' ? '}' : ')');
    if (end == std::string_view::npos) return Error{"'$' with a bracket that is never closed"};
    digits = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
  } else {
    std::size_t length = 0;
    while (length < text.size() && (text[length] == '_' || (text[length] >= '0' && text[length] <= '9') ||
                                    (to_lower(text[length]) >= 'a' && to_lower(text[length]) <= 'z'))) {
      ++length;
    }
    digits = text.substr(0, length);
    text.remove_prefix(length);
  }
  int number = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || number < 1) {
    return Error{
        fmt::format("a group number from 1 was expected after '$', not \"{}\"; write $$ for a dollar sign", digits)};
  }
  return number;
}

Result<std::vector<Piece>, Error> parse_result(std::string_view text, int group_count) {
  std::vector<Piece> pieces;
  std::string literal;
  while (!text.empty()) {
    const std::size_t dollar = text.find('$');
    literal += text.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar + 1);
    if (text.starts_with('$')) {
      literal += '$';
      text.remove_prefix(1);
      continue;
    }
    const Result<int, Error> number = take_group_number(text);
    if (!number) return number.error();
    if (*number > group_count) {
      return Error{fmt::format("${} is used, but the pattern has {} group(s)", *number, group_count)};
    }
    pieces.push_back(Piece{std::move(literal), *number});
    literal.clear();
  }
  pieces.push_back(Piece{std::move(literal), 0});
  return pieces;
}

bool starts_with_word(std::string_view text, std::string_view word) {
  return starts_with_ignoring_case(text, word) && (text.size() == word.size() || is_blank(text[word.size()]) ||
                                                   text[word.size()] == '!' || text[word.size()] == '/');
}

class RuleReader {
 public:
  RuleReader(const TableRequest& request, const TableSource::File& file) : request_(request), file_(file) {}

  Parsed<OpenedTable> read() {
    for (const LogicalLine& line : logical_lines(file_.text)) read_line(line);
    for (const std::size_t start : open_blocks_) {
      errors_.push_back({Severity::error, rules_[start].at, "this 'if' has no 'endif'", {}, {}});
    }
    if (!errors_.empty()) return errors_;
    opened_.table = std::make_shared<RuleTable>(request_, std::move(rules_));
    return std::move(opened_);
  }

 private:
  void fail(const LogicalLine& line, std::string message) {
    errors_.push_back({Severity::error, place(line), std::move(message), line.text, {}});
  }
  void warn(const LogicalLine& line, std::string message) {
    opened_.warnings.push_back({Severity::warning, place(line), std::move(message), line.text, {}});
  }
  SourcePosition place(const LogicalLine& line) const {
    // Rules written inside main.cf have main.cf's place.
    return request_.name.starts_with("{") ? request_.at : SourcePosition{file_.shown_path, line.line, 1};
  }

  void read_line(const LogicalLine& line) {
    std::string_view text = trim_blanks(line.text);
    if (line.starts_with_blank) return fail(line, "the first rule starts with white space; Postfix skips it");
    if (equal_ignoring_case(text, "endif") || starts_with_word(text, "endif")) return end_block(line, text);
    const bool is_block = starts_with_word(text, "if");
    if (is_block) text = trim_blanks(text.substr(2));
    Rule rule;
    rule.at = place(line);
    while (!text.empty() && (text.front() == '!' || is_blank(text.front()))) {
      if (text.front() == '!') rule.negated = !rule.negated;
      text.remove_prefix(1);
    }
    Result<PatternPtr, Error> pattern = take_pattern(request_.type, text);
    if (!pattern) return fail(line, pattern.error().message);
    rule.pattern = std::move(*pattern);
    text = trim_blanks(text);
    is_block ? begin_block(line, std::move(rule), text) : add_match(line, std::move(rule), text);
  }

  void begin_block(const LogicalLine& line, Rule rule, std::string_view rest) {
    if (open_blocks_.size() >= nesting_max) return fail(line, "'if' is nested too deep");
    if (!rest.empty()) warn(line, "text after 'if' pattern is ignored");
    rule.kind = Rule::Kind::block_start;
    open_blocks_.push_back(rules_.size());
    rules_.push_back(std::move(rule));
  }

  void end_block(const LogicalLine& line, std::string_view text) {
    if (open_blocks_.empty()) return fail(line, "'endif' without 'if'");
    if (text.size() > 5) warn(line, "text after 'endif' is ignored");
    rules_[open_blocks_.back()].block_end = rules_.size();
    open_blocks_.pop_back();
    Rule rule;
    rule.kind = Rule::Kind::block_end;
    rule.at = place(line);
    rules_.push_back(std::move(rule));
  }

  void add_match(const LogicalLine& line, Rule rule, std::string_view text) {
    if (text.empty()) {
      if (request_.type == "cidr") return fail(line, "a pattern and a result were expected");
      warn(line, "no result text: a match yields an empty value, which Postfix treats as an error");
    }
    if (request_.type == "cidr") {
      rule.result.push_back(Piece{std::string(text), 0});
    } else {
      Result<std::vector<Piece>, Error> result = parse_result(text, rule.pattern->group_count());
      if (!result) return fail(line, result.error().message);
      rule.result = std::move(*result);
      const bool substitutes = rule.result.size() > 1;
      // regexp_table(5): "substitutions are not available for negated patterns".
      if (substitutes && rule.negated) return fail(line, "a negated pattern cannot use $number in its result");
      // aliases(5): "there is no support for $1, $2 etc. substring interpolation".
      if (substitutes && request_.use.no_regexp_substitution) return fail(line, "$number is not allowed in alias maps");
    }
    rules_.push_back(std::move(rule));
  }

  const TableRequest& request_;
  const TableSource::File& file_;
  std::vector<Rule> rules_;
  std::vector<std::size_t> open_blocks_;
  OpenedTable opened_;
  Diagnostics errors_;
};

}  // namespace

Parsed<OpenedTable> open_rules(const TableRequest& request, const TableSource::File& file) {
  return RuleReader(request, file).read();
}

}  // namespace watershed::postfix
