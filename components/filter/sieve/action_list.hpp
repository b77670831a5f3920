// The actions of one run as they come up: what replaces what, what excludes what, and the limits.
// RFC 5228 §2.10.2-§2.10.5, RFC 5429 §2.3, RFC 5230 §4.7.
#pragma once

#include "components/filter/sieve/limits.hpp"
#include "components/filter/sieve/outcome.hpp"

#include <optional>
#include <string>
#include <vector>

namespace watershed::sieve {

class ActionList {
 public:
  explicit ActionList(const Limits& limits) : limits_(limits) {}

  /// Adds an action, or says why it cannot stand beside the others. What repeats an action is not added again:
  /// RFC 5228 §2.10.3.
  std::optional<std::string> add(Action action);

  /// RFC 5230 §4.7: the command vacation may be carried out once, and not beside reject, whether or not a reply comes
  /// of it. Says why not.
  std::optional<std::string> note_vacation(int line);

  bool implicit_keep() const { return implicit_keep_; }
  const std::vector<Action>& all() const { return actions_; }
  void reset() {
    actions_.clear();
    redirects_ = 0;
    vacation_line_ = 0;
    implicit_keep_ = true;
  }
  /// Adds the implicit keep where it still holds; the list is done then.
  std::vector<Action> take(Flags flags, const std::string& file, std::shared_ptr<const mail::Message> message);

 private:
  std::optional<std::string> conflict(const Action& action) const;
  bool merge(Action& action);

  const Limits& limits_;
  std::vector<Action> actions_;
  std::size_t redirects_ = 0;
  int vacation_line_ = 0;  // of the command vacation; 0: none
  bool implicit_keep_ = true;
};

}  // namespace watershed::sieve
