// Runs .svtest files. See run_svtest.hpp.
#include "components/filter/sieve/svtest/run_svtest.hpp"

#include "components/filter/sieve/evaluation.hpp"
#include "components/filter/sieve/svtest/situation.hpp"

namespace watershed::sieve {

namespace {

/// Until a test sets its own.
constexpr const char* first_message =
    "From: sender@example.com\r\nTo: recipient@example.org\r\nSubject: Frop!\r\n\r\nFriep!\r\n";

}  // namespace

Parsed<std::vector<CaseResult>> run_svtest(const std::string& path, std::int64_t now_unix_seconds) {
  const auto source = read_script_file(path);
  if (!source) {
    return Diagnostics{{Severity::error, {path, 0, 0}, "this file cannot be read", {}, {}}};
  }
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  Bench bench(folder, now_unix_seconds);
  CompileOptions options = bench.options();
  options.enabled.insert(Extension::dovecot_testsuite);
  options.limits.actions_max = 10'000;
  options.limits.steps_max = 100'000'000;
  const auto script = compile(*source, path, options);
  if (!script) return script.error();
  const mail::Message message = mail::Message::parse(first_message);
  const mail::ReversePath reverse_path = reverse_path_of(message);
  const mail::ForwardPath forward_path = forward_path_of(message);
  const Input input{.message = message,
                    .reverse_path = reverse_path,
                    .forward_path = forward_path,
                    .now_unix_seconds = now_unix_seconds,
                    .mailboxes = &bench,
                    .history = &bench,
                    .annotations = &bench,
                    .lists = &bench.lists()};
  Evaluation evaluation(script->program(), input, &bench);
  evaluation.run(script->program().main());
  if (const auto error = evaluation.forget_failure()) {
    return Diagnostics{*error};
  }
  return bench.cases();
}

}  // namespace watershed::sieve
