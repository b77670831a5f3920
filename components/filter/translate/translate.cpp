// Recipes in their order, as Sieve commands. See translate.hpp.
#include "components/filter/translate/translate.hpp"

#include "base/text.hpp"
#include "components/filter/rules/effect.hpp"
#include "components/filter/translate/action.hpp"
#include "components/filter/translate/sieve_test.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::rules {

using procmail::Assignment;
using procmail::Recipe;
using procmail::Statement;
using procmail::Statements;

namespace {

using Verdict = TranslatedRecipe::Verdict;

// RFC 5228 §2.1, §8.1: scripts are UTF-8, and no string holds a NUL.
bool is_sieve_text(std::string_view text) { return is_utf8(text) && text.find('\0') == std::string_view::npos; }
constexpr std::string_view not_text = "it has octets that are not UTF-8, or a NUL, which no Sieve script can have";
constexpr std::string_view not_text_nearest = "write them as UTF-8, if that is how the messages and folders have them";

class Translator {
 public:
  explicit Translator(const procmail::Rcfile& rcfile) : rcfile_(rcfile) { known_["1"] = "$1"; }

  Translation run() {
    const std::string body = statements(rcfile_.statements, 0);
    Translation result;
    result.recipes.resize(rcfile_.recipes.size());
    for (auto& [number, recipe] : recipes_) result.recipes[number] = std::move(recipe);
    result.others = std::move(others_);
    const auto refused = std::count_if(result.recipes.begin(), result.recipes.end(),
                                       [](const TranslatedRecipe& one) { return one.verdict == Verdict::refused; });
    result.script = fmt::format("# Translated from {}. RFC 5228.\n", rcfile_.file);
    if (refused > 0 || !result.others.empty()) {
      result.script += fmt::format(
          "# {} part(s) could not be translated, see REFUSED below: until they are written by hand, "
          "this script does not replace the old file.\n",
          refused + static_cast<std::ptrdiff_t>(result.others.size()));
    }
    if (!extensions_.empty()) {
      result.script += fmt::format("require {};\n", quoted_list({extensions_.begin(), extensions_.end()}));
    }
    result.script += body;
    return result;
  }

 private:
  /// What recipes with A or E ask about, for one nesting level.
  struct Chain {
    SieveTest last{.text = "true"};         ///< the last recipe without A and a
    SieveTest previous{.text = "false"};    ///< the one before, an E chain as one
    bool awaits_new_correspondent = false;  ///< after `formail -rD`
  };

  std::string indent(int depth) const { return std::string(static_cast<std::size_t>(depth) * 4, ' '); }

  std::string statements(const Statements& list, int depth) {
    std::string text;
    Chain chain;
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (const auto* one = std::get_if<Assignment>(&list[i].what)) {
        text += assignment(*one, i + 1 < list.size() ? &list[i + 1] : nullptr, depth, i);
      } else {
        text += recipe(std::get<Recipe>(list[i].what), chain, depth);
      }
    }
    return text;
  }

  std::string assignment(const Assignment& one, const Statement* next, int depth, std::size_t& index) {
    const SourcePosition at{rcfile_.file, one.at.line, one.at.column};
    // EXITCODE=77 with HOST behind it: the mailer gets an error and bounces the message.
    const auto* follows = next != nullptr ? std::get_if<Assignment>(&next->what) : nullptr;
    if (one.name == "EXITCODE" && follows != nullptr && follows->name == "HOST" && one.value) {
      ++index;
      extensions_.insert("reject");
      return fmt::format("{}reject \"This mailbox does not take the message.\";\n{}stop;\n", indent(depth),
                         indent(depth));
    }
    static constexpr std::string_view harmless[] = {"LOGFILE",  "LOG",     "VERBOSE",   "LOGABSTRACT",   "SHELL",
                                                    "PATH",     "UMASK",   "COMSAT",    "LOCKSLEEP",     "LOCKTIMEOUT",
                                                    "TIMEOUT",  "LINEBUF", "SENDMAIL",  "SENDMAILFLAGS", "LOCKEXT",
                                                    "LOCKFILE", "SUSPEND", "NORESRETRY"};
    const bool is_harmless = std::find(std::begin(harmless), std::end(harmless), one.name) != std::end(harmless);
    if (one.name == "MAILDIR" || one.name == "DEFAULT") {
      remember(one);
      return {};
    }
    if (is_harmless) {
      remember(one);
      return {};
    }
    if (one.name == "INCLUDERC" || one.name == "SWITCHRC" || one.name == "HOST" || one.name == "TRAP" ||
        one.name == "EXITCODE" || one.name == "ORGMAIL" || one.name == "SHIFT" || one.name == "DELIVERED") {
      others_.push_back({.at = at,
                         .verdict = Verdict::refused,
                         .assumptions = {},
                         .reason = fmt::format("{} changes how the file is run", one.name),
                         .nearest = one.name == "INCLUDERC" ? "translate that file too, and include it (RFC 6609)"
                                                            : "write it by hand"});
      return fmt::format("{}# REFUSED {}: {}\n", indent(depth), to_file_line(at), others_.back().reason);
    }
    remember(one);
    return {};
  }

