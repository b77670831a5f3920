// Actions as text. See outcome.hpp.
#include "components/filter/sieve/outcome.hpp"

#include "components/filter/sieve/flags.hpp"

#include <fmt/format.h>

namespace watershed::sieve {

namespace {

std::string flags_text(const Flags& flags) { return flags.empty() ? std::string{} : " :flags [" + joined(flags) + "]"; }

struct Describe {
  std::string operator()(const Keep& keep) const {
    return (keep.is_implicit ? "implicit keep" : "keep") + flags_text(keep.flags);
  }
  std::string operator()(const FileInto& file_into) const {
    return fmt::format("fileinto{}{} \"{}\"{}", file_into.copy ? " :copy" : "", file_into.create ? " :create" : "",
                       file_into.mailbox, flags_text(file_into.flags));
  }
  std::string operator()(const Redirect& redirect) const {
    return fmt::format("redirect{} {}", redirect.copy ? " :copy" : "", mail::display(redirect.forward_path));
  }
  std::string operator()(const Discard&) const { return "discard"; }
  std::string operator()(const Reject& reject) const {
    return fmt::format("{} \"{}\"", reject.is_ereject ? "ereject" : "reject", reject.reason);
  }
  std::string operator()(const Vacation& vacation) const {
    return fmt::format("vacation to {}", mail::display(vacation.to));
  }
  std::string operator()(const Notify& notify) const {
    std::string to;
    for (const mail::ForwardPath& path : notify.to) to += (to.empty() ? "" : ", ") + mail::display(path);
    return fmt::format("notify {}", to);
  }
};

}  // namespace

std::string to_string(const Action& action) {
  const std::string what = std::visit(Describe{}, action.what);
  const std::string place = to_file_line(action.at);
  return place.empty() ? what : fmt::format("{} ({})", what, place);
}

}  // namespace watershed::sieve
