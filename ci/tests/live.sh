#!/usr/bin/env bash
# The live suite: every scenario that says something in the live lane, with real programs in parallel sandboxes, and a world
# driven and read by other people's clients.
#
# Where the machine gives no sandbox it says so in one loud line and is skipped; WATERSHED_REQUIRE_LIVE=1 makes that a
# failure.
source "$(dirname "$0")/lib.sh"

if ! output="$("$watershed" doctor 2>&1)"; then
  printf '%s\n' "$output"
  echo '*** LIVE TESTS SKIPPED: this machine gives no sandbox, or programs are missing (watershed doctor, above) ***'
  [ "${WATERSHED_REQUIRE_LIVE:-}" = 1 ] && exit 1
  exit 77
fi

cd "$root" || exit 1
run "$watershed" run scenarios --lane live --world phase1 --world phase2 --seed 1 --color never \
  --report "json=$scratch/live.json"
printf '%s\n' "$output" | tail -n 60
expect_output "Lane live: sandbox " "the report names the sandbox"
expect_status 0 "the live suite"

finish
