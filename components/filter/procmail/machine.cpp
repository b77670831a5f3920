// Going through an rcfile: assignments, the special variables, the end. See machine.hpp.
#include "components/filter/procmail/machine.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace watershed::procmail {

Machine::Machine(Run& run, std::shared_ptr<const Rcfile> rcfile)
    : run_(run), environment_(run.input, rcfile->file), mail_(std::make_shared<const MailText>(run.input.mail)) {
  const Statements* statements = &rcfile->statements;
  levels_.push_back({std::move(rcfile), statements, 0, true, false, false});
}

void Machine::fail(SourcePosition at, std::string message) {
  if (!failed()) run_.outcome.error = Diagnostic{Severity::error, std::move(at), std::move(message), {}, {}};
}

void Machine::assume(SourcePosition at, std::string text) {
  const Assumption one{std::move(at), std::move(text)};
  for (const Assumption& known : run_.outcome.assumptions) {
    if (known == one) return;
  }
  run_.outcome.assumptions.push_back(one);
}

void Machine::finish() {
  while (!failed() && !delivered_ && step()) {
  }
  if (failed()) return;
  if (!delivered_ && !vanished_) deliver_default();
  const std::string trap = environment_.value_of("TRAP");
  if (!trap.empty()) run_program(trap, *mail_, ended_at_);
  // procmailrc(5), EXITCODE: a positive number is what procmail returns, whatever became of the message.
  int code = delivered_ || vanished_ ? 0 : 73;
  const int wanted = std::atoi(environment_.value_of("EXITCODE").c_str());
  if (wanted > 0) code = wanted;
  Outcome& outcome = run_.outcome;
  outcome.exit_code = code;
  outcome.maildir = environment_.value_of("MAILDIR");
  outcome.default_folder = environment_.value_of("DEFAULT");
  outcome.ended_at = ended_at_;
  outcome.end = code != 0 ? Outcome::End::refused : vanished_ ? Outcome::End::vanished : Outcome::End::delivered;
}

bool Machine::step() {
  Level& level = levels_.back();
  if (level.next >= level.statements->size()) {
    levels_.pop_back();
    if (levels_.empty()) return false;
    environment_.set_rcfile(levels_.back().rcfile->file);
    return true;
  }
  const Statement& statement = (*level.statements)[level.next++];
  if (++run_.steps > run_.input.limits.steps_max) {
    fail(position({}), fmt::format("more than {} statements for one message", run_.input.limits.steps_max));
    return false;
  }
  if (const auto* assignment = std::get_if<Assignment>(&statement.what)) {
    assign(*assignment);
  } else {
    recipe(std::get<Recipe>(statement.what));
  }
  return !levels_.empty();
}

std::string Machine::expanded(const Word& word, SourcePosition at) {
  const CommandRunner run = [&](const std::string& command) {
    return run_program(command, *mail_, at).value_or(ProgramResult{}).output;
  };
  std::string value = expand(word, environment_, run);
  if (value.size() > run_.input.limits.value_octets_max) {
    fail(at, fmt::format("a value is longer than {} octets", run_.input.limits.value_octets_max));
  }
  return value;
}

std::vector<std::string> Machine::expanded_arguments(const std::vector<Word>& words, SourcePosition at) {
  const CommandRunner run = [&](const std::string& command) {
    return run_program(command, *mail_, at).value_or(ProgramResult{}).output;
  };
  return expand_arguments(words, environment_, run);
}

// procmailrc(5), LINEBUF. Seen in procmail 3.22: what is longer by more than its size less two is as good as not there,
// and PROCMAIL_OVERFLOW says so.
bool Machine::overflows(std::size_t octets) {
  constexpr int smallest = 128;
  const int size = std::max(smallest, std::atoi(environment_.value_of("LINEBUF").c_str()));
  if (octets + 2 <= static_cast<std::size_t>(size)) return false;
  environment_.set("PROCMAIL_OVERFLOW", "yes");
  run_.outcome.log.emplace_back("procmail: Exceeded LINEBUF\n");
  return true;
}

