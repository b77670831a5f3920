// What a script decided about one message: an ordered list of actions. Nothing here carries them out.
#pragma once

#include "base/diagnostic.hpp"
#include "mail/message.hpp"
#include "mail/path.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace watershed::sieve {

using Flags = std::vector<std::string>;

/// Into the main mailbox. RFC 5228 §4.3.
struct Keep {
  Flags flags;
  bool is_implicit = false;  ///< RFC 5228 §2.10.2: nothing in the script cancelled it

  bool operator==(const Keep&) const = default;
};

/// RFC 5228 §4.1; `create` is RFC 5490 §3.2, `copy` RFC 3894.
struct FileInto {
  std::string mailbox;  ///< UTF-8
  Flags flags;
  bool copy = false;
  bool create = false;
  std::string special_use;  ///< RFC 8579 §4: the attribute of :specialuse; the mailbox that has it comes first

  bool operator==(const FileInto&) const = default;
};

/// RFC 5228 §4.2. The envelope's reverse-path stays as it was.
struct Redirect {
  mail::ForwardPath forward_path;
  bool copy = false;

  bool operator==(const Redirect&) const = default;
};

/// RFC 5228 §4.4: no implicit keep. Where something else delivers, nothing is discarded.
struct Discard {
  bool operator==(const Discard&) const = default;
};

/// RFC 5429. `is_ereject`: refuse within SMTP or LMTP; otherwise a notice may be sent instead.
struct Reject {
  std::string reason;
  bool is_ereject = false;

  bool operator==(const Reject&) const = default;
};

/// RFC 5230: a reply that passed every check of §4.5 and §4.6. compose_vacation() makes the message of it.
struct Vacation {
  mail::ForwardPath to;  ///< the reverse-path of the message that is answered
  std::string from;      ///< value of the From field
  std::string subject;   ///< UTF-8, not yet encoded
  std::string reason;    ///< text, or a whole MIME entity when `is_mime`
  bool is_mime = false;
  std::int64_t period_seconds = 0;

  bool operator==(const Vacation&) const = default;
};

/// RFC 5435, RFC 5436: a notice by mail. compose_notice() makes the message of it.
struct Notify {
  std::vector<mail::ForwardPath> to;  ///< of the mailto: URI, its cc and bcc among them
  std::string from;                   ///< value of the From field; empty: the owner
  std::string message;                ///< UTF-8; empty: a summary of the message
  std::string header;                 ///< field lines that the URI asks for, To and Cc among them
  std::string body;                   ///< of the URI
  int importance = 2;                 ///< 1 high, 2 normal, 3 low

  bool operator==(const Notify&) const = default;
};

/// One action and the command that asked for it. The implicit keep's place is the script as a whole (line 0).
struct Action {
  std::variant<Keep, FileInto, Redirect, Discard, Reject, Vacation, Notify> what;
  SourcePosition at;
  /// The message as editheader, replace or enclose had made it by then (RFC 5293 §6); null: as received.
  std::shared_ptr<const mail::Message> message = nullptr;
};

/// A key to be remembered for some time once the actions are carried out, so that the next run finds it in its store.
struct Remembered {
  std::string key;
  std::int64_t period_seconds = 0;

  bool operator==(const Remembered&) const = default;
};

/// Something that the script wanted and that was left, with the reason.
struct Note {
  SourcePosition at;
  std::string text;
};

struct Outcome {
  std::vector<Action> actions;  ///< never empty
  bool implicit_keep = false;
  /// RFC 5228 §2.10.6: after an error at run time the only action is the implicit keep.
  std::optional<Diagnostic> error;
  std::vector<Diagnostic> warnings;  ///< at run time, e.g. a field name that cannot be
  std::vector<Remembered> remember;
  std::vector<Note> notes;
  /// Numbers of the commands that were carried out, in order; an `if` counts through its taken branch. Script::commands
  /// tells their places.
  std::vector<std::uint32_t> taken;
};

/// For people and test failures: `fileinto "Lists" :flags ["\Seen"] (a.sieve:3)`.
std::string to_string(const Action& action);

}  // namespace watershed::sieve
