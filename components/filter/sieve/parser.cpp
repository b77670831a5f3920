// The grammar of Sieve, by recursive descent with one token ahead. See parser.hpp.
#include "components/filter/sieve/parser.hpp"

#include "components/filter/sieve/lexer.hpp"

#include <fmt/format.h>

#include <utility>

namespace watershed::sieve {

namespace {

class Parser {
 public:
  Parser(std::string_view source, const Limits& limits, Report& report)
      : lexer_(source, limits, report), limits_(limits), report_(report), token_(lexer_.next()) {}

  std::vector<ast::Node> script() {
    std::vector<ast::Node> commands;
    while (token_.kind != TokenKind::end) {
      if (token_.is('}')) {
        report_.error(token_.at, "found '}' but no block is open here; expected a command");
        take();
        continue;
      }
      command(commands);
    }
    return commands;
  }

 private:
  Token take() { return std::exchange(token_, lexer_.next()); }

  /// Skips to behind the `;` or block that ends the broken command, but not over a `}` that closes an outer block.
  void recover() {
    std::size_t open = 0;
    while (token_.kind != TokenKind::end) {
      if (token_.is('}') && open == 0) return;
      const Token skipped = take();
      if (skipped.is('{')) ++open;
      if (skipped.is('}') && --open == 0) return;
      if (skipped.is(';') && open == 0) return;
    }
  }

  // command = identifier arguments (";" / block)
  void command(std::vector<ast::Node>& commands) {
    if (token_.kind != TokenKind::identifier) {
      report_.error(token_.at, fmt::format("found {}; expected a command", describe(token_)));
      recover();
      return;
    }
    ast::Node node;
    if (!head(node)) {
      recover();
      return;
    }
    if (token_.is(';')) {
      take();
    } else if (token_.is('{')) {
      block(node);
    } else {
      // A string or comment that is never closed has been reported, and swallowed what ends the command.
      if (!(token_.kind == TokenKind::end && report_.has_errors())) {
        report_.error(token_.at, fmt::format("found {}; expected end of command ';' or the beginning of a compound "
                                             "block '{{' for the command '{}' of line {}",
                                             describe(token_), node.name, node.at.line));
      }
      // A forgotten ';' is likelier than anything else: an identifier here starts the next command.
      if (token_.kind != TokenKind::identifier) recover();
    }
    commands.push_back(std::move(node));
  }

  void block(ast::Node& node) {
    const Token opened = take();
    node.has_block = true;
    const bool too_deep = ++block_depth_ >= limits_.nesting_max;
    if (too_deep) {
      report_.error(opened.at, fmt::format("cannot nest command blocks deeper than {} levels", limits_.nesting_max));
      skip_block();
    } else {
      while (token_.kind != TokenKind::end && !token_.is('}')) command(node.block);
      if (token_.kind == TokenKind::end) {
        report_.error(opened.at, "this block is never closed; expected '}' before the end of the file");
      } else {
        take();
      }
    }
    --block_depth_;
  }

  void skip_block() {
    for (std::size_t open = 1; open > 0 && token_.kind != TokenKind::end;) {
      const Token skipped = take();
      if (skipped.is('{')) ++open;
      if (skipped.is('}')) --open;
    }
  }

  // identifier *argument [test / test-list]
  bool head(ast::Node& node) {
    const Token name = take();
    node.name = name.text;
    node.at = name.at;
    while (is_argument()) {
      if (!argument(node)) return false;
    }
    if (token_.kind == TokenKind::identifier) return test(node);
    if (token_.is('(')) return test_list(node);
    return true;
  }

  bool is_argument() const {
    return token_.kind == TokenKind::string || token_.kind == TokenKind::number || token_.kind == TokenKind::tag ||
           token_.is('[');
  }

  bool argument(ast::Node& node) {
    ast::Argument argument;
    argument.at = token_.at;
    if (token_.is('[')) {
      argument.kind = ast::ArgumentKind::string_list;
      if (!string_list(argument)) return false;
    } else {
      Token token = take();
      argument.number = token.number;
      if (token.kind == TokenKind::string) {
        argument.kind = ast::ArgumentKind::string;
        argument.strings.push_back({std::move(token.text), token.at});
      } else if (token.kind == TokenKind::tag) {
        argument.kind = ast::ArgumentKind::tag;
        argument.tag = std::move(token.text);
      } else {
        argument.kind = ast::ArgumentKind::number;
      }
    }
    node.arguments.push_back(std::move(argument));
    return true;
  }

  // string-list = "[" string *("," string) "]"
  bool string_list(ast::Argument& argument) {
    const Token opened = take();
    while (true) {
      if (token_.kind != TokenKind::string) {
        report_.error(token_.at, fmt::format("found {}; expected a string in the list that '[' opens on line {}",
                                             describe(token_), opened.at.line));
        return false;
      }
      Token string = take();
      argument.strings.push_back({std::move(string.text), string.at});
      if (token_.is(']')) {
        take();
        return true;
      }
      if (!token_.is(',')) {
        report_.error(token_.at, fmt::format("found {}; expected ',' or ']' in the list that '[' opens on line {}",
                                             describe(token_), opened.at.line));
        return false;
      }
      take();
    }
  }

  bool test(ast::Node& node) {
    if (token_.kind != TokenKind::identifier) {
      report_.error(token_.at, fmt::format("found {}; expected a test", describe(token_)));
      return false;
    }
    if (++test_depth_ >= limits_.nesting_max) {
      report_.error(token_.at, fmt::format("cannot nest tests deeper than {} levels", limits_.nesting_max));
      --test_depth_;
      return false;
    }
    ast::Node inner;
    const bool read = head(inner);
    node.tests.push_back(std::move(inner));
    --test_depth_;
    return read;
  }

  // test-list = "(" test *("," test) ")"
  bool test_list(ast::Node& node) {
    const Token opened = take();
    node.has_test_list = true;
    while (true) {
      if (!test(node)) return false;
      if (token_.is(')')) {
        take();
        return true;
      }
      if (!token_.is(',')) {
        report_.error(token_.at, fmt::format("found {}; expected ',' or ')' in the test list that '(' opens on line {}",
                                             describe(token_), opened.at.line));
        return false;
      }
      take();
    }
  }

  Lexer lexer_;
  const Limits& limits_;
  Report& report_;
  Token token_;
  std::size_t block_depth_ = 0;
  std::size_t test_depth_ = 0;
};

}  // namespace

std::vector<ast::Node> parse(std::string_view source, const Limits& limits, Report& report) {
  if (source.size() > limits.script_octets_max) {
    report.error({},
                 fmt::format("sieve script is too large ({} octets, max {})", source.size(), limits.script_octets_max));
    return {};
  }
  if (source.starts_with("\xEF\xBB\xBF")) source.remove_prefix(3);  // a byte order mark says nothing
  return Parser(source, limits, report).script();
}

}  // namespace watershed::sieve
