// The part of sh(1) that recipes use: lists, pipelines, groups, redirections. See known_programs.hpp.
#include "components/filter/procmail/known_programs.hpp"

#include "base/text.hpp"
#include "components/filter/procmail/environment.hpp"
#include "components/filter/procmail/scanner.hpp"
#include "components/filter/procmail/sendmail_arguments.hpp"

#include <algorithm>

namespace watershed::procmail {

namespace {

constexpr std::string_view shell_signs = "|;&()<>";
constexpr std::size_t groups_max = 20;

class Shell {
 public:
  Shell(std::string_view text, const Environment& environment, IdCaches& caches, ProgramResult& result)
      : scanner_(text), environment_(environment), caches_(caches), result_(result) {}

  std::optional<ProgramOutput> run(const std::string& input) {
    auto output = list(input, 0);
    scanner_.skip_blanks_and_lines();
    if (!scanner_.at_end()) return std::nullopt;
    return output;
  }

 private:
  std::optional<ProgramOutput> list(const std::string& input, std::size_t depth) {
    if (depth > groups_max) return std::nullopt;
    ProgramOutput all;
    // What one command of a list reads, the next finds no more: the first that reads has it all.
    std::string rest = input;
    bool runs = true;
    while (true) {
      scanner_.skip_blanks_and_lines();
      if (scanner_.at_end() || scanner_.peek() == ')') return all;
      is_running_ = runs && (depth == 0 || is_running_);
      const auto one = pipeline(rest, depth);
      if (!one) return std::nullopt;
      if (runs) {
        all.output += one->output;
        all.exit_code = one->exit_code;
      }
      scanner_.skip_blanks();
      const char sign = scanner_.peek();
      const char next = scanner_.peek(1);
      if (sign == ';' || sign == '\n') {
        scanner_.take();
        runs = true;
      } else if ((sign == '&' && next == '&') || (sign == '|' && next == '|')) {
        scanner_.take();
        scanner_.take();
        // A command that is not run is read all the same; what it would do must leave no trace.
        runs = (sign == '&') == (all.exit_code == 0);
        if (!runs) return std::nullopt;
      } else if (!scanner_.at_end() && sign != ')') {
        return std::nullopt;
      }
    }
  }

  std::optional<ProgramOutput> pipeline(std::string& input, std::size_t depth) {
    auto output = command(input, depth);
    while (output) {
      scanner_.skip_blanks();
      if (scanner_.peek() != '|' || scanner_.peek(1) == '|') return output;
      scanner_.take();
      std::string between = std::move(output->output);
      output = command(between, depth);
    }
    return output;
  }

  std::optional<ProgramOutput> command(std::string& input, std::size_t depth) {
    scanner_.skip_blanks_and_lines();
    if (scanner_.peek() == '(') {
      scanner_.take();
      auto output = list(input, depth + 1);
      input.clear();
      if (!output || scanner_.peek() != ')') return std::nullopt;
      scanner_.take();
      return redirected(std::move(*output));
    }
    std::vector<Word> words;
    while (true) {
      scanner_.skip_blanks();
      if (scanner_.at_end() || scanner_.peek() == '\n' || shell_signs.find(scanner_.peek()) != std::string_view::npos)
        break;
      words.push_back(scanner_.word(shell_signs));
    }
    const CommandRunner none = [](const std::string&) { return std::string(); };
    const std::vector<std::string> arguments = expand_arguments(words, environment_, none);
    for (const Word& word : words) {
      for (const Piece& piece : word.pieces) {
        if (piece.kind == Piece::Kind::command) return std::nullopt;
      }
    }
    if (arguments.empty()) return std::nullopt;
    auto output = program(arguments, input);
    if (!output) return std::nullopt;
    return redirected(std::move(*output));
  }

