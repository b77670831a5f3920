// watershed rules translate PROCMAILRC: the Sieve script, and for each recipe how far it could be translated.
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "cli/rules_command.hpp"
#include "cli/support.hpp"
#include "components/filter/sieve/script.hpp"
#include "components/filter/translate/translate.hpp"
#include "harness/world/shown.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <fstream>
#include <memory>

namespace watershed::cli {

namespace {

using rules::TranslatedRecipe;

struct TranslateOptions {
  std::string file;
  std::string output;
  bool as_json = false;
};

std::string table(const rules::Translation& translation) {
  std::string text;
  std::size_t counts[3] = {};
  for (const auto* list : {&translation.recipes, &translation.others}) {
    for (const TranslatedRecipe& one : *list) {
      text += fmt::format("{}: {}\n", to_file_line(one.at), printable(to_string(one)));
      ++counts[static_cast<int>(one.verdict)];
    }
  }
  return text + fmt::format("{} exact, {} with an assumption, {} refused\n", counts[0], counts[1], counts[2]);
}

std::string as_json(const rules::Translation& translation) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::pretty);
  json.begin_object().member("schema_version", 1).member("complete", translation.is_complete());
  json.key("recipes").begin_array();
  for (const auto* list : {&translation.recipes, &translation.others}) {
    for (const TranslatedRecipe& one : *list) {
      static constexpr const char* names[] = {"exact", "assumption", "refused"};
      json.begin_object().member("at", to_file_line(one.at)).member("verdict", names[static_cast<int>(one.verdict)]);
      json.key("assumptions").begin_array();
      for (const std::string& assumption : one.assumptions) json.value(assumption);
      json.end_array().member("reason", one.reason).member("by_hand", one.nearest).end_object();
    }
  }
  json.end_array().member("script", translation.script).end_object();
  return out + "\n";
}

ExitCode translate(const TranslateOptions& options) {
  const auto source = harness::read_text(options.file, options.file, {options.file, 0, 0});
  if (!source) {
    complain("\n" + render(source.error()));
    return ExitCode::wrong_input;
  }
  const auto rcfile = procmail::read_rcfile(*source, options.file);
  if (!rcfile) {
    complain("\n" + render(rcfile.error()));
    return ExitCode::wrong_input;
  }
  if (!(*rcfile)->warnings.empty()) complain("\n" + render((*rcfile)->warnings));
  const rules::Translation translation = rules::translate(**rcfile);
  // A script that does not compile would be our fault, not the user's; it is never handed out.
  if (const auto script = sieve::compile(translation.script, "translated.sieve"); !script) {
    complain("the translation is no valid script, which is a fault of this program:\n" + render(script.error()) +
             translation.script);
    return ExitCode::environment;
  }
  if (!options.output.empty()) {
    std::ofstream out(options.output, std::ios::binary);
    out << translation.script;
    if (!out.flush()) {
      complain(fmt::format("cannot write {}", options.output));
      return ExitCode::environment;
    }
  }
  if (options.as_json) {
    say(as_json(translation));
  } else if (options.output.empty()) {
    say(translation.script);
    complain("\n" + table(translation));
  } else {
    say(table(translation));
  }
  return translation.is_complete() ? ExitCode::ok : ExitCode::inconclusive;
}

}  // namespace

RulesCommand add_rules_translate(CLI::App& rules, const Options&) {
  CLI::App* command = rules.add_subcommand("translate", "Translate a procmailrc into a Sieve script");
  const auto options = std::make_shared<TranslateOptions>();
  command->add_option("procmailrc", options->file, "The file to translate")->required();
  command->add_option("--output", options->output, "File for the script; the table goes to standard output");
  command->add_flag("--json", options->as_json, "Script and table as JSON");
  return {command, [options] { return translate(*options); }};
}

}  // namespace watershed::cli
