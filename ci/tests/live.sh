#!/usr/bin/env bash
# The live suite: every scenario that says something in the live lane, with real programs in parallel sandboxes, beside the
# same scenario in the simulated lane. All runs of both have to be right, and the lanes have to agree.
source "$(dirname "$0")/lib.sh"

need_live

parity_at_least=0.99

cd "$root" || exit 1
run "$watershed" run scenarios --lane both --seed 1 --color never \
  --report "json=$scratch/both.json"
printf '%s\n' "$output" | tail -n 80
expect_output "Lane both: sandbox " "the report names the sandbox"
expect_status 0 "both lanes"

# field NAME: a number from the top of the report.
field() { grep -oE "\"$1\": ?[0-9.]+" "$scratch/both.json" | head -n 1 | grep -oE '[0-9.]+$'; }
checks=$((checks + 2))
[ "$(field compared)" -ge 1000 ] || wrong "only $(field compared) messages were compared"
awk -v parity="$(field parity)" -v least="$parity_at_least" 'BEGIN { exit !(parity >= least) }' ||
  wrong "parity $(field parity), expected at least $parity_at_least"

finish
