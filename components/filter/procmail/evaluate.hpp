// Runs a procmailrc on one message. Pure: what it decides depends on the files and the input alone.
#pragma once

#include "components/filter/procmail/outcome.hpp"
#include "components/filter/procmail/rcfile.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace watershed::procmail {

struct ProgramResult {
  int exit_code = 0;
  std::string output;
  std::vector<Delivery> sent;  ///< messages that the program handed to sendmail
  std::string assumption;      ///< what was assumed about the program; empty: nothing
};

class Environment;

/// Programs whose deeds are known. procmail itself knows none.
class Programs {
 public:
  virtual ~Programs() = default;
  /// `command` is the command line as the rcfile has it; nothing: what it does is not known.
  virtual std::optional<ProgramResult> run(std::string_view command, const MailText& input,
                                           const Environment& environment) = 0;
};

/// What INCLUDERC and SWITCHRC may name.
class RcfileSource {
 public:
  virtual ~RcfileSource() = default;
  virtual std::shared_ptr<const Rcfile> open(const std::string& path) = 0;
};

enum class PathKind : std::uint8_t { nothing, file, directory };

/// Which folders there are before the message comes.
class FolderView {
 public:
  virtual ~FolderView() = default;
  virtual PathKind kind(const std::string& path) const = 0;
};

struct Limits {
  std::size_t steps_max = 200'000;  ///< statements and conditions
  std::size_t includes_max = 64;    ///< INCLUDERC in INCLUDERC
  std::size_t clones_max = 64;      ///< blocks with the c flag that run on their own
  std::size_t deliveries_max = 1'000;
  std::size_t value_octets_max = 65'536;
  std::size_t search_octets_max = 512UL * 1024 * 1024;  ///< octets times expressions
};

struct Input {
  const MailText& mail;
  /// procmail -m: ORGMAIL and DEFAULT are unset, MAILDIR is ".".
  bool is_filter = true;
  std::vector<std::string> arguments = {};  ///< $1 …
  /// The environment and name=value arguments.
  std::vector<std::pair<std::string, std::string>> variables = {};
  std::string host = "localhost";
  std::string logname = "user";
  Programs* programs = nullptr;         ///< none: every program is assumed to succeed without a word
  RcfileSource* rcfiles = nullptr;      ///< none: included files count as not there
  const FolderView* folders = nullptr;  ///< none: every folder's parent exists, no folder does
  Limits limits = {};
};

Outcome evaluate(const Rcfile& rcfile, const Input& input);

}  // namespace watershed::procmail
