// The words of test scripts: test, test_fail, test_set, test_script_run and the rest of vnd.dovecot.testsuite.
#include "base/text.hpp"
#include "components/filter/sieve/compiler.hpp"
#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/svtest/bench.hpp"
#include "components/filter/sieve/svtest/situation.hpp"
#include "components/filter/sieve/svtest/texts.hpp"
#include "components/filter/sieve/vocabulary.hpp"

#include <fmt/format.h>

namespace watershed::sieve {

namespace {

Flow fail_case(Evaluation& evaluation, std::string reason) {
  evaluation.bench()->fail_case(std::move(reason));
  evaluation.broken_loop() = evaluation.bench()->open_case();
  return Flow::break_;
}

/// A case: whatever goes wrong within ends it, and only it.
class CaseCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    Bench& bench = *evaluation.bench();
    if (bench.open_case() != nullptr) {
      evaluation.fail(at, "a test cannot stand within a test");
      return Flow::stop;
    }
    bench.start_case(evaluation.expanded(name), this, evaluation.position(at));
    Flow flow = evaluation.run(block);
    if (const auto error = evaluation.forget_failure()) {
      bench.fail_case(fmt::format("{}: {}", to_file_line(error->at), error->message));
      flow = Flow::next;
    }
    bench.finish_case();
    if (flow == Flow::break_ && evaluation.broken_loop() == this) {
      evaluation.broken_loop() = nullptr;
      return Flow::next;
    }
    return flow;
  }

  Text name;
  Block block;
};

class FailCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    if (evaluation.bench()->open_case() == nullptr) {
      evaluation.fail(at, "test_fail stands outside of every test");
      return Flow::stop;
    }
    return fail_case(evaluation, evaluation.expanded(reason));
  }

  Text reason;
};

/// A word that does something and says whether it went well: a test, and also a command that must go well.
struct Deed {
  std::vector<Text> texts;      ///< the positional arguments, each string of a list
  std::optional<Text> mailbox;  ///< of :mailbox, :folder
  bool flag = false;            ///< :append_result, or :smtp
  std::uint64_t index = 0;
  bool (*carry_out)(Evaluation&, const Deed&) = nullptr;

  std::string text(Evaluation& evaluation, std::size_t which) const { return evaluation.expanded(texts[which]); }
};

class DeedTest final : public TestNode {
 public:
  bool holds(Evaluation& evaluation) const override { return deed.carry_out(evaluation, deed); }
  Deed deed;
};

class DeedCommand final : public CommandNode {
 public:
  Flow run(Evaluation& evaluation) const override {
    evaluation.take(number);
    Bench& bench = *evaluation.bench();
    if (deed.carry_out(evaluation, deed)) return Flow::next;
    const std::string why = bench.take_explanation();
    return fail_case(evaluation, fmt::format("line {}: {} failed{}{}", at.line, name, why.empty() ? "" : ": ", why));
  }
  Deed deed;
  std::string name;
};

bool set_message(Evaluation& evaluation, const Deed& deed) {
  if (deed.flag) {
    const Bench::Sent* const sent = evaluation.bench()->sent(deed.index);
    if (sent == nullptr) {
      evaluation.bench()->explain(fmt::format("there is no sent message {}", deed.index));
      return false;
    }
    evaluation.receive_message(sent->message);
    evaluation.set_reverse_path(sent->reverse_path);
    evaluation.set_forward_path(sent->forward_path);
    return true;
  }
  const auto stored = evaluation.bench()->stored(evaluation.expanded(*deed.mailbox), deed.index);
  if (stored) evaluation.receive_message(stored);
  if (!stored) {
    evaluation.bench()->explain(
        fmt::format("there is no message {} in '{}'", deed.index, printable(evaluation.expanded(*deed.mailbox))));
  }
  return stored != nullptr;
}

/// What the script under test said stands in the reason of a failure.
bool told(Evaluation& evaluation, bool went_well) {
  const std::vector<std::string>& errors = evaluation.bench()->errors();
  if (!went_well && !errors.empty()) evaluation.bench()->explain(errors.front());
  return went_well;
}

struct DeedDefinition {
  std::string_view name;
  Signature signature;
  bool (*carry_out)(Evaluation&, const Deed&) = nullptr;
};

std::vector<DeedDefinition> script_deeds() {
  const std::vector<ValueKind> one = {ValueKind::string};
  const Tags append = {{":append_result", Extension::core, TagGroup::free, {}}};
  return {
      {"test_script_compile",
       {{}, one},
       [](Evaluation& e, const Deed& d) { return told(e, e.bench()->compile(d.text(e, 0))); }},
      {"test_script_run",
       {append, {}},
       [](Evaluation& e, const Deed& d) { return told(e, e.bench()->run_script(e, d.flag)); }},
      {"test_multiscript",
       {{}, {ValueKind::string_list}},
       [](Evaluation& e, const Deed& d) {
         std::vector<std::string> paths;
         for (const Text& text : d.texts) paths.push_back(e.expanded(text));
         return e.bench()->run_scripts(e, paths);
       }},
      {"test_binary_save",
       {{}, one},
       [](Evaluation& e, const Deed& d) {
         e.bench()->save_script(d.text(e, 0));
         return true;
       }},
      {"test_binary_load",
       {{}, one},
       [](Evaluation& e, const Deed& d) { return e.bench()->load_script(d.text(e, 0)); }},
  };
}

