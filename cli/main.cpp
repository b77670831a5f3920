// watershed: the command line.
#include "cli/commands.hpp"
#include "cli/rules_command.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

namespace {

using watershed::cli::ExitCode;
using watershed::cli::Options;

constexpr const char* exit_codes = R"(
Exit codes:
  0  everything held
  1  an expectation or invariant failed
  2  the command line is wrong
  3  a world, scenario or configuration file is wrong
  4  the environment cannot do it
  5  inconclusive: configuration not understood, evidence incomplete, or nothing tested
  6  a threshold was breached
Several apply: 3, 4, 1, 6, 5 in that order.)";

void add_paths(CLI::App& command, Options& options) {
  command.add_option("paths", options.paths, "Scenario files and folders (default: scenarios)");
  command.add_option("--scenarios", options.scenarios_root, "Folder with worlds/, messages/ and requirements.yaml");
  command.add_option("--world", options.worlds, "Only on this world (repeatable)");
}

void add_selection(CLI::App& command, Options& options) {
  command.add_option("--filter", options.filter, "Only scenarios whose file or title matches this regular expression");
  command.add_option("--tag", options.tags, "Only scenarios with these tags: a and not (b or c)");
  command.add_option("--shard", options.shard, "Only part i of n, as i/n");
}

void add_general(CLI::App& command, Options& options) {
  command.add_flag("--quiet", options.quiet, "Only failures");
  command.add_flag("--verbose", options.verbose, "Every run and every decision");
  command.add_option("--color", options.color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

void add_sandbox(CLI::App& command, Options& options) {
  command.add_option("--sandbox", options.sandbox, "Level of the live lane's sandbox (default: the best that works)")
      ->check(
          CLI::IsMember({"root-namespaces", "mapped-user-namespace", "single-user-namespace", "loopback-addresses"}));
}

void add_seed(CLI::App& command, Options& options, const char* text) {
  command.add_option_function<std::uint64_t>(
      "--seed",
      [&options](const std::uint64_t& seed) {
        options.seed = seed;
        options.has_seed = true;
      },
      text);
  command.add_option("--jobs", options.jobs, "Scenarios at a time (default: one a core, two in the live lane)")
      ->check(CLI::Range(1, 64));
}

CLI::App* add_new(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("new", "Write a commented first scenario or world that works");
  command->add_option("kind", options.new_kind, "scenario or world")
      ->required()
      ->check(CLI::IsMember({"scenario", "world"}));
  command->add_option("name", options.new_name, "Name, as robots/my-first or phase3")->required();
  command->add_option("--world", options.world, "World of the scenario (default: the first that has a mailbox)");
  command->add_option("--scenarios", options.scenarios_root, "Folder with worlds/ (default: scenarios)");
  return command;
}

CLI::App* add_diff(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("diff", "Two worlds or two result files: each flow that differs, by cause");
  command->add_option("a", options.side_a, "A world or a result file")->required();
  command->add_option("b", options.side_b, "Another of the same kind")->required();
  command->add_option("--scenarios", options.paths, "Scenario files and folders (default: scenarios)");
  command->add_option("--filter", options.filter, "Only scenarios whose file or title matches this regular expression");
  command->add_option("--tag", options.tags, "Only scenarios with these tags: a and not (b or c)");
  command->add_option("--expect-unchanged", options.expect_unchanged, "zone=NAME: exit 1 when anything in it changed");
  command->add_flag("--json", options.as_json, "As JSON");
  add_seed(*command, options, "Seed of all chance (default: 1)");
  return command;
}

void add_reports(CLI::App& command, Options& options) {
  command.add_option("--report", options.reports,
                     "KIND=PATH, KIND is json, junit, html, markdown, tap or sarif; of a run also events, and "
                     "evidence=DIR (repeatable)");
  command.add_option("--annotations", options.annotations, "auto (in a GitHub job), github or off")
      ->check(CLI::IsMember({"auto", "github", "off"}));
}

CLI::App* add_report(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("report", "Work on result files (--report json=PATH)");
  command->require_subcommand(1);
  CLI::App* merge = command->add_subcommand("merge", "The reports of one run from those of its shards");
  merge->add_option("files", options.paths, "Result files of all shards")->required();
  add_reports(*merge, options);
  add_general(*merge, options);
  return merge;
}

CLI::App* add_run(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("run", "Run scenarios and give verdicts");
  add_paths(*command, options);
  add_selection(*command, options);
  command
      ->add_option("--lane", options.lane,
                   "simulated: everything in one process; live: real programs in a sandbox; "
                   "both: one after the other, and compared")
      ->check(CLI::IsMember({"simulated", "live", "both"}));
  add_sandbox(*command, options);
  add_seed(*command, options, "Seed of all chance (default: drawn, and printed)");
  add_reports(*command, options);
  command->add_flag("--last-failed{out/report.json}", options.last_failed,
                    "Only what did not pass in this JSON report (default: out/report.json), as --last-failed=PATH");
  command->add_option("--mail-content", options.mail_content, "In an evidence pack: keep, hash or omit")
      ->check(CLI::IsMember({"keep", "hash", "omit"}));
  command
      ->add_option("--stories", options.stories,
                   "Messages whose story the page tells: failed (and one example a run) or all")
      ->check(CLI::IsMember({"failed", "all"}));
  command->add_flag("--coverage", options.coverage,
                    "Print which configuration the run exercised, with each Sieve script and procmailrc line by line");
  command->add_option("--artifacts", options.artifacts, "Folder for journals and stored messages, one folder a run");
  command
      ->add_flag("--watch{tty}", options.watch,
                 "Run again what an edited file affects; --watch=always without a terminal")
      ->check(CLI::IsMember({"tty", "always"}));
  command->add_flag("--hash-content", options.hash_content,
                    "Hashes of stored headers and bodies in the JSON report, so that diff compares them");
  command->add_flag("--fail-fast", options.fail_fast, "Stop after the first failure");
  command->add_flag("--allow-empty", options.allow_empty, "Selecting no scenario is no error");
  return command;
}

}  // namespace

int main(int argument_count, char** arguments) {
  CLI::App app{"Watershed rehearses an e-mail split before anyone cuts over."};
  app.footer(exit_codes);
  app.require_subcommand(1);
  app.set_version_flag("--version", "watershed 0.1.0");
  Options options;
  for (int index = 0; index < argument_count; ++index) {
    options.shown_command += index == 0 ? "watershed" : fmt::format(" {}", arguments[index]);
  }
  CLI::App* run = add_run(app, options);
  CLI::App* new_file = add_new(app, options);
  CLI::App* diff = add_diff(app, options);
  const CLI::App* merge = add_report(app, options);
  CLI::App* check = app.add_subcommand("check", "Read and check scenarios, worlds and configuration; run nothing");
  add_paths(*check, options);
  CLI::App* list = app.add_subcommand("list", "List scenarios with their worlds and requirements");
  add_paths(*list, options);
  add_selection(*list, options);
  list->add_flag("--json", options.as_json, "As JSON");
  list->add_flag("--tree", options.as_tree, "As a tree of folders")->excludes("--json");
  CLI::App* explain = app.add_subcommand("explain", "The way of one message, each decision with its file:line");
  explain->add_option("--world", options.world, "World")->required();
  explain->add_option("--from", options.from, "Reverse-path; <> for the null one")->required();
  explain->add_option("--to", options.to, "Forward-path")->required();
  explain->add_option("--via", options.via, "Host that sends it");
  explain->add_option("--scenarios", options.scenarios_root, "Folder with worlds/ (default: scenarios)");
  explain->add_flag("--json", options.as_json, "As JSON");
  CLI::App* verify = app.add_subcommand("verify", "Check an evidence pack against its manifest");
  verify->add_option("folder", options.paths, "The pack")->required()->expected(1);
  CLI::App* schema = app.add_subcommand("schema", "Print the JSON Schema of a kind of file");
  schema
      ->add_option("kind", options.schema, "scenario, world, requirements, mailboxes, spam, lane-differences or tenant")
      ->check(CLI::IsMember({"scenario", "world", "requirements", "mailboxes", "spam", "tenant", "lane-differences"}));
  CLI::App* up = app.add_subcommand("up", "Bring a world up in the live lane and run a command beside it");
  up->add_option("--world", options.world, "World")->required();
  up->add_option("--scenarios", options.scenarios_root, "Folder with worlds/ (default: scenarios)");
  add_sandbox(*up, options);
  up->add_option("command", options.command, "Command and its arguments, after --")->required();
  CLI::App* doctor = app.add_subcommand("doctor", "What the live lane finds on this machine, and what to install");
  const auto rules = watershed::cli::add_rules(app, options);
  for (const auto& command : rules) add_general(*command.app, options);
  for (CLI::App* command : {run, check, list, explain, schema, up, doctor, new_file, diff, verify})
    add_general(*command, options);

  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  try {
    ExitCode code = ExitCode::ok;
    if (*run) code = watershed::cli::run(options);
    for (const auto& command : rules) {
      if (*command.app) code = command.run();
    }
    if (*check) code = watershed::cli::check(options);
    if (*list) code = watershed::cli::list(options);
    if (*explain) code = watershed::cli::explain(options);
    if (*new_file) code = watershed::cli::new_file(options);
    if (*diff) code = watershed::cli::diff(options);
    if (*verify) code = watershed::cli::verify(options);
    if (*merge) code = watershed::cli::merge_reports(options);
    if (*up) {
      int command_code = 0;
      code = watershed::cli::up(options, command_code);
      if (code == ExitCode::ok) return command_code;
    }
    if (*doctor) code = watershed::cli::doctor(options);
    if (*schema) code = watershed::cli::schema(options);
    return static_cast<int>(code);
  } catch (const std::exception& error) {
    // Out of memory, a disk that is full while writing: nothing that a file of the user's could cause.
    std::fprintf(stderr, "watershed: %s\n", error.what());
    return static_cast<int>(ExitCode::environment);
  }
}