  void remember(const Assignment& one) {
    known_.erase(one.name);
    if (!one.value) return;
    std::string value;
    for (const procmail::Piece& piece : one.value->pieces) {
      if (piece.kind == procmail::Piece::Kind::literal) {
        value += piece.text;
        continue;
      }
      const auto found = known_.find(piece.text);
      if (piece.kind != procmail::Piece::Kind::variable || piece.operation != '\0' || found == known_.end()) return;
      value += found->second;
    }
    known_[one.name] = value;
  }

  std::string comment(const Recipe& one, int depth) const {
    std::string text;
    const std::string source = source_of(rcfile_, one);
    const std::string_view shown = one.action.block ? std::string_view(source).substr(0, source.find('{')) : source;
    text += fmt::format("\n{}# {}:{}\n", indent(depth), rcfile_.file, one.at.line);
    for (const std::string_view line : split(shown, "\n")) {
      if (!trim(line).empty()) text += fmt::format("{}#   {}\n", indent(depth), printable(trim(line)));
    }
    return text;
  }

  std::string refuse(const Recipe& one, TranslatedRecipe verdict, std::string reason, std::string nearest, int depth) {
    verdict.verdict = Verdict::refused;
    verdict.reason = std::move(reason);
    verdict.nearest = std::move(nearest);
    const std::string text = comment(one, depth) + fmt::format("{0}# REFUSED: {1}\n{0}# By hand: {2}\n", indent(depth),
                                                               verdict.reason, verdict.nearest);
    recipes_[one.number] = std::move(verdict);
    if (one.action.block) refuse_block(*one.action.block);
    return text;
  }

  /// What stands in a block that is refused is refused with it.
  void refuse_block(const Statements& list) {
    for (const Statement& statement : list) {
      const auto* one = std::get_if<Recipe>(&statement.what);
      if (one == nullptr) continue;
      recipes_[one->number] = {.at = {rcfile_.file, one->at.line, one->at.column},
                               .verdict = Verdict::refused,
                               .assumptions = {},
                               .reason = "the block around it is refused",
                               .nearest = "see the block's recipe"};
      if (one->action.block) refuse_block(*one->action.block);
    }
  }

