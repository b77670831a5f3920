// The real programs as sides of a comparison: procmail, Pigeonhole's sieve-test, maildrop. Each message is a process.
#pragma once

#include "base/diagnostic.hpp"
#include "components/filter/rules/effect.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace watershed::harness {

bool has_program(const std::string& name);

/// `procmail -m` in a scratch folder: MAILDIR, DEFAULT, LOGFILE and SENDMAIL are set in front, HOST is left alone. What
/// the rcfile itself sets for MAILDIR and DEFAULT is pointed into the scratch folder.
std::unique_ptr<rules::Engine> procmail_engine(const std::string& source);

/// `sieve-test` on the script. `scripts`: the folder of those that it includes; empty: it includes none.
std::unique_ptr<rules::Engine> pigeonhole_engine(const std::string& source, const std::filesystem::path& scripts = {});

/// `maildrop FILE` in a scratch folder, as procmail's; folders that it files into are made for it, as the mail store
/// would have them.
std::unique_ptr<rules::Engine> maildrop_engine(const std::string& source);

/// What the real maildrop would do on this machine and not only in its scratch folder: programs, absolute paths.
Diagnostics maildrop_dangers(const std::string& source, const std::string& file);

}  // namespace watershed::harness