void Machine::assign(const Assignment& assignment) {
  const SourcePosition at = position(assignment.at);
  if (!assignment.value) {
    environment_.unset(assignment.name);
    special(assignment.name, "", true, at);
    return;
  }
  std::string value = expanded(*assignment.value, at);
  if (failed()) return;
  if (overflows(value.size())) value.clear();
  environment_.set(assignment.name, value);
  special(assignment.name, value, false, at);
}

void Machine::special(const std::string& name, const std::string& value, bool is_unset, SourcePosition at) {
  if (name == "MAILDIR" && !is_unset) change_folder(value);
  if (name == "LOG" && !is_unset) run_.outcome.log.push_back(value);
  if (name == "INCLUDERC" && !is_unset) include(value, false, at);
  if (name == "SWITCHRC") {
    if (is_unset) {
      stop(at);
    } else {
      include(value, true, at);
    }
  }
  if (name == "SHIFT") environment_.shift(static_cast<std::size_t>(std::max(0, std::atoi(value.c_str()))));
  // procmailrc(5), HOST: where the name is another's, the current rcfile ends at once, and nobody is told.
  if (name == "HOST" && (is_unset || value != run_.input.host)) {
    vanished_ = true;
    ended_at_ = at;
    levels_.clear();
  }
}

// Seen in procmail 3.22: where MAILDIR cannot be entered it becomes `.`, the folder in which procmail was before.
void Machine::change_folder(const std::string& folder) {
  if (run_.input.folders == nullptr || run_.input.folders->kind(folder) == PathKind::directory) return;
  run_.outcome.log.push_back(fmt::format("procmail: Couldn't chdir to \"{}\"\n", folder));
  environment_.set("MAILDIR", ".");
}

void Machine::include(const std::string& path, bool instead, SourcePosition at) {
  if (path == "/dev/null" || path.empty()) {
    if (instead && path == "/dev/null") stop(at);
    return;
  }
  std::shared_ptr<const Rcfile> rcfile;
  if (run_.input.rcfiles != nullptr) {
    const bool is_absolute = path.starts_with('/');
    const std::string maildir = environment_.value_of("MAILDIR");
    rcfile = run_.input.rcfiles->open(is_absolute || maildir == "." ? path : maildir + "/" + path);
  }
  if (!rcfile) {
    assume(at, fmt::format("the rcfile {} is taken to be not there", printable(path)));
    run_.outcome.log.push_back(fmt::format("procmail: Couldn't read \"{}\"\n", path));
    return;
  }
  if (instead) stop(at);
  std::size_t files = 0;
  for (const Level& level : levels_) files += level.is_file ? 1 : 0;
  if (files >= run_.input.limits.includes_max) {
    fail(at, fmt::format("rcfiles include each other more than {} deep", run_.input.limits.includes_max));
    return;
  }
  environment_.set_rcfile(rcfile->file);
  const Statements* statements = &rcfile->statements;
  levels_.push_back({std::move(rcfile), statements, 0, true, false, false});
}

void Machine::stop(SourcePosition at) {
  ended_at_ = std::move(at);
  while (!levels_.empty()) {
    const bool was_file = levels_.back().is_file;
    levels_.pop_back();
    if (was_file) return;
  }
}

void Machine::deliver_default() {
  for (const char* name : {"DEFAULT", "ORGMAIL"}) {
    const std::string folder = environment_.value_of(name);
    if (folder.empty()) continue;
    Delivery delivery;
    delivery.is_default = true;
    delivery.text = mail_;
    if (!folder_takes(folder, delivery)) continue;
    environment_.set("LASTFOLDER", file_in(folder, delivery));
    record(std::move(delivery), nullptr);
    delivered_ = true;
    return;
  }
}

Outcome evaluate(const Rcfile& rcfile, const Input& input) {
  Run run{.input = input, .outcome = {}, .folders_made = {}};
  // The caller's rcfile outlives the run: a pointer without ownership.
  Machine machine(run, std::shared_ptr<const Rcfile>(std::shared_ptr<const Rcfile>(), &rcfile));
  machine.finish();
  return std::move(run.outcome);
}

}  // namespace watershed::procmail
