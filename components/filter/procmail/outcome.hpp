// What a procmailrc did with one message: deliveries in their order, how it ended, and what had to be assumed.
#pragma once

#include "base/diagnostic.hpp"
#include "components/filter/procmail/mail_text.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace watershed::procmail {

struct Delivery {
  enum class Kind : std::uint8_t {
    mbox,       ///< appended to a file
    directory,  ///< a file of its own in a plain directory
    maildir,
    mh,
    discard,  ///< /dev/null
    forward,  ///< `!`, or a program that is known to send mail
    program,  ///< `|`
  };
  Kind kind = Kind::mbox;
  SourcePosition at;   ///< line 0: no recipe, the mail fell through to DEFAULT
  std::string folder;  ///< as written, variables filled in; with MAILDIR in front when that is needed to find it
  std::vector<std::string> arguments;  ///< behind the `!`
  std::vector<std::string> options;    ///< of sendmail: SENDMAILFLAGS as words, or what the program's command line has
  std::string command;                 ///< of a program
  bool header = true;                  ///< which parts were handed over
  bool body = true;
  bool is_raw = false;      ///< r: written as it is, see written_text
  bool is_copy = false;     ///< processing went on
  bool is_default = false;  ///< nothing else delivered: DEFAULT or ORGMAIL
  bool is_answer = false;   ///< a message that a program made of this one, not the message itself
  std::shared_ptr<const MailText> text;

  bool is_folder() const { return kind <= Kind::mh; }
};

/// Something that no one can know from the files alone, and how it was taken.
struct Assumption {
  SourcePosition at;
  std::string text;

  bool operator==(const Assumption&) const = default;
};

/// How often a recipe was reached, and how often its conditions held.
struct RecipeCount {
  std::uint64_t tried = 0;
  std::uint64_t taken = 0;
};

/// By rcfile and the recipe's number in it.
using Coverage = std::map<std::pair<std::string, std::uint32_t>, RecipeCount>;

struct Outcome {
  enum class End : std::uint8_t {
    delivered,
    refused,   ///< nothing took it, or EXITCODE says so: the mailer gets an error
    vanished,  ///< HOST did not match, and the exit code is 0: the mailer believes it delivered
  };
  End end = End::delivered;
  int exit_code = 0;
  SourcePosition ended_at;
  std::vector<Delivery> deliveries;
  std::string maildir;  ///< MAILDIR and DEFAULT as they were at the end
  std::string default_folder;
  std::vector<Assumption> assumptions;
  std::vector<std::string> log;  ///< what LOG and errors wrote
  Coverage coverage;
  /// A limit that was met: the outcome says nothing then.
  std::optional<Diagnostic> error;
};

/// What a forward, a program, an mbox or an MH folder gets of the delivery. Seen in procmail 3.22: without the r flag a
/// newline is added where the text does not end in an empty line.
std::string written_text(const Delivery& delivery);

/// For people and test failures: `file "Lists/" (rc:3)`.
std::string to_string(const Delivery& delivery);

}  // namespace watershed::procmail
