// The line of a mailbox's script behind what a real mail store did. Dovecot says what it does and not why: our own
// engine decides about the same message, and where it comes to the same end it names the line. Where it does not, none
// is named.
#pragma once

#include "components/filter/sieve/outcome.hpp"
#include "components/store/mailbox.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace watershed::harness {

enum class StoreDeed { file, discard, redirect, answer, reject };

/// A message as a store took it for one of its recipients.
struct StoreDelivery {
  std::string_view content;       ///< as it came in by LMTP
  std::string_view reverse_path;  ///< as in facts: without brackets, `<>` when null
  std::string_view recipient;
  std::int64_t now_unix_seconds = 0;
};

/// What the mailbox's script must have done with it, by our own engine. Nothing where it has no script.
std::optional<sieve::Outcome> script_outcome(const store::MailboxSettings& mailbox, const StoreDelivery& delivery);

/// `file:line` of the action; the mailbox's own line where its script says nothing of it or there is no script. Empty:
/// not known. `target`: of `file` the folder, of `redirect` the address.
std::string line_behind(const store::MailboxSettings& mailbox, const std::optional<sieve::Outcome>& outcome,
                        StoreDeed deed, std::string_view target = {});

}  // namespace watershed::harness
