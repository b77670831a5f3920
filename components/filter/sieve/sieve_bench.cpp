// Speed of the engine: evaluations of a 30-rule script on a 1 KB message, and compilation of 10,000 rules. Answers are
// checked before anything is timed.
#include "components/filter/sieve/evaluate.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <string>

namespace sieve = watershed::sieve;
namespace mail = watershed::mail;

namespace {

/// Sorting rules as an administrator writes them: header, address and envelope tests, 30 in all; the last one applies.
std::string thirty_rules() {
  std::string source = "require [\"fileinto\", \"envelope\", \"imap4flags\"];\n";
  for (int rule = 0; rule < 10; ++rule) {
    source += fmt::format("if header :contains \"subject\" \"product {}\" {{ fileinto \"Products{}\"; stop; }}\n", rule,
                          rule);
    source += fmt::format("if address :is \"from\" \"station{}@stations.example\" {{ fileinto \"S{}\"; stop; }}\n",
                          rule, rule);
    source += rule < 9 ? fmt::format("if header :is \"x-list\" \"list-{}\" {{ fileinto \"L{}\"; stop; }}\n", rule, rule)
                       : "if envelope :localpart \"to\" \"autodrm\" { fileinto \"Requests\"; stop; }\n";
  }
  return source;
}

std::string letter() {
  std::string text =
      "Received: from mx.ctbto.int (mx.ctbto.int [192.0.2.25]) by store.ctbto.int with LMTP id 7;\r\n"
      "\tFri, 20 Nov 2026 06:15:00 +0000\r\n"
      "Received: from station.example (station.example [198.51.100.10]) by mx.ctbto.int (Postfix) with ESMTP id 6;\r\n"
      "\tFri, 20 Nov 2026 06:14:59 +0000\r\n"
      "From: Operator <op@station.example>\r\nTo: autodrm@ctbto.int\r\nSubject: waveform request\r\n"
      "Date: Fri, 20 Nov 2026 06:14:58 +0000\r\nMessage-ID: <20261120061458.1@station.example>\r\n"
      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n";
  while (text.size() < 1022) text += 'x';
  return text + "\r\n";
}

struct Run {
  mail::Message message = mail::Message::parse(letter());
  mail::ReversePath reverse_path = *mail::parse_reverse_path("<op@station.example>");
  mail::ForwardPath forward_path = *mail::parse_forward_path("<autodrm@ctbto.int>");

  sieve::Outcome operator()(const sieve::Script& script) const {
    return sieve::evaluate(script, {message, reverse_path, forward_path});
  }
};

void expect_mailbox(const sieve::Outcome& outcome, std::string_view mailbox) {
  const auto* file_into = outcome.actions.empty() ? nullptr : std::get_if<sieve::FileInto>(&outcome.actions[0].what);
  if (file_into == nullptr || file_into->mailbox != mailbox) std::abort();
}

void evaluate_thirty_rules(benchmark::State& state) {
  const auto script = sieve::compile(thirty_rules(), "bench.sieve");
  if (!script) std::abort();
  const Run run;
  expect_mailbox(run(*script), "Requests");
  for (auto _ : state) benchmark::DoNotOptimize(run(*script));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(evaluate_thirty_rules);

std::string many_rules(std::int64_t count) {
  std::string source = "require [\"fileinto\"];\n";
  for (std::int64_t rule = 0; rule < count; ++rule) {
    source += fmt::format("if header :is \"subject\" \"request {}\" {{ fileinto \"R{}\"; }}\n", rule, rule);
  }
  return source + "if header :contains \"subject\" \"waveform\" { fileinto \"W\"; }\n";
}

void evaluate_constant_keys(benchmark::State& state) {
  const auto script = sieve::compile(many_rules(state.range(0)), "bench.sieve");
  if (!script) std::abort();
  const Run run;
  expect_mailbox(run(*script), "W");
  for (auto _ : state) benchmark::DoNotOptimize(run(*script));
}
BENCHMARK(evaluate_constant_keys)->RangeMultiplier(10)->Range(10, 10'000);

void compile_rules(benchmark::State& state) {
  const std::string source = many_rules(state.range(0));
  for (auto _ : state) {
    const auto script = sieve::compile(source, "bench.sieve");
    if (!script || script->commands().size() != static_cast<std::size_t>(2 * state.range(0) + 2)) std::abort();
  }
}
BENCHMARK(compile_rules)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
