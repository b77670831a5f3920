// What rules do with one message, in words that fit Sieve and procmail alike: the ground on which both are compared.
#pragma once

#include "base/diagnostic.hpp"
#include "mail/message.hpp"
#include "mail/path.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace watershed::rules {

/// One message with its envelope, for one recipient.
struct Letter {
  mail::ReversePath reverse_path;
  mail::ForwardPath forward_path;
  mail::Message message;
  std::string name;  ///< where it is from, for reports: a file, or how it was made
  /// How often the same message came before, for rules that remember (duplicate, `formail -D`). Only made letters have.
  unsigned earlier_deliveries = 0;
};

/// One deed. `target` is a folder, an address or a command; INBOX is the folder "INBOX".
struct Effect {
  enum class Kind { file, forward, discard, refuse, answer, program, vanish };
  Kind kind = Kind::file;
  std::string target;
  std::string detail;  ///< "body only", "altered" …; empty: the whole message as it came
  SourcePosition at;   ///< what decided; line 0: nothing did

  /// What counts when two are compared: all but the place.
  std::string key() const;
};

/// What one engine makes of one letter.
struct Judgement {
  std::vector<Effect> effects;
  std::vector<std::string> assumptions;
  std::string error;  ///< the engine could not say

  /// Sorted keys, one a line: equal for equal fates.
  std::string fate() const;
  /// The lines that decided, as `file:line`.
  std::vector<std::string> deciding_lines() const;
};

/// How often one line of a rule file was reached and taken.
struct LineCount {
  std::string file;
  int line = 0;
  std::string name;  ///< "recipe", "if", "fileinto" …
  std::uint64_t taken = 0;
};

/// One side of a comparison.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual Judgement judge(const Letter& letter) = 0;
  /// Every recipe or command of the rules with its count so far; empty where the engine cannot say.
  virtual std::vector<LineCount> coverage() const { return {}; }
  /// Whether it keeps from one message to the next what rules ask of earlier ones. The real programs are run afresh.
  virtual bool remembers() const { return false; }
  /// Forgets what it remembers of earlier messages, so that each letter is the first.
  virtual void forget() {}
};

/// What `engine` makes of the letter when it knows of no other: of its last delivery, where it came before.
Judgement judge_afresh(Engine& engine, const Letter& letter);

/// A folder's name without what depends on where mailboxes lie: MAILDIR in front, `/`, `/.` and `/new` behind, a
/// leading dot of Maildir++. DEFAULT itself, INBOX in any case and an empty name are "INBOX".
std::string folder_name(std::string_view folder, std::string_view maildir, std::string_view default_folder);

/// Drops a discard beside other effects, and puts the effects in order.
void normalise(std::vector<Effect>& effects);

}  // namespace watershed::rules
