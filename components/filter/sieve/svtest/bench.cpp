// The test bench: cases, settings, compiling and running. See bench.hpp; carrying out actions is in bench_actions.cpp.
#include "components/filter/sieve/svtest/bench.hpp"

#include "base/text.hpp"
#include "components/filter/sieve/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

Bench::Bench(std::filesystem::path folder, std::int64_t now_unix_seconds)
    : folder_(std::move(folder)),
      now_unix_seconds_(now_unix_seconds),
      // As Pigeonhole's own tests lay them out; scripts beside the test file are found, too.
      library_({{folder_ / "included"}, {folder_}},
               {{folder_ / "included-global"}, {folder_ / "included"}, {folder_}}) {
  pending_.library = &library_;
  reload();
  folders_["INBOX"];
}

void Bench::start_case(std::string name, const CommandNode* node, SourcePosition at) {
  cases_.push_back({std::move(name), true, {}, {}, std::move(at)});
  case_node_ = node;
  case_failed_ = false;
}

void Bench::fail_case(std::string reason) {
  if (case_node_ == nullptr || case_failed_) return;
  case_failed_ = true;
  cases_.back().passed = false;
  cases_.back().reason = std::move(reason);
}

void Bench::finish_case() { case_node_ = nullptr; }

void Bench::set(std::string_view name, const std::optional<std::string>& value) {
  if (special_uses_.set(name, value) || lists_.set(name, value)) return;
  const auto result = apply_setting(pending_, name, value);
  // As with dovecot.conf, a name that is not known has no effect, and a value that cannot be leaves the default.
  std::string warning;
  if (!result) warning = fmt::format("the setting '{}' is not known here and has no effect", printable(name));
  if (result && !result->has_value()) {
    warning = fmt::format("the setting '{}' keeps its default: {}", printable(name), result->error().message);
  }
  if (!warning.empty() && case_node_ != nullptr) cases_.back().warnings.push_back(std::move(warning));
}

std::optional<Script> Bench::compile_file(std::string_view path) {
  const std::filesystem::path file = folder_ / path;
  const auto source = read_script_file(file);
  if (!source) {
    errors_.push_back(fmt::format("File `{}' not found", file.string()));
    return std::nullopt;
  }
  Compilation compilation = compile_keeping_warnings(*source, file.string(), active_);
  // Pigeonhole stops at a script whose grammar is wrong; what else we find in it is not counted.
  const bool is_parsed = compilation.of_grammar.empty();
  for (const Diagnostic& diagnostic : is_parsed ? compilation.diagnostics : compilation.of_grammar) {
    if (diagnostic.severity == Severity::error) errors_.push_back(diagnostic.message);
  }
  if (!compilation.script) errors_.emplace_back(is_parsed ? "validation failed" : "parse failed");
  return std::move(compilation.script);
}

bool Bench::compile(std::string_view path) {
  errors_.clear();
  script_ = compile_file(path);
  return script_.has_value();
}

bool Bench::load_script(const std::string& name) {
  const auto found = saved_.find(name);
  if (found == saved_.end()) return false;
  script_ = found->second;
  return true;
}

std::optional<Outcome> Bench::evaluate(const Script& script, Evaluation& tester) {
  const Input input{.message = tester.message(),
                    .reverse_path = tester.envelope_reverse_path(),
                    .forward_path = tester.envelope_forward_path(),
                    .now_unix_seconds = now_unix_seconds_,
                    .mailboxes = this,
                    .history = this,
                    .annotations = this,
                    .lists = &lists_,
                    .authenticated_as = tester.authenticated_as(),
                    .original_forward_path = tester.envelope_original_forward_path()};
  Outcome outcome = sieve::evaluate(script, input);
  if (!outcome.error) return outcome;
  errors_.push_back(outcome.error->message);
  return std::nullopt;
}

bool Bench::run_script(Evaluation& tester, bool appends) {
  errors_.clear();
  if (!script_) return false;
  if (!appends) reset_result(tester);
  auto outcome = evaluate(*script_, tester);
  if (!outcome) return false;
  result_.holds_implicit_keep = outcome->implicit_keep;
  for (Action& action : outcome->actions) {
    const auto* keep = std::get_if<Keep>(&action.what);
    if (keep != nullptr && keep->is_implicit) {
      result_.implicit_flags = keep->flags;
      result_.implicit_message = action.message;
      continue;
    }
    // What the tester saw as its message is what the script was given.
    if (action.message == nullptr) action.message = tester.edited_message();
    if (auto why = tester.actions().add(std::move(action))) {
      errors_.push_back(*why);
      return false;
    }
  }
  to_remember_.insert(to_remember_.end(), outcome->remember.begin(), outcome->remember.end());
  return true;
}

bool Bench::run_scripts(Evaluation& tester, const std::vector<std::string>& paths) {
  errors_.clear();
  for (std::size_t index = 0; index < paths.size(); ++index) {
    const auto script = compile_file(paths[index]);
    if (!script) return false;
    reset_result(tester);
    auto outcome = evaluate(*script, tester);
    if (!outcome) return false;
    bool is_kept = false;
    for (Action& action : outcome->actions) {
      // A message that is kept goes to the next script; what is left of it in the end is kept.
      if (std::holds_alternative<Keep>(action.what)) is_kept = true;
      if (std::holds_alternative<Keep>(action.what) && index + 1 < paths.size()) continue;
      if (!carry_out(action, tester)) return false;
    }
    if (!is_kept) break;
  }
  result_.holds_implicit_keep = false;
  return true;
}

void Bench::reset_result(Evaluation& tester) {
  tester.actions().reset();
  result_ = {};
  carried_out_ = 0;
  to_remember_.clear();
}

std::shared_ptr<const mail::Message> Bench::stored(const std::string& folder, std::uint64_t index) const {
  const auto found = find_folder(folder);
  return found == folders_.end() || index >= found->second.size() ? nullptr : found->second[index];
}

Bench::Folders::const_iterator Bench::find_folder(std::string_view name) const {
  return folders_.find(equal_ignoring_case(name, "INBOX") ? std::string_view("INBOX") : name);
}

std::optional<std::string> Bench::with_special_use(std::string_view attribute, std::string_view mailbox) const {
  auto found = special_uses_.find(attribute, mailbox);
  // A mailbox that is set up and was not made has no use.
  return found && exists(*found) ? found : std::nullopt;
}

void Bench::annotate(std::string mailbox, std::string entry, std::string value) {
  annotations_[{std::move(mailbox), to_lower(entry)}] = std::move(value);
}

std::optional<std::string> Bench::find(std::string_view mailbox, std::string_view entry) const {
  const auto found = annotations_.find({std::string(mailbox), to_lower(entry)});
  if (found == annotations_.end()) return std::nullopt;
  return found->second;
}

bool Bench::remembers(std::string_view key, std::int64_t now_unix_seconds) const {
  const auto found = remembered_until_.find(key);
  return found != remembered_until_.end() && found->second > now_unix_seconds;
}

}  // namespace watershed::sieve
