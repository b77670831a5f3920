// Reads a procmailrc: assignments, recipes, nesting blocks. See rcfile.hpp.
#include "base/text.hpp"
#include "components/filter/procmail/condition.hpp"
#include "components/filter/procmail/scanner.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::procmail {

namespace {

class Reader {
 public:
  Reader(Rcfile& rcfile, const ReadLimits& limits) : rcfile_(rcfile), limits_(limits), scanner_(rcfile.source) {}

  Diagnostics run() {
    rcfile_.statements = statements(std::nullopt, 0);
    if (const auto& open = scanner_.unclosed(); open && errors_.empty()) {
      error(*open, "this quote, brace or backquote is never closed");
    }
    return std::move(errors_);
  }

 private:
  void report(Severity severity, Place at, std::string message, std::string hint) {
    Diagnostics& list = severity == Severity::error ? errors_ : rcfile_.warnings;
    if (list.size() >= limits_.diagnostics_max) return;
    std::string_view source = rcfile_.source;
    for (int line = 1; line < at.line; ++line) {
      const std::size_t end = source.find('\n');
      if (end == std::string_view::npos) break;
      source.remove_prefix(end + 1);
    }
    list.push_back({severity,
                    {rcfile_.file, at.line, at.column},
                    std::move(message),
                    std::string(source.substr(0, source.find('\n'))),
                    std::move(hint)});
  }
  void error(Place at, std::string message, std::string hint = {}) {
    report(Severity::error, at, std::move(message), std::move(hint));
  }
  void warning(Place at, std::string message, std::string hint = {}) {
    report(Severity::warning, at, std::move(message), std::move(hint));
  }

  /// Up to the end, or the brace that closes the block opened at `opened`.
  Statements statements(std::optional<Place> opened, std::size_t depth) {
    Statements found;
    while (true) {
      scanner_.skip_blanks_and_lines();
      if (scanner_.at_end()) {
        if (opened) error(*opened, "the block that begins here is never closed; the file ends inside it");
        return found;
      }
      if (scanner_.peek() == '}') {
        const Place at = scanner_.place();
        scanner_.take();
        if (opened) return found;
        error(at, "a closing brace without an opening one");
        continue;
      }
      if (scanner_.peek() == ':') {
        recipe(found, depth);
      } else {
        assignment(found);
      }
    }
  }

  void assignment(Statements& into) {
    Assignment one{.at = scanner_.place(), .name = scanner_.name(), .value = {}};
    if (one.name.empty()) {
      const std::string text = scanner_.line(false);
      warning(one.at, fmt::format("procmail skips '{}': it is neither an assignment nor a recipe", printable(text)),
              text.starts_with('*') ? "a condition stands between ':0' and the action of its recipe" : "");
      return;
    }
    scanner_.skip_blanks();
    if (scanner_.peek() == '=') {
      scanner_.take();
      scanner_.skip_blanks();
      one.value = scanner_.word();
    } else if (const char next = scanner_.peek();
               next != '\n' && next != '\0' && next != '#' && next != '}' && !is_name_start(next)) {
      const std::string text = one.name + scanner_.line(false);
      warning(one.at, fmt::format("procmail skips '{}'", printable(text)));
      return;
    }
    into.push_back({std::move(one)});
  }

  void recipe(Statements& into, std::size_t depth) {
    Recipe one;
    one.at = scanner_.place();
    one.number = static_cast<std::uint32_t>(rcfile_.recipes.size());
    rcfile_.recipes.push_back(one.at);
    scanner_.take();
    std::string digits;
    scanner_.skip_blanks();
    while (scanner_.peek() >= '0' && scanner_.peek() <= '9') digits += scanner_.take();
    if (digits != "0") {
      error(one.at, fmt::format("':{}' counts its conditions, the form of before procmail 3; expected ':0'", digits),
            "write ':0' and put '*' before each condition");
    }
    flags(one);
    conditions(one);
    if (scanner_.at_end() || scanner_.peek() == '}') {
      error(one.at, "the recipe that begins here has no action");
      return;
    }
    action(one, depth);
    into.push_back({std::move(one)});
  }

  void flags(Recipe& one) {
    while (true) {
      scanner_.skip_blanks();
      const char c = scanner_.peek();
      if (c == '\n' || scanner_.at_end() || c == '#' || c == ':') break;
      const Place at = scanner_.place();
      scanner_.take();
      if (bool* flag = flag_of(one.flags, c)) {
        *flag = true;
      } else {
        warning(at, fmt::format("'{}' is no flag; procmail skips it", printable(std::string(1, c))),
                "flags: H B D A a E e h b f c w W i r");
      }
    }
    // Measured over all flags of three recipes in a row: beside e, neither a nor E says anything.
    if (one.flags.on_error) one.flags.also_succeeded = one.flags.otherwise = false;
    if (scanner_.peek() == ':') {
      scanner_.take();
      one.has_lockfile = true;
      scanner_.skip_blanks();
      if (scanner_.peek() != '\n' && scanner_.peek() != '#' && !scanner_.at_end()) one.lockfile = scanner_.word();
    }
    scanner_.skip_blanks();
    if (scanner_.peek() == '#') scanner_.skip_line();
  }

