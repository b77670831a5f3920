// What a test script works on besides its message: the script under test with its errors, a mail store with folders,
// the mail that went out, the settings. All cases of one .svtest file share it (Pigeonhole's test suite language,
// capability vnd.dovecot.testsuite).
#pragma once

#include "components/filter/sieve/evaluate.hpp"
#include "components/filter/sieve/folder_library.hpp"
#include "components/filter/sieve/svtest/bench_store.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watershed::sieve {

class Evaluation;
class CommandNode;

/// A case of a test file and how it ended.
struct CaseResult {
  std::string name;
  bool passed = false;
  std::string reason;                 ///< of a failure
  std::vector<std::string> warnings;  ///< what went well, and may not be what was meant
  SourcePosition at;
};

class Bench final : public MailboxDirectory, public ResponseHistory, public Annotations {
 public:
  /// `folder` is where the test file lies: paths in it start there.
  Bench(std::filesystem::path folder, std::int64_t now_unix_seconds);

  // Cases.
  void start_case(std::string name, const CommandNode* node, SourcePosition at);
  const CommandNode* open_case() const { return case_node_; }
  /// The first failure of the open case counts.
  void fail_case(std::string reason);
  void finish_case();
  /// Why the word that is carried out fails, for the case's reason; empty again once it was asked.
  void explain(std::string why) { why_ = std::move(why); }
  std::string take_explanation() { return std::exchange(why_, {}); }
  const std::vector<CaseResult>& cases() const { return cases_; }

  // Settings: what is set holds from the next reload on; what the account has (bench_store.hpp), at once.
  void set(std::string_view name, const std::optional<std::string>& value);
  void reload() { active_ = pending_; }
  const CompileOptions& options() const { return active_; }

  // The script under test.
  bool compile(std::string_view path);
  bool run_script(Evaluation& tester, bool appends);
  bool run_scripts(Evaluation& tester, const std::vector<std::string>& paths);
  void save_script(std::string name) { saved_[std::move(name)] = script_; }
  bool load_script(const std::string& name);
  const std::vector<std::string>& errors() const { return errors_; }

  // What it decided.
  bool execute(Evaluation& tester);
  void reset_result(Evaluation& tester);

  // The mail store and what went out.
  struct Sent {
    mail::ReversePath reverse_path;
    mail::ForwardPath forward_path;
    std::shared_ptr<const mail::Message> message;
  };
  std::shared_ptr<const mail::Message> stored(const std::string& folder, std::uint64_t index) const;
  const Sent* sent(std::uint64_t index) const { return index < sent_.size() ? &sent_[index] : nullptr; }
  void forget_sent() { sent_.clear(); }
  void create_mailbox(std::string name) { folders_[std::move(name)]; }
  void annotate(std::string mailbox, std::string entry, std::string value);

  bool exists(std::string_view mailbox) const override { return find_folder(mailbox) != folders_.end(); }
  std::optional<std::string> with_special_use(std::string_view attribute, std::string_view mailbox) const override;
  const ExternalLists& lists() const { return lists_; }
  bool remembers(std::string_view key, std::int64_t now_unix_seconds) const override;
  std::optional<std::string> find(std::string_view mailbox, std::string_view entry) const override;
  std::int64_t now_unix_seconds() const { return now_unix_seconds_; }

 private:
  struct Result {
    bool holds_implicit_keep = true;
    Flags implicit_flags;
    std::shared_ptr<const mail::Message> implicit_message;  ///< null: the tester's
  };
  using Folders = std::map<std::string, std::vector<std::shared_ptr<const mail::Message>>, std::less<>>;

  Folders::const_iterator find_folder(std::string_view name) const;
  std::optional<Script> compile_file(std::string_view path);
  std::optional<sieve::Outcome> evaluate(const Script& script, Evaluation& tester);
  bool carry_out(const Action& action, Evaluation& tester);
  bool store(std::string_view folder, const Flags& flags, std::shared_ptr<const mail::Message> message);
  void send(mail::ReversePath from, const mail::ForwardPath& to, mail::Message message);
  std::shared_ptr<const mail::Message> message_of(const Action& action, Evaluation& tester) const;

  std::filesystem::path folder_;
  std::int64_t now_unix_seconds_;
  FolderLibrary library_;
  CompileOptions pending_;
  CompileOptions active_;
  std::optional<Script> script_;
  std::map<std::string, std::optional<Script>> saved_;
  std::vector<std::string> errors_;
  Result result_;
  std::size_t carried_out_ = 0;
  std::vector<Remembered> to_remember_;
  std::map<std::string, std::int64_t, std::less<>> remembered_until_;
  std::map<std::pair<std::string, std::string>, std::string> annotations_;
  Folders folders_;
  BenchSpecialUses special_uses_;
  BenchLists lists_;
  std::vector<Sent> sent_;
  std::vector<CaseResult> cases_;
  const CommandNode* case_node_ = nullptr;
  bool case_failed_ = false;
  std::string why_;
  std::uint64_t made_ = 0;
};

}  // namespace watershed::sieve
