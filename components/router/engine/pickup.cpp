// See pickup.hpp.
#include "components/router/engine/pickup.hpp"

#include "components/router/engine/engine.hpp"
#include "components/router/engine/trace_fields.hpp"

#include <fmt/format.h>

namespace watershed::router {

PickedUp pick_up(Engine& engine, InternalMail& made) {
  const Entrance& pickup = engine.decider->pickup();
  engine.note_not_understood(pickup.milters);
  PickedUp taken;
  if (!pickup.checks.empty()) {
    ContentOutcome outcome = pickup.checks.check(made.message);
    engine.note_not_understood(outcome.not_understood);
    if (outcome.rewritten) made.message = std::move(*outcome.rewritten);
    taken.actions.add(outcome);
    if (outcome.refusal) {
      const NotUnderstood item{outcome.decided_by.at,
                               fmt::format("{} refuses mail that a program on this host submits ({}); that cleanup(8) "
                                           "returns it is not modelled",
                                           outcome.decided_by.rule, to_line(*outcome.refusal))};
      engine.note_not_understood({&item, 1});
      taken.refusal = std::move(outcome.refusal);
    }
  }
  // cleanup(8) drops fields and adds what a program may leave out after its checks.
  const HeaderScan scan = scan_header(made.message, engine.settings->dropped_headers);
  drop_fields(made.message, scan.dropped);
  add_missing_fields(made.message, scan,
                     {engine.message_id(made.queue_id), display(made.reverse_path), engine.unix_now()});
  return taken;
}

}  // namespace watershed::router