std::vector<DeedDefinition> result_deeds() {
  return {
      {"test_result_execute", {}, [](Evaluation& e, const Deed&) { return told(e, e.bench()->execute(e)); }},
      {"test_result_reset",
       {},
       [](Evaluation& e, const Deed&) {
         e.bench()->reset_result(e);
         e.bench()->forget_sent();
         return true;
       }},
      {"test_result_print", {}, [](Evaluation&, const Deed&) { return true; }},
  };
}

/// The message, the store, the settings.
std::vector<DeedDefinition> surroundings_deeds() {
  const std::vector<ValueKind> one = {ValueKind::string};
  const std::vector<ValueKind> two = {ValueKind::string, ValueKind::string};
  const Tags extension = {{":extension", Extension::core, TagGroup::free, ValueKind::string}};
  const Tags mailbox = {{":mailbox", Extension::core, TagGroup::free, ValueKind::string}};
  const Tags source = {{":smtp", Extension::core, TagGroup::location, {}},
                       {":folder", Extension::core, TagGroup::location, ValueKind::string}};
  return {
      {"test_set",
       {{}, two},
       [](Evaluation& e, const Deed& d) { return set_situation(e, d.text(e, 0), d.text(e, 1)); }},
      {"test_message", {source, {ValueKind::number}}, set_message},
      {"test_mailbox_create",
       {{}, one},
       [](Evaluation& e, const Deed& d) {
         e.bench()->create_mailbox(d.text(e, 0));
         return true;
       }},
      {"test_imap_metadata_set",
       {mailbox, two},
       [](Evaluation& e, const Deed& d) {
         e.bench()->annotate(d.mailbox ? e.expanded(*d.mailbox) : std::string(), d.text(e, 0), d.text(e, 1));
         return true;
       }},
      {"test_config_set",
       {{}, two},
       [](Evaluation& e, const Deed& d) {
         e.bench()->set(d.text(e, 0), d.text(e, 1));
         return true;
       }},
      {"test_config_unset",
       {{}, one},
       [](Evaluation& e, const Deed& d) {
         e.bench()->set(d.text(e, 0), std::nullopt);
         return true;
       }},
      {"test_config_reload",
       {extension, {}},
       [](Evaluation& e, const Deed&) {
         e.bench()->reload();
         return true;
       }},
  };
}

std::vector<DeedDefinition> make_deeds() {
  std::vector<DeedDefinition> all;
  for (const auto make : {script_deeds, result_deeds, surroundings_deeds}) {
    for (DeedDefinition& one : make()) all.push_back(std::move(one));
  }
  return all;
}

const std::vector<DeedDefinition>& deeds() {
  static const std::vector<DeedDefinition> table = make_deeds();
  return table;
}

std::optional<Deed> compile_deed(Compiler& compiler, const ast::Node& node, const Bound& bound) {
  Deed deed;
  for (const DeedDefinition& definition : deeds()) {
    if (definition.name == node.name) deed.carry_out = definition.carry_out;
  }
  for (const ast::Argument* argument : bound.positional) {
    if (argument->kind == ast::ArgumentKind::number) deed.index = argument->number;
    for (const ast::StringLiteral& literal : argument->strings) deed.texts.push_back(compiler.text(literal));
  }
  for (const std::string_view name : {":mailbox", ":folder"}) {
    if (const BoundTag* tag = bound.tag(name)) deed.mailbox = compiler.text(*tag->value);
  }
  deed.flag = bound.tag(":append_result") != nullptr || bound.tag(":smtp") != nullptr;
  if (node.name == "test_message" && bound.group(TagGroup::location) == nullptr) {
    compiler.error(node.at, "test_message needs :smtp or :folder");
    return std::nullopt;
  }
  return deed;
}

CommandPointer compile_deed_command(Compiler& compiler, const ast::Node& node, const Bound& bound) {
  auto deed = compile_deed(compiler, node, bound);
  if (!deed) return nullptr;
  auto command = std::make_unique<DeedCommand>();
  command->deed = std::move(*deed);
  command->name = node.name;
  return command;
}

TestPointer compile_deed_test(Compiler& compiler, const ast::Node& node, const Bound& bound) {
  auto deed = compile_deed(compiler, node, bound);
  if (!deed) return nullptr;
  auto test = std::make_unique<DeedTest>();
  test->deed = std::move(*deed);
  return test;
}

CommandPointer compile_case(Compiler& compiler, const ast::Node& node, const Bound& bound) {
  auto command = std::make_unique<CaseCommand>();
  command->name = compiler.text(*bound.positional[0]);
  command->block = compiler.block(node.block, false);
  return command;
}

CommandPointer compile_fail(Compiler& compiler, const ast::Node&, const Bound& bound) {
  auto command = std::make_unique<FailCommand>();
  command->reason = compiler.text(*bound.positional[0]);
  return command;
}

}  // namespace

std::vector<CommandDefinition> bench_commands() {
  std::vector<CommandDefinition> out = {
      {"test", Extension::dovecot_testsuite, {{}, {ValueKind::string}, 0, TestsWanted::none, true}, compile_case},
      {"test_fail", Extension::dovecot_testsuite, {{}, {ValueKind::string}}, compile_fail}};
  for (const DeedDefinition& deed : deeds()) {
    out.push_back({deed.name, Extension::dovecot_testsuite, deed.signature, compile_deed_command});
  }
  return out;
}

std::vector<TestDefinition> bench_tests() {
  std::vector<TestDefinition> out = bench_text_tests();
  for (const DeedDefinition& deed : deeds()) {
    out.push_back({deed.name, Extension::dovecot_testsuite, deed.signature, compile_deed_test});
  }
  return out;
}

}  // namespace watershed::sieve
