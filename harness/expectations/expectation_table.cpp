// The table of expectations. See expectation_table.hpp.
#include "harness/expectations/expectation_table.hpp"

#include <vector>

namespace watershed::harness {

std::span<const ExpectationKind> expectation_kinds() {
  static const std::vector<ExpectationKind> table = {
      {"delivered", false, "It is in a mailbox.", delivered_shape(), bind_delivered},
      {"rejected", false, "A server refused it in the session.", rejected_shape(), bind_rejected},
      {"bounced", false, "It failed after acceptance and a notice arrived.", bounced_shape(), bind_bounced},
      {"deferred", false, "It had to wait in a queue.", deferred_shape(), bind_deferred},
      {"discarded", false, "A rule dropped it on purpose.", ended_shape(), bind_discarded},
      {"held", false, "It is in quarantine.", ended_shape(), bind_held},
      {"queued", false, "It is still in a queue at the end.", ended_shape(), bind_queued},
      {"path", false, "Hosts that it went through, in order.", path_shape(), bind_path},
      {"never", false, "A host or zone that must not have it.", never_shape(), bind_never},
      {"header", false, "A header field of the delivered copies.", header_shape(), bind_header},
      {"body", false, "The body of the delivered copies.", body_shape(), bind_body},
      {"checksum", false, "The content's own checksum holds on arrival.", checksum_shape(), bind_checksum},
      {"auto_reply", false, "It was answered automatically.", auto_reply_shape(), bind_auto_reply},
      {"filtered", false, "Filters that looked at it.", filtered_shape(), bind_filtered},
      {"throughput", false, "How fast a send_many came through.", throughput_shape(), bind_throughput},
      {"queue_empty", true, "Nothing is left in a queue.", queue_empty_shape(), bind_queue_empty},
      {"shared_hosts", true, "Exactly these hosts handled several segregated classes.", shared_hosts_shape(),
       bind_shared_hosts},
      {"stragglers", true, "Mail to an old address arrived, counted by its reverse-path.", stragglers_shape(),
       bind_stragglers},
      {"filter_saw_only", true, "Classes that a filter saw.", filter_saw_only_shape(), bind_filter_saw_only},
      {"unchanged", true, "A zone is the same as in another world.", unchanged_shape(), bind_unchanged},
      {"simpler_than", true, "Ways are not longer than in another world.", simpler_than_shape(), bind_simpler_than},
      {"lookups", true, "A name was looked up, or was not.", lookups_shape(), bind_lookups},
      {"rules", true, "Old and new rules do the same with any message.", rules_shape(), bind_rules},
  };
  return table;
}

}  // namespace watershed::harness