  /// Output that goes to /dev/null is gone; any other file is nothing that can be known.
  std::optional<ProgramOutput> redirected(ProgramOutput output) {
    scanner_.skip_blanks();
    if (scanner_.peek() != '>') return output;
    scanner_.take();
    if (scanner_.peek() == '>') scanner_.take();
    scanner_.skip_blanks();
    const Word target = scanner_.word(shell_signs);
    if (target.pieces.size() != 1 || target.pieces.front().text != "/dev/null") return std::nullopt;
    output.output.clear();
    return output;
  }

  std::optional<ProgramOutput> program(const std::vector<std::string>& arguments, std::string& input) {
    const std::string name = arguments.front().substr(arguments.front().rfind('/') + 1);
    const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    if (name == "formail") {
      return formail(rest, std::exchange(input, {}), caches_, environment_.value_of("MAILDIR"));
    }
    if (name == "cat" && (rest.empty() || rest == std::vector<std::string>{"-"})) {
      return ProgramOutput{0, std::exchange(input, {})};
    }
    if (name == "true" || name == ":") return ProgramOutput{};
    if (name == "false") return ProgramOutput{1, {}};
    if (name == "exit" && rest.size() == 1) return ProgramOutput{std::atoi(rest.front().c_str()), {}};
    if (name == "echo") return echo(rest);
    if (name == "test" || name == "[") return test(rest);
    if (is_sendmail(name)) return sendmail(rest, std::exchange(input, {}));
    return std::nullopt;
  }

  static ProgramOutput echo(std::vector<std::string> words) {
    const bool has_newline = words.empty() || words.front() != "-n";
    if (!has_newline) words.erase(words.begin());
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return {0, text + (has_newline ? "\n" : "")};
  }

  static std::optional<ProgramOutput> test(std::vector<std::string> words) {
    if (!words.empty() && words.back() == "]") words.pop_back();
    const auto says = [](bool holds) { return ProgramOutput{holds ? 0 : 1, {}}; };
    if (words.size() == 1) return says(!words[0].empty());
    if (words.size() == 2 && words[0] == "-n") return says(!words[1].empty());
    if (words.size() == 2 && words[0] == "-z") return says(words[1].empty());
    if (words.size() != 3) return std::nullopt;
    const long long left = std::atoll(words[0].c_str());
    const long long right = std::atoll(words[2].c_str());
    if (words[1] == "=") return says(words[0] == words[2]);
    if (words[1] == "!=") return says(words[0] != words[2]);
    if (words[1] == "-eq") return says(left == right);
    if (words[1] == "-ne") return says(left != right);
    if (words[1] == "-gt") return says(left > right);
    if (words[1] == "-ge") return says(left >= right);
    if (words[1] == "-lt") return says(left < right);
    if (words[1] == "-le") return says(left <= right);
    return std::nullopt;
  }

  std::optional<ProgramOutput> sendmail(const std::vector<std::string>& options, std::string input) {
    Delivery delivery;
    delivery.kind = Delivery::Kind::forward;
    delivery.is_answer = true;
    delivery.options = options;
    delivery.text = std::make_shared<const MailText>(std::move(input));
    SendmailArguments arguments = sendmail_arguments_of(delivery);
    if (!arguments.not_understood.empty()) result_.assumption = arguments.not_understood;
    // Seen in Postfix 3.7: EX_TEMPFAIL, and nothing is sent.
    constexpr int exit_temporary_failure = 75;
    if (arguments.recipients.empty()) return ProgramOutput{exit_temporary_failure, {}};
    delivery.arguments = std::move(arguments.recipients);
    result_.sent.push_back(std::move(delivery));
    return ProgramOutput{};
  }

  Scanner scanner_;
  const Environment& environment_;
  IdCaches& caches_;
  ProgramResult& result_;
  bool is_running_ = true;
};

}  // namespace

std::optional<ProgramResult> KnownPrograms::run(std::string_view command, const MailText& input,
                                                const Environment& environment) {
  ProgramResult result;
  const auto output = Shell(command, environment, caches_, result).run(std::string(input.text()));
  if (!output) return std::nullopt;
  result.exit_code = output->exit_code;
  result.output = output->output;
  return result;
}

}  // namespace watershed::procmail
