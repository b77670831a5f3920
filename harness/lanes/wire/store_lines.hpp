// The line of a mailbox's script behind what a real mail store did. Dovecot says what it does and not why: our own
// engine decides about the same message, and where it comes to the same end it names the line. Where it does not, none
// is named.
#pragma once

#include "components/store/mailbox.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace watershed::harness {

enum class StoreDeed { file, discard, redirect, answer, reject };

struct StoreQuestion {
  std::string_view content;       ///< as it came in by LMTP
  std::string_view reverse_path;  ///< as in facts: without brackets, `<>` when null
  std::string_view recipient;
  std::int64_t now_unix_seconds = 0;
  StoreDeed deed = StoreDeed::file;
  std::string_view target = {};  ///< of `file` the folder, of `redirect` the address
};

/// `file:line`; the mailbox's own line where its script says nothing of it or there is no script. Empty: not known.
std::string line_behind(const store::MailboxSettings& mailbox, const StoreQuestion& question);

/// What the mailbox's script must have done with a message, by our own engine.
struct StoreForecast {
  std::size_t actions = 0;             ///< copies, redirects, answers, rejections and discards, all together
  std::vector<std::string> led_there;  ///< `file:line` of branches and commands that left no other trace
};

/// Of a mailbox with a script; deed and target of the question do not matter.
StoreForecast forecast(const store::MailboxSettings& mailbox, const StoreQuestion& question);

}  // namespace watershed::harness
