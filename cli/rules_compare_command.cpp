// watershed rules compare OLD NEW: do both sets of rules do the same with the same messages? And rules coverage, which
// runs one set.
#include "cli/rules_command.hpp"
#include "cli/support.hpp"
#include "harness/rules/letters.hpp"
#include "harness/rules/side.hpp"
#include "reports/rules_report.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <fstream>
#include <memory>

namespace watershed::cli {

namespace {

struct CompareOptions {
  std::string before;
  std::string after;
  std::string messages;
  std::size_t generate = 0;
  std::uint64_t seed = 1;
  std::string engine;
  std::string engine_old = "builtin";
  std::string engine_new = "builtin";
  std::vector<std::string> recipients;
  std::string domain = "here.example";
  std::vector<std::string> reports;
  bool as_json = false;
  bool no_coverage = false;
  bool accept_assumptions = false;
};

std::optional<harness::Side> open(const std::string& file, const std::string& engine, ExitCode& code) {
  auto side = harness::open_side(file, engine);
  if (side) {
    if (side->rcfile && !side->rcfile->warnings.empty()) complain("\n" + render(side->rcfile->warnings));
    return std::move(*side);
  }
  if (!side.error().missing_program.empty()) {
    complain(fmt::format("the engine {} needs {}, which is not on this machine", engine, side.error().missing_program));
    code = ExitCode::environment;
  } else {
    complain("\n" + render(side.error().diagnostics));
    code = ExitCode::wrong_input;
  }
  return std::nullopt;
}

std::optional<std::vector<mail::ForwardPath>> recipients_of(const CompareOptions& options) {
  std::vector<mail::ForwardPath> paths;
  for (const std::string& text : options.recipients) {
    const auto address = mail::parse_address(text);
    if (!address) {
      complain(fmt::format("--to {}: {}", text, address.error().message));
      return std::nullopt;
    }
    paths.emplace_back(*address);
  }
  return paths;
}

/// KIND=PATH; false where it cannot be written or is none.
bool write_report(const std::string& wanted, const rules::Comparison& comparison,
                  const reports::RulesReportOptions& shown, ExitCode& code) {
  const std::size_t equals = wanted.find('=');
  const std::string kind = wanted.substr(0, equals);
  const std::string path = equals == std::string::npos ? "" : wanted.substr(equals + 1);
  if ((kind != "json" && kind != "junit") || path.empty()) {
    complain(fmt::format("--report {}: expected json=PATH or junit=PATH", wanted));
    code = ExitCode::usage;
    return false;
  }
  std::ofstream out(path, std::ios::binary);
  out << (kind == "json" ? rules_json(comparison, shown) : rules_junit(comparison, shown));
  if (out.flush()) return true;
  complain(fmt::format("cannot write {}", path));
  code = ExitCode::environment;
  return false;
}

ExitCode verdict(const rules::Comparison& comparison, const CompareOptions& options) {
  if (!comparison.disagreements.empty()) return ExitCode::failed;
  if (!comparison.errors.empty()) return ExitCode::inconclusive;
  if (!comparison.assumptions.empty() && !options.accept_assumptions) {
    complain("what was assumed is not shown; --accept-assumptions takes it as true");
    return ExitCode::inconclusive;
  }
  const auto is_covered = [](const std::vector<rules::LineCount>& counts) {
    return reports::taken_count(counts) == counts.size();
  };
  if (options.generate > 0 && (!is_covered(comparison.old_coverage) || !is_covered(comparison.new_coverage))) {
    complain(
        "agreement is not shown for rules that no message reached; more messages (--generate, --messages) may reach "
        "them");
    return options.no_coverage ? ExitCode::ok : ExitCode::inconclusive;
  }
  return ExitCode::ok;
}

ExitCode compare(const CompareOptions& options, const Options& general) {
  if (options.messages.empty() == (options.generate == 0)) {
    complain("rules compare needs one of --messages DIR and --generate N");
    return ExitCode::usage;
  }
  const auto recipients = recipients_of(options);
  if (!recipients) return ExitCode::usage;
  ExitCode code = ExitCode::ok;
  auto before = open(options.before, options.engine.empty() ? options.engine_old : options.engine, code);
  if (!before) return code;
  auto after = open(options.after, options.engine.empty() ? options.engine_new : options.engine, code);
  if (!after) return code;
  std::vector<rules::Letter> letters;
  if (!options.messages.empty()) {
    auto read = harness::read_letters(options.messages, *recipients);
    if (!read) {
      complain("\n" + render(read.error()));
      return ExitCode::wrong_input;
    }
    letters = std::move(*read);
  } else {
    letters = rules::generate(
        demands_of(*before, *after, options.seed),
        {.count = options.generate, .seed = options.seed, .recipients = *recipients, .domain = options.domain});
  }
  const rules::Comparison comparison = rules::compare(*before->engine, *after->engine, letters);
  const reports::RulesReportOptions shown{options.before, options.after, !options.no_coverage && !general.quiet,
                                          general.quiet};
  if (!options.as_json && options.generate > 0) say(fmt::format("seed {}\n", options.seed));
  say(options.as_json ? rules_json(comparison, shown) : rules_text(comparison, shown));
  for (const std::string& wanted : options.reports) {
    if (!write_report(wanted, comparison, shown, code)) return code;
  }
  return verdict(comparison, options);
}

void add_options(CLI::App& command, CompareOptions& options) {
  command.add_option("--messages", options.messages, "Maildir, mbox, folder of .eml files, or one message");
  command.add_option("--generate", options.generate, "Make so many messages from the rules themselves");
  command.add_option("--seed", options.seed, "Seed of what is generated (default: 1)");
  command.add_option("--to", options.recipients,
                     "Recipient of each message (repeatable); default: whom messages or rules name");
  command.add_option("--domain", options.domain, "Domain of recipients that rules name by local part");
  command.add_option("--report", options.reports, "KIND=PATH, KIND is json or junit (repeatable)");
  command.add_flag("--json", options.as_json, "As JSON");
  command.add_flag("--no-coverage", options.no_coverage, "Neither list coverage nor ask that every rule is reached");
  command.add_flag("--accept-assumptions", options.accept_assumptions,
                   "Take what is assumed of outside programs as true");
}

}  // namespace

RulesCommand add_rules_compare(CLI::App& rules, const Options& general) {
  CLI::App* command =
      rules.add_subcommand("compare", "Run old and new rules over the same messages and show where they differ");
  const auto options = std::make_shared<CompareOptions>();
  command->add_option("old", options->before, "procmailrc or .sieve file")->required();
  command->add_option("new", options->after, "procmailrc or .sieve file")->required();
  const auto engines = CLI::IsMember({"builtin", "procmail", "pigeonhole", "maildrop"});
  command->add_option("--engine", options->engine, "Engine of both sides")->check(engines);
  command->add_option("--engine-old", options->engine_old, "builtin, procmail, pigeonhole or maildrop")->check(engines);
  command->add_option("--engine-new", options->engine_new, "builtin, procmail, pigeonhole or maildrop")->check(engines);
  add_options(*command, *options);
  return {command, [options, &general] { return compare(*options, general); }};
}

RulesCommand add_rules_coverage(CLI::App& rules, const Options& general) {
  CLI::App* command =
      rules.add_subcommand("coverage", "Run rules over messages and print how often each rule was taken");
  const auto options = std::make_shared<CompareOptions>();
  command->add_option("rules", options->before, "procmailrc or .sieve file")->required();
  add_options(*command, *options);
  return {command, [options, &general] {
            ExitCode code = ExitCode::ok;
            auto side = open(options->before, "builtin", code);
            if (!side) return code;
            const auto recipients = recipients_of(*options);
            if (!recipients) return ExitCode::usage;
            std::vector<rules::Letter> letters;
            if (options->messages.empty()) {
              if (options->generate == 0) options->generate = 1000;
              letters = rules::generate(demands_of(*side, *side, options->seed), {.count = options->generate,
                                                                                  .seed = options->seed,
                                                                                  .recipients = *recipients,
                                                                                  .domain = options->domain});
            } else {
              auto read = harness::read_letters(options->messages, *recipients);
              if (!read) {
                complain("\n" + render(read.error()));
                return ExitCode::wrong_input;
              }
              letters = std::move(*read);
            }
            for (const rules::Letter& letter : letters) rules::judge_afresh(*side->engine, letter);
            const auto counts = side->engine->coverage();
            if (!general.quiet) say(reports::coverage_text(counts));
            say(fmt::format("{} messages; {} of {} rules taken\n", letters.size(), reports::taken_count(counts),
                            counts.size()));
            return ExitCode::ok;
          }};
}

}  // namespace watershed::cli