  static bool* flag_of(Flags& flags, char c) {
    switch (c) {
      case 'H':
        return &flags.header_egrep;
      case 'B':
        return &flags.body_egrep;
      case 'D':
        return &flags.case_matters;
      case 'A':
        return &flags.also;
      case 'a':
        return &flags.also_succeeded;
      case 'E':
        return &flags.otherwise;
      case 'e':
        return &flags.on_error;
      case 'h':
        return &flags.header;
      case 'b':
        return &flags.body;
      case 'f':
        return &flags.filter;
      case 'c':
        return &flags.copy;
      case 'w':
        return &flags.wait;
      case 'W':
        return &flags.wait_quietly;
      case 'i':
        return &flags.ignore_errors;
      case 'r':
        return &flags.raw;
      default:
        return nullptr;
    }
  }

  void conditions(Recipe& one) {
    while (true) {
      scanner_.skip_blanks_and_lines();
      if (scanner_.peek() != '*') return;
      scanner_.take();
      scanner_.skip_blanks();
      const Place at = scanner_.place();
      const bool is_expanded = scanner_.peek() == '$';
      std::string text = scanner_.line(!is_expanded);
      while (!text.empty() && (is_blank(text.back()) || text.back() == '\r')) text.pop_back();
      one.conditions.push_back({at, std::move(text)});
      if (const std::string defect = defect_of(one.conditions.back().text); !defect.empty()) {
        warning(at, "the expression has " + defect, "procmail logs 'Invalid regexp' and uses what it could read");
      }
    }
  }

  void action(Recipe& one, std::size_t depth) {
    Action& action = one.action;
    action.at = scanner_.place();
    capture(action);
    const char c = scanner_.peek();
    const char next = scanner_.peek(1);
    if (c == '!') {
      scanner_.take();
      action.kind = Action::Kind::forward;
      action.words = words_of_line();
    } else if (c == '|') {
      scanner_.take();
      action.kind = Action::Kind::program;
      action.command = scanner_.line(false);
    } else if (c == '{' && (is_blank(next) || next == '\n' || next == '\0' || next == '\r')) {
      scanner_.take();
      action.kind = Action::Kind::block;
      if (depth >= limits_.nesting_max) {
        error(action.at, fmt::format("blocks nest deeper than {}", limits_.nesting_max));
        scanner_ = Scanner({});
        return;
      }
      action.block = std::make_shared<const Statements>(statements(action.at, depth + 1));
    } else {
      folders(action);
    }
    action.last_line = scanner_.place().line;
  }

  /// `name=|program`
  void capture(Action& action) {
    const std::string_view name = scanner_.name_ahead();
    if (name.empty()) return;
    std::size_t ahead = name.size();
    while (is_blank(scanner_.peek(ahead))) ++ahead;
    if (scanner_.peek(ahead++) != '=') return;
    while (is_blank(scanner_.peek(ahead))) ++ahead;
    if (scanner_.peek(ahead) != '|') return;
    action.captured_in = std::string(name);
    while (ahead-- > 0) scanner_.take();
  }

  std::vector<Word> words_of_line() {
    std::vector<Word> words;
    while (true) {
      scanner_.skip_blanks();
      if (scanner_.at_end() || scanner_.peek() == '\n' || scanner_.peek() == '#') break;
      words.push_back(scanner_.word());
    }
    scanner_.skip_line();
    return words;
  }

  /// Only directories may be several: procmail sees that at the first one's name.
  void folders(Action& action) {
    action.words.push_back(scanner_.word());
    const std::vector<Piece>& pieces = action.words.front().pieces;
    const bool is_directory =
        !pieces.empty() && (pieces.back().text.ends_with('/') || pieces.back().text.ends_with("/."));
    scanner_.skip_blanks();
    if (is_directory && scanner_.peek() != '}') {
      for (Word& word : words_of_line()) action.words.push_back(std::move(word));
    }
  }

  Rcfile& rcfile_;
  const ReadLimits& limits_;
  Scanner scanner_;
  Diagnostics errors_;
};

}  // namespace

Parsed<std::shared_ptr<const Rcfile>> read_rcfile(std::string_view source, std::string file, const ReadLimits& limits) {
  auto rcfile = std::make_shared<Rcfile>();
  rcfile->file = std::move(file);
  if (source.size() > limits.octets_max) {
    return Diagnostics{{Severity::error, {rcfile->file, 0, 0}, "the file is larger than 4 MB", {}, {}}};
  }
  rcfile->source = std::string(source);
  Diagnostics errors = Reader(*rcfile, limits).run();
  if (!errors.empty()) return errors;
  return std::shared_ptr<const Rcfile>(std::move(rcfile));
}

std::string source_of(const Rcfile& rcfile, const Recipe& recipe) {
  std::string text;
  int line = 1;
  for (std::string_view rest = rcfile.source; !rest.empty() && line <= recipe.action.last_line; ++line) {
    const std::size_t end = rest.find('\n');
    if (line >= recipe.at.line) text += std::string(rest.substr(0, end)) + "\n";
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return text;
}

}  // namespace watershed::procmail
