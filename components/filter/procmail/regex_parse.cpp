// From the text of an expression to its instructions. See regex.hpp.
#include "base/text.hpp"
#include "components/filter/procmail/regex.hpp"

#include <utility>

namespace watershed::procmail {

namespace {

constexpr std::size_t depth_max = 250;
constexpr std::size_t instructions_max = 60'000;

using Kind = Instruction::Kind;

}  // namespace

/// Builds from behind: each part is told what follows it, so that no jump needs mending.
class RegexParser {
 public:
  RegexParser(std::string_view text, Regex& regex) : text_(text), regex_(regex) {}

  Result<void, Error> parse() {
    std::optional<Part> all = alternatives(0);
    if (all && at_ < text_.size() && text_[at_] == ')') regex_.defect_ = "a closing parenthesis without an opening one";
    if (!all) return Error{"the expression nests deeper than 250 parentheses"};
    const std::uint32_t found = add({.kind = Kind::found});
    regex_.start_ = emit(*all, found);
    if (too_many_) return Error{"the expression is too large"};
    return {};
  }

 private:
  struct Part {
    enum class Shape { leaf, sequence, choice, star, plus, optional };
    Shape shape = Shape::sequence;
    Instruction leaf;
    std::vector<Part> parts;
  };

  std::uint32_t add(Instruction instruction) {
    if (regex_.program_.size() >= instructions_max) {
      too_many_ = true;
      return 0;
    }
    regex_.program_.push_back(instruction);
    return static_cast<std::uint32_t>(regex_.program_.size() - 1);
  }

  std::optional<Part> alternatives(std::size_t depth) {
    if (depth > depth_max) return std::nullopt;
    Part choice{.shape = Part::Shape::choice, .leaf = {}, .parts = {}};
    while (true) {
      std::optional<Part> one = sequence(depth);
      if (!one) return std::nullopt;
      choice.parts.push_back(std::move(*one));
      if (at_ >= text_.size() || text_[at_] != '|') break;
      ++at_;
    }
    if (choice.parts.size() == 1) return std::move(choice.parts.front());
    return choice;
  }

  std::optional<Part> sequence(std::size_t depth) {
    Part all;
    while (at_ < text_.size() && text_[at_] != '|' && text_[at_] != ')') {
      std::optional<Part> one = atom(depth);
      if (!one) return std::nullopt;
      all.parts.push_back(postfixed(std::move(*one)));
    }
    return all;
  }

  /// One of `*`, `+`, `?` behind an atom; a second one stands for itself.
  Part postfixed(Part one) {
    if (at_ >= text_.size()) return one;
    const char sign = text_[at_];
    if (sign != '*' && sign != '+' && sign != '?') return one;
    ++at_;
    Part repeated;
    repeated.shape = sign == '*' ? Part::Shape::star : sign == '+' ? Part::Shape::plus : Part::Shape::optional;
    repeated.parts.push_back(std::move(one));
    return repeated;
  }

  static Part leaf(Kind kind, char c = '\0') {
    return {.shape = Part::Shape::leaf, .leaf = {.kind = kind, .octet = static_cast<unsigned char>(c)}, .parts = {}};
  }

  Part literal(char c) const { return leaf(Kind::octet, regex_.ignore_case_ ? to_lower(c) : c); }

  std::optional<Part> atom(std::size_t depth) {
    const char c = text_[at_++];
    switch (c) {
      case '(': {
        std::optional<Part> inner = alternatives(depth + 1);
        if (!inner) return std::nullopt;
        if (at_ < text_.size()) {
          ++at_;
        } else {
          regex_.defect_ = "a parenthesis that is not closed";
        }
        return inner;
      }
      case '[':
        return char_class();
      case '.':
        return leaf(Kind::any);
      case '$':
        return leaf(Kind::newline);
      case '^':
        if (at_ >= text_.size() || text_[at_] != '^') return leaf(Kind::newline);
        ++at_;
        return leaf(at_ >= text_.size() || text_[at_] == ')' || text_[at_] == '|' ? edge() : Kind::text_start);
      case '\\':
        return escaped();
      default:
        return literal(c);
    }
  }

