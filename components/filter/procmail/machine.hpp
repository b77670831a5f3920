// The inside of one run: where it is in the rcfiles, variables, what the recipes before did. A block with the c flag
// runs on in a copy of all this, as procmail's clone does.
#pragma once

#include "components/filter/procmail/condition.hpp"
#include "components/filter/procmail/environment.hpp"
#include "components/filter/procmail/evaluate.hpp"

#include <memory>
#include <string>
#include <vector>

namespace watershed::procmail {

/// Shared by a run and its clones.
struct Run {
  const Input& input;
  Outcome outcome;
  std::size_t steps = 0;
  std::size_t clones = 0;
  std::size_t searched_octets = 0;
  std::vector<std::string> folders_made;
};

class Machine {
 public:
  Machine(Run& run, std::shared_ptr<const Rcfile> rcfile);

  /// To the end: through the files, then DEFAULT, then TRAP.
  void finish();

 private:
  /// What flags ask about the recipes before, for each nesting level. procmailrc(5): A, a, E, e.
  struct Level {
    std::shared_ptr<const Rcfile> rcfile;
    const Statements* statements = nullptr;
    std::size_t next = 0;
    bool is_file = false;       ///< an rcfile's own level: its end ends the file
    bool last_matched = false;  ///< the last recipe without A or a
    bool previous_ran = false;  ///< the one just before, an E chain counted as one
  };

  // machine.cpp
  bool step();  ///< false at the end of everything
  void assign(const Assignment& assignment);
  void special(const std::string& name, const std::string& value, bool is_unset, SourcePosition at);
  void change_folder(const std::string& folder);
  bool overflows(std::size_t octets);  ///< LINEBUF
  void include(const std::string& path, bool instead, SourcePosition at);
  void stop(SourcePosition at);
  void deliver_default();
  void fail(SourcePosition at, std::string message);
  bool failed() const { return run_.outcome.error.has_value(); }

  // machine_recipe.cpp
  void recipe(const Recipe& recipe);
  bool is_admitted(const Recipe& recipe) const;
  bool conditions_hold(const Recipe& recipe);
  bool holds(const Recipe& recipe, const ConditionLine& line, double& score, bool& has_weight);
  bool matches(const Recipe& recipe, const Condition& condition, SourcePosition at, double& score);
  bool expression_holds(const Recipe& recipe, const Condition& condition, SourcePosition at, double& score);
  bool size_holds(const Recipe& recipe, const Condition& condition, double& score);
  bool program_holds(const Condition& condition, SourcePosition at, double& score);
  std::string area_of(const Recipe& recipe, const Condition& condition) const;

  // machine_action.cpp
  /// True where the action went well.
  bool act(const Recipe& recipe);
  bool into_folder(const Recipe& recipe);
  bool forward(const Recipe& recipe);
  bool program(const Recipe& recipe);
  void filtered(const Flags& flags, const std::string& output);
  Level inner_level(const Recipe& recipe) const;
  void clone_into(const Recipe& recipe);
  bool folder_takes(const std::string& path, Delivery& delivery);
  std::string file_in(const std::string& path, const Delivery& delivery) const;
  std::string shown_command(const std::string& command, SourcePosition at);
  void record(Delivery delivery, const Recipe* recipe);
  /// Nothing where the program is not known: then it is assumed to succeed without a word.
  std::optional<ProgramResult> run_program(const std::string& command, const MailText& input, SourcePosition at);
  MailText fed(const Recipe& recipe) const;

  std::string expanded(const Word& word, SourcePosition at);
  std::vector<std::string> expanded_arguments(const std::vector<Word>& words, SourcePosition at);
  SourcePosition position(Place at) const { return {levels_.back().rcfile->file, at.line, at.column}; }
  void assume(SourcePosition at, std::string text);

  Run& run_;
  Environment environment_;
  std::shared_ptr<const MailText> mail_;
  std::vector<Level> levels_;
  bool succeeded_ = false;  ///< the last action
  bool delivered_ = false;
  bool vanished_ = false;
  SourcePosition ended_at_;
};

}  // namespace watershed::procmail
