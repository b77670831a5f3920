// The table of steps. See step_table.hpp.
#include "harness/steps/step_table.hpp"

#include <vector>

namespace watershed::harness {

std::span<const StepKind> step_kinds() {
  static const std::vector<StepKind> table = {
      {"send", "Sends one message.", send_shape(), bind_send},
      {"send_many", "Sends many messages at a rate, of one kind or of a mix.", send_many_shape(), bind_send_many},
      {"reply", "Answers a message that arrived.", reply_shape(), bind_reply},
      {"advance", "Lets time go by.", advance_shape(), bind_advance},
      {"fault", "Makes a fake MTA rude.", fault_shape(), bind_fault},
      {"clear_fault", "Makes it honest again.", clear_fault_shape(), bind_clear_fault},
      {"spam_filter", "Takes a spam filter down or up.", spam_filter_shape(), bind_spam_filter},
      {"dns", "Changes the DNS, or makes queries fail.", dns_shape(), bind_dns},
      {"configure", "Gives a host another configuration.", configure_shape(), bind_configure},
      {"host", "Takes a host down or up.", host_state_shape(), bind_host_state},
      {"link", "Cuts or restores the way between two zones or hosts.", link_shape(), bind_link},
      {"flush", "Tries everything in a host's queue now.", flush_shape(), bind_flush},
      {"outage", "A provider fails in one of the ways in which providers fail.", outage_shape(), bind_outage},
      {"machine", "Something befalls a real machine (live lane).", machine_shape(), bind_machine},
      {"await", "Waits until a message has arrived, or until mail lies in a queue (live lane).", await_shape(),
       bind_await},
      {"mailbox", "A real mailbox cannot take mail (live lane).", mailbox_shape(), bind_mailbox},
  };
  return table;
}

}  // namespace watershed::harness