  /// `^^` that ends an expression or alternative: the end of the text, unless nothing stands before it.
  Kind edge() const {
    const std::size_t before = at_ - 2;
    const bool opens = before == 0 || text_[before - 1] == '(' || text_[before - 1] == '|';
    return opens && before + 2 < text_.size() ? (is_last_group() ? Kind::text_end : Kind::text_start)
           : opens && before == 0             ? Kind::text_start
                                              : Kind::text_end;
  }

  /// True when only closing parentheses follow.
  bool is_last_group() const { return text_.find_first_not_of(')', at_) == std::string_view::npos; }

  Part escaped() {
    if (at_ >= text_.size()) return literal('\\');
    const char c = text_[at_++];
    if (c == '/') {
      regex_.extracts_match_ = true;
      return leaf(Kind::match_start);
    }
    if (c == '<' || c == '>') return leaf(Kind::delimiter);
    return literal(c);
  }

  Part char_class() {
    bool inverted = false;
    if (at_ < text_.size() && text_[at_] == '^') {
      inverted = true;
      ++at_;
    }
    std::bitset<256> set;
    bool first = true;
    for (; at_ < text_.size() && (first || text_[at_] != ']'); first = false) {
      const auto low = static_cast<unsigned char>(text_[at_++]);
      if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
        const auto high = static_cast<unsigned char>(text_[at_ + 1]);
        at_ += 2;
        for (unsigned c = low; c <= high; ++c) set.set(c);
        // A range from high to low is its first octet.
        if (high < low) set.set(low);
      } else {
        set.set(low);
      }
    }
    if (at_ < text_.size()) ++at_;
    if (regex_.ignore_case_) {
      for (unsigned c = 'A'; c <= 'Z'; ++c) {
        const unsigned lower = c - 'A' + 'a';
        if (set[c]) set.set(lower);
      }
    }
    if (inverted) {
      set.flip();
      set.reset('\n');
    }
    regex_.sets_.push_back(set);
    Part part = leaf(Kind::one_of);
    part.leaf.set = static_cast<std::uint32_t>(regex_.sets_.size() - 1);
    return part;
  }

  std::uint32_t emit(const Part& part, std::uint32_t next) {
    using Shape = Part::Shape;
    switch (part.shape) {
      case Shape::leaf: {
        Instruction one = part.leaf;
        one.next = next;
        return add(one);
      }
      case Shape::sequence:
        for (auto one = part.parts.rbegin(); one != part.parts.rend(); ++one) next = emit(*one, next);
        return next;
      case Shape::choice: {
        std::uint32_t rest = emit(part.parts.back(), next);
        for (auto one = part.parts.rbegin() + 1; one != part.parts.rend(); ++one) {
          const std::uint32_t first = emit(*one, next);
          rest = add({.kind = Kind::fork, .next = first, .other = rest});
        }
        return rest;
      }
      case Shape::optional: {
        const std::uint32_t inner = emit(part.parts.front(), next);
        return add({.kind = Kind::fork, .next = inner, .other = next});
      }
      case Shape::star:
      case Shape::plus:
        break;
    }
    const std::uint32_t loop = add({.kind = Kind::fork, .next = 0, .other = next});
    const std::uint32_t inner = emit(part.parts.front(), loop);
    if (!too_many_) regex_.program_[loop].next = inner;
    return part.shape == Shape::star ? loop : inner;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Regex& regex_;
  bool too_many_ = false;
};

Result<Regex, Error> Regex::parse(std::string_view expression, bool ignore_case) {
  Regex regex;
  regex.ignore_case_ = ignore_case;
  if (auto parsed = RegexParser(expression, regex).parse(); !parsed) return parsed.error();
  return regex;
}

}  // namespace watershed::procmail
