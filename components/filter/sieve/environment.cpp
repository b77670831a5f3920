// Items of the environment. See environment.hpp.
#include "components/filter/sieve/environment.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace watershed::sieve {

std::optional<std::string> environment_item(const Input& input, std::string_view name) {
  const auto found = std::find_if(input.environment.begin(), input.environment.end(),
                                  [&](const auto& item) { return equal_ignoring_case(item.first, name); });
  if (found != input.environment.end()) return found->second;
  // The simulated store stands for Dovecot with Pigeonhole, and so says what that says.
  if (equal_ignoring_case(name, "name")) return "Pigeonhole Sieve";
  if (equal_ignoring_case(name, "version")) return "0.5.19";
  if (equal_ignoring_case(name, "location")) return "MDA";
  if (equal_ignoring_case(name, "phase")) return "during";
  if (equal_ignoring_case(name, "domain")) return input.forward_path.address().domain;
  if (equal_ignoring_case(name, "host")) return input.forward_path.address().domain;
  if (equal_ignoring_case(name, "vnd.dovecot.default-mailbox")) return "INBOX";
  if (equal_ignoring_case(name, "vnd.dovecot.username")) return input.forward_path.address().local_part;
  return std::nullopt;
}

}  // namespace watershed::sieve
