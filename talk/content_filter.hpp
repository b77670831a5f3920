// What a router asks a content filter, the way a milter is asked at end of message. The fake spam filter answers in the
// simulated lane, rspamd in the live lane.
#pragma once

#include "mail/envelope.hpp"
#include "mail/message.hpp"
#include "mail/reply.hpp"
#include "stage/stage.hpp"

#include <string>
#include <vector>

namespace watershed::talk {

struct FilterRequest {
  IpAddress client_address;
  std::string helo;
  const mail::Envelope& envelope;
  const mail::Message& message;
};

enum class FilterAction { accept, tag, quarantine, reject, tempfail, discard };

std::string_view to_string(FilterAction action);

struct FilterVerdict {
  FilterAction action = FilterAction::accept;
  mail::Reply reply;                    ///< for reject and tempfail
  std::vector<std::string> add_fields;  ///< header fields to add at the end of the header section, without line ends
  std::string rule;                     ///< name of the rule that decided
  std::string decided_by;               ///< its `file:line`
};

class ContentFilter {
 public:
  virtual ~ContentFilter() = default;
  /// The host that saw the message: it gets the `filtered` fact, also where it serves several routers.
  virtual stage::HostId host() const = 0;
  /// Whether a session's connection to it could be opened now. MILTER_README: it is opened before the greeting.
  virtual bool is_reachable() const { return true; }
  /// The verdict; nothing when the filter cannot be reached (then milter_default_action decides).
  virtual stage::Task<std::optional<FilterVerdict>> inspect(const FilterRequest& request) = 0;
};

}  // namespace watershed::talk
