// Short words for tests of the procmail reader and evaluator.
#pragma once

#include "components/filter/procmail/environment.hpp"
#include "components/filter/procmail/evaluate.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace watershed::procmail::test {

inline constexpr std::string_view letter =
    "From: Op <op@station.example>\nTo: autodrm@ctbto.example\nSubject: IMS2.0 data\n\treport\n"
    "X-Loop: hub@ctbto.example\n\nfirst line\nsecond line\n";

struct Ran {
  Outcome outcome;
  std::vector<std::string> deliveries;
  std::string log;
};

inline Ran run(std::string_view source, std::string_view message = letter, Programs* programs = nullptr,
               std::vector<std::string> arguments = {}) {
  Ran ran;
  const auto rcfile = read_rcfile(std::string("DEFAULT=INBOX/\n") + std::string(source), "rc");
  if (!rcfile) {
    ran.log = render(rcfile.error());
    return ran;
  }
  const MailText mail{std::string(message)};
  ran.outcome = evaluate(**rcfile, {.mail = mail, .arguments = std::move(arguments), .programs = programs});
  for (const Delivery& delivery : ran.outcome.deliveries) ran.deliveries.push_back(to_string(delivery));
  for (const std::string& line : ran.outcome.log) ran.log += line;
  return ran;
}

/// Whether a recipe with this one condition is taken.
inline bool holds(std::string_view condition, std::string_view before = "", std::string_view flags = "") {
  const Ran ran = run(std::string(before) + ":0 " + std::string(flags) + "\n* " + std::string(condition) + "\nyes/\n");
  return !ran.deliveries.empty() && ran.deliveries.front().find("yes/") != std::string::npos;
}

}  // namespace watershed::procmail::test
