// Runs the real programs' processes in a scratch folder. For real_engines.cpp and real_maildrop.cpp.
#pragma once

#include "components/filter/rules/effect.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace watershed::harness {

/// A folder of its own, gone with this.
class Scratch {
 public:
  Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();
  void write(const char* name, const std::string& text) const;
  /// Text of a file in it; empty where there is none.
  std::string read(const char* name) const;
  /// A program `sm` that stands for sendmail: it writes its arguments to the file `sent`.
  void write_sendmail() const;

  std::filesystem::path path;
};

struct RunOptions {
  bool in_maildir = false;   ///< in the folder `m`
  bool not_as_root = false;  ///< as nobody, where this program runs as root; Dovecot's refuse to work for root
};

/// Runs a program on the file `mail`; `out` and `err` get what it says. Its exit code, or 1000 and more where a signal
/// ended it.
int run_program(const Scratch& scratch, const std::vector<std::string>& command, RunOptions options = {});

/// What lies in the folder `m` and stands in the file `sent`, as effects.
void add_deliveries(const Scratch& scratch, std::vector<rules::Effect>& effects);

}  // namespace watershed::harness
