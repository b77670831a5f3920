// See side.hpp.
#include "harness/rules/side.hpp"

#include "components/filter/procmail/condition.hpp"
#include "components/filter/rules/builtin_engines.hpp"
#include "components/filter/sieve/folder_library.hpp"
#include "harness/rules/real_engines.hpp"
#include "harness/world/shown.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::harness {

namespace {

SideFault bad(Diagnostics diagnostics) { return {std::move(diagnostics), {}}; }

SideFault bad(const std::string& file, std::string message) {
  return bad(Diagnostics{{Severity::error, {file, 0, 0}, std::move(message), {}, {}}});
}

/// Things that the real procmail would do on this machine and not only in its scratch folder.
class Dangers {
 public:
  explicit Dangers(const procmail::Rcfile& rcfile) : rcfile_(rcfile) { statements(rcfile.statements); }

  Diagnostics found;

 private:
  void add(procmail::Place at, std::string_view what) {
    found.push_back(
        {Severity::error,
         {rcfile_.file, at.line, at.column},
         fmt::format("{}; the real procmail would do that here, so --engine procmail does not run this file", what),
         {},
         "compare with the builtin engine"});
  }
  void word(const procmail::Word& word, bool may_be_absolute) {
    for (const procmail::Piece& piece : word.pieces) {
      if (piece.kind == procmail::Piece::Kind::command) add(word.at, "runs a program");
    }
    const bool is_absolute = !word.pieces.empty() && word.pieces.front().text.starts_with('/') &&
                             word.pieces.front().kind == procmail::Piece::Kind::literal;
    if (is_absolute && !may_be_absolute && word.pieces.front().text != "/dev/null")
      add(word.at, "names an absolute path");
  }
  void statements(const procmail::Statements& list) {
    for (const procmail::Statement& statement : list) {
      if (const auto* one = std::get_if<procmail::Assignment>(&statement.what)) {
        static constexpr std::string_view replaced[] = {"SHELL", "PATH", "LOGFILE", "SENDMAIL", "MAILDIR", "DEFAULT"};
        const bool may = std::find(std::begin(replaced), std::end(replaced), one->name) != std::end(replaced);
        if (one->value) word(*one->value, may);
        if (one->name == "TRAP") add(one->at, "runs a program");
        continue;
      }
      const auto& recipe = std::get<procmail::Recipe>(statement.what);
      for (const procmail::ConditionLine& line : recipe.conditions) {
        const auto kind = procmail::parse_condition(line.text).kind;
        if (kind == procmail::Condition::Kind::program) add(line.at, "asks a program");
      }
      if (recipe.action.kind == procmail::Action::Kind::program) add(recipe.action.at, "runs a program");
      for (const procmail::Word& one : recipe.action.words) word(one, false);
      if (recipe.action.block) statements(*recipe.action.block);
    }
  }

  const procmail::Rcfile& rcfile_;
};

Result<Side, SideFault> open_sieve(Side side, const std::string& engine) {
  const std::filesystem::path folder = std::filesystem::path(side.path).parent_path();
  const sieve::FolderLibrary library({{folder, std::filesystem::path(side.file).parent_path().string()}}, {});
  sieve::CompileOptions options;
  options.library = &library;
  auto script = sieve::compile(side.source, side.file, options);
  if (!script) return bad(script.error());
  if (engine == "builtin") {
    side.engine = std::make_unique<rules::SieveEngine>(*script);
    return side;
  }
  if (engine != "pigeonhole") return bad(side.file, fmt::format("{} runs no Sieve scripts", engine));
  if (!has_program("sieve-test")) return SideFault{{}, "sieve-test (Debian: dovecot-sieve)"};
  const bool includes = script->requires_extension(sieve::Extension::include);
  side.engine = pigeonhole_engine(side.source, !includes        ? std::filesystem::path()
                                               : folder.empty() ? std::filesystem::path(".")
                                                                : folder);
  return side;
}

Result<Side, SideFault> open_procmail(Side side, const std::string& engine) {
  auto rcfile = procmail::read_rcfile(side.source, side.file);
  if (!rcfile) return bad(rcfile.error());
  side.rcfile = *rcfile;
  if (engine == "builtin") {
    side.engine = std::make_unique<rules::ProcmailEngine>(*rcfile);
    return side;
  }
  if (engine != "procmail") return bad(side.file, fmt::format("{} runs no procmailrc files", engine));
  if (!has_program("procmail")) return SideFault{{}, "procmail"};
  if (Dangers dangers(**rcfile); !dangers.found.empty()) return bad(std::move(dangers.found));
  side.engine = procmail_engine(side.source);
  return side;
}

// Its filter language is not read here: only the real program knows what a rule means, and no coverage comes of it.
Result<Side, SideFault> open_maildrop(Side side) {
  if (side.language == RuleLanguage::sieve) return bad(side.file, "maildrop runs no Sieve scripts");
  side.language = RuleLanguage::maildrop;
  if (!has_program("maildrop")) return SideFault{{}, "maildrop"};
  if (Diagnostics dangers = maildrop_dangers(side.source, side.file); !dangers.empty()) return bad(std::move(dangers));
  side.engine = maildrop_engine(side.source);
  return side;
}

}  // namespace

Result<Side, SideFault> open_side(const std::string& file, const std::string& engine, const std::string& shown) {
  const std::string& name = shown.empty() ? file : shown;
  const auto source = read_text(file, name, {name, 0, 0});
  if (!source) return bad(source.error());
  Side side;
  side.path = file;
  side.file = name;
  side.source = *source;
  side.language = file.ends_with(".sieve") ? RuleLanguage::sieve : RuleLanguage::procmail;
  if (engine == "maildrop") return open_maildrop(std::move(side));
  return side.language == RuleLanguage::sieve ? open_sieve(std::move(side), engine)
                                              : open_procmail(std::move(side), engine);
}

std::vector<rules::Demand> demands_of(const Side& before, const Side& after, std::uint64_t seed) {
  rules::Random random(seed);
  std::vector<rules::Demand> all;
  for (const Side* side : {&before, &after}) {
    if (side->language == RuleLanguage::maildrop) continue;  // the other side's demands have to do
    auto some = side->language == RuleLanguage::sieve ? rules::demands_of_sieve(side->source, side->file, random)
                                                      : rules::demands_of(*side->rcfile, random);
    for (rules::Demand& one : some) all.push_back(std::move(one));
  }
  return all;
}

}  // namespace watershed::harness