  std::string recipe(const Recipe& one, Chain& chain, int depth) {
    TranslatedRecipe verdict{
        .at = {rcfile_.file, one.at.line, one.at.column}, .assumptions = {}, .reason = {}, .nearest = {}};
    const procmail::Flags& flags = one.flags;
    std::vector<SieveTest> tests;
    if (flags.also || flags.also_succeeded) tests.push_back(chain.last);
    if (flags.otherwise) tests.push_back(negated(chain.previous));
    for (const procmail::ConditionLine& line : one.conditions) tests.push_back(test_of(one, line, known_));
    SieveTest test = all_of(std::move(tests));
    if (!is_sieve_text(test.text)) {
      test = {};
      test.refusal = not_text;
      test.nearest = not_text_nearest;
    }
    const bool answers_new = flags.on_error && chain.awaits_new_correspondent;
    if (flags.otherwise && !chain.previous.is_refused() && !test.is_refused()) {
      chain.previous = any_of({chain.previous, test});
    } else {
      chain.previous = test;
    }
    if (!flags.also && !flags.also_succeeded) chain.last = test;
    chain.awaits_new_correspondent = false;
    if (flags.on_error && !answers_new) {
      return refuse(one, std::move(verdict), "it is taken only where the action before failed",
                    "Sieve keeps a message whose action fails; nothing else can be said", depth);
    }
    if (test.is_refused()) return refuse(one, std::move(verdict), test.refusal, test.nearest, depth);
    if (flags.also_succeeded) verdict.assumptions.push_back("the action before succeeds");
    for (std::string& assumption : test.assumptions) verdict.assumptions.push_back(std::move(assumption));
    for (const std::string& extension : test.extensions) extensions_.insert(extension);
    if (one.action.block) return block(one, test, std::move(verdict), depth);
    SieveAction action = action_of(one, known_, test.match_group, answers_new);
    const auto is_text = [](const std::string& command) { return is_sieve_text(command); };
    if (!std::all_of(action.commands.begin(), action.commands.end(), is_text)) {
      action.refusal = not_text;
      action.nearest = not_text_nearest;
    }
    if (!action.refusal.empty()) return refuse(one, std::move(verdict), action.refusal, action.nearest, depth);
    chain.awaits_new_correspondent = action.remembers_correspondents;
    for (std::string& assumption : action.assumptions) verdict.assumptions.push_back(std::move(assumption));
    for (const std::string& extension : action.extensions) extensions_.insert(extension);
    if (action.own_test) test = all_of({test, SieveTest{.text = *action.own_test}});
    verdict.verdict = verdict.assumptions.empty() ? Verdict::exact : Verdict::assumption;
    std::string text = comment(one, depth);
    for (const std::string& assumption : verdict.assumptions)
      text += fmt::format("{}# assumes: {}\n", indent(depth), assumption);
    recipes_[one.number] = std::move(verdict);
    return text + command(test.text, action.commands, depth);
  }

  std::string command(const std::string& test, const std::vector<std::string>& commands, int depth) const {
    if (commands.empty() || test == "false") return indent(depth) + "# nothing to do\n";
    std::string text;
    const bool is_bare = test == "true";
    if (!is_bare) text += fmt::format("{}if {} {{\n", indent(depth), test);
    for (const std::string& one : commands) text += fmt::format("{}{}\n", indent(is_bare ? depth : depth + 1), one);
    if (!is_bare) text += indent(depth) + "}\n";
    return text;
  }

  std::string block(const Recipe& one, const SieveTest& test, TranslatedRecipe verdict, int depth) {
    if (one.flags.copy) {
      return refuse(one, std::move(verdict), "a block with the c flag goes on as a second run of the whole file",
                    "give each action in the block the c flag, if that is what was meant", depth);
    }
    // What is assigned in the block is not known behind it, unless the block is always run.
    const KnownValues before = known_;
    const std::string inner = statements(*one.action.block, test.text == "true" ? depth : depth + 1);
    if (test.text != "true") {
      for (auto value = known_.begin(); value != known_.end();) {
        const auto was = before.find(value->first);
        value = was == before.end() || was->second != value->second ? known_.erase(value) : std::next(value);
      }
    }
    verdict.verdict = verdict.assumptions.empty() ? Verdict::exact : Verdict::assumption;
    std::string text = comment(one, depth);
    for (const std::string& assumption : verdict.assumptions)
      text += fmt::format("{}# assumes: {}\n", indent(depth), assumption);
    recipes_[one.number] = std::move(verdict);
    if (test.text == "true") return text + inner;
    if (test.text == "false") return text + indent(depth) + "# nothing to do\n";
    return text + fmt::format("{0}if {1} {{\n{2}{0}}}\n", indent(depth), test.text, inner);
  }

  const procmail::Rcfile& rcfile_;
  KnownValues known_;
  std::set<std::string> extensions_;
  std::map<std::uint32_t, TranslatedRecipe> recipes_;
  std::vector<TranslatedRecipe> others_;
};

}  // namespace

bool Translation::is_complete() const {
  const auto is_refused = [](const TranslatedRecipe& one) { return one.verdict == Verdict::refused; };
  return others.empty() && std::none_of(recipes.begin(), recipes.end(), is_refused);
}

Translation translate(const procmail::Rcfile& rcfile) { return Translator(rcfile).run(); }

std::string to_string(const TranslatedRecipe& recipe) {
  switch (recipe.verdict) {
    case Verdict::exact:
      return "exact";
    case Verdict::assumption:
      return fmt::format("assumption: {}", fmt::join(recipe.assumptions, "; "));
    case Verdict::refused:
      break;
  }
  return fmt::format("refused: {}{}", recipe.reason,
                     recipe.nearest.empty() ? "" : " (by hand: " + recipe.nearest + ")");
}

}  // namespace watershed::rules
