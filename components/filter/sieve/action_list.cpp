// Rules between actions. See action_list.hpp.
#include "components/filter/sieve/action_list.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace watershed::sieve {

namespace {

template <class T>
const T* get(const Action& action) {
  return std::get_if<T>(&action.what);
}

bool delivers(const Action& action) {
  return get<Keep>(action) != nullptr || get<FileInto>(action) != nullptr || get<Redirect>(action) != nullptr;
}

bool cancels_implicit_keep(const Action& action) {
  if (const auto* file_into = get<FileInto>(action)) return !file_into->copy;
  if (const auto* redirect = get<Redirect>(action)) return !redirect->copy;
  // RFC 5230 §4.7, RFC 5435 §3.1: vacation and notify leave the implicit keep alone.
  return get<Vacation>(action) == nullptr && get<Notify>(action) == nullptr;
}

/// The mailbox that the action stores into; nothing for other actions. RFC 5228 §4.3: keep is fileinto of INBOX.
std::optional<std::string_view> mailbox_of(const Action& action) {
  if (get<Keep>(action) != nullptr) return "INBOX";
  const auto* file_into = get<FileInto>(action);
  if (file_into == nullptr) return std::nullopt;
  return equal_ignoring_case(file_into->mailbox, "INBOX") ? std::string_view("INBOX") : file_into->mailbox;
}

Flags& flags_of(Action& action) {
  auto* keep = std::get_if<Keep>(&action.what);
  return keep != nullptr ? keep->flags : std::get_if<FileInto>(&action.what)->flags;
}

}  // namespace

std::optional<std::string> ActionList::conflict(const Action& action) const {
  const bool is_reject = get<Reject>(action) != nullptr;
  // RFC 5230 §4.7: vacation is incompatible with reject.
  if (is_reject && vacation_line_ > 0) {
    return fmt::format("a message cannot be both rejected and answered (line {})", vacation_line_);
  }
  for (const Action& other : actions_) {
    const bool other_is_reject = get<Reject>(other) != nullptr;
    const int line = other.at.line;
    if (is_reject && other_is_reject) return fmt::format("the message was rejected already (line {})", line);
    // RFC 5429 §2.3: a message is either refused or delivered.
    if ((is_reject && delivers(other)) || (other_is_reject && delivers(action))) {
      return fmt::format("a message cannot be both rejected and delivered (line {})", line);
    }
  }
  return std::nullopt;
}

std::optional<std::string> ActionList::note_vacation(int line) {
  if (vacation_line_ > 0)
    return fmt::format("duplicate vacation action not allowed (the first is in line {})", vacation_line_);
  for (const Action& other : actions_) {
    if (get<Reject>(other) != nullptr) {
      return fmt::format("a message cannot be both rejected and answered (line {})", other.at.line);
    }
  }
  vacation_line_ = line;
  return std::nullopt;
}

bool ActionList::merge(Action& action) {
  const auto mailbox = mailbox_of(action);
  for (Action& other : actions_) {
    if (mailbox && mailbox == mailbox_of(other)) {
      // The message is stored once. The later command's flags hold (as with Pigeonhole), but those of the implicit keep
      // do not undo what a command asked for.
      const auto* keep = get<Keep>(action);
      if (keep == nullptr || !keep->is_implicit) flags_of(other) = std::move(flags_of(action));
      auto* file_into = std::get_if<FileInto>(&other.what);
      const auto* again = get<FileInto>(action);
      if (file_into != nullptr && again != nullptr) {
        file_into->create = file_into->create || again->create;
        file_into->copy = file_into->copy && again->copy;
      }
      return true;
    }
    const auto* redirect = get<Redirect>(action);
    const auto* earlier = get<Redirect>(other);
    if (redirect != nullptr && earlier != nullptr &&
        mail::same_mailbox(redirect->forward_path.address(), earlier->forward_path.address())) {
      return true;
    }
    if (get<Discard>(action) != nullptr && get<Discard>(other) != nullptr) return true;
  }
  return false;
}

std::optional<std::string> ActionList::add(Action action) {
  if (auto why = conflict(action)) return why;
  if (get<Vacation>(action) != nullptr && action.at.line != vacation_line_) {
    if (auto why = note_vacation(action.at.line)) return why;
  }
  if (cancels_implicit_keep(action)) implicit_keep_ = false;
  if (merge(action)) return std::nullopt;
  if (actions_.size() >= limits_.actions_max)
    return fmt::format("more than {} actions for one message", limits_.actions_max);
  if (get<Redirect>(action) != nullptr && ++redirects_ > limits_.redirects_max) {
    return fmt::format("more than {} redirects for one message", limits_.redirects_max);
  }
  actions_.push_back(std::move(action));
  return std::nullopt;
}

std::vector<Action> ActionList::take(Flags flags, const std::string& file,
                                     std::shared_ptr<const mail::Message> message) {
  if (implicit_keep_) {
    Action keep{Keep{std::move(flags), true}, {file, 0, 0}, std::move(message)};
    if (!merge(keep)) actions_.push_back(std::move(keep));
  }
  return std::move(actions_);
}

}  // namespace watershed::sieve
