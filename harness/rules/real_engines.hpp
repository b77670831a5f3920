// The real programs as sides of a comparison: procmail, and Pigeonhole's sieve-test. Each message is a process.
#pragma once

#include "components/filter/rules/effect.hpp"

#include <memory>
#include <string>

namespace watershed::harness {

bool has_program(const std::string& name);

/// `procmail -m` in a scratch folder: MAILDIR, DEFAULT, LOGFILE and SENDMAIL are set in front, HOST is left alone. What
/// the rcfile itself sets for MAILDIR and DEFAULT is pointed into the scratch folder.
std::unique_ptr<rules::Engine> procmail_engine(const std::string& source);

/// `sieve-test` on the script.
std::unique_ptr<rules::Engine> pigeonhole_engine(const std::string& script);

}  // namespace watershed::harness
