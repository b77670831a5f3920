#!/usr/bin/env bash
# The reports of a real run: shards merge into the reports of one run, each kind is what it claims to be, events come
# while the run goes on, and only what failed runs again.
source "$(dirname "$0")/lib.sh"

cp -r "$root/scenarios" "$scratch/scenarios"
cd "$scratch" || exit 1

# What differs between two runs of one seed: when and how they were started and how long they took, each by its field.
masked() {
  sed -E -e 's/<time>[^<]*<\/time>/T/g' -e 's/(>Command<td><code>)[^<]*/\1C/' \
    -e 's/("(started_at|command)": )".*"/\1T/' -e 's/("seconds": )[0-9.e-]+/\1T/' -e 's/( time=")[0-9.]+"/\1T"/g' -e 's/[0-9]+\.[0-9]{2} s\b/T s/' "$1"
}

kinds=(json junit markdown tap sarif)
reports() {
  local kind
  for kind in "${kinds[@]}"; do printf -- '--report %s=%s/%s ' "$kind" "$1" "$kind"; done
}
selection=(scenarios/robots scenarios/cloud scenarios/must-fail --seed 7 --quiet)
# shellcheck disable=SC2046  # words of a command line
run "$watershed" run "${selection[@]}" $(reports whole) --report html=whole/page.html
expect_status 0 "one run"
for shard in 1 2 3; do
  run "$watershed" run "${selection[@]}" --shard "$shard/3" --report "json=shard$shard.json"
  expect_status 0 "shard $shard of 3"
done
# shellcheck disable=SC2046
run "$watershed" report merge shard3.json shard1.json shard2.json $(reports merged) --report html=merged/page.html
expect_status 0 "report merge"
for kind in "${kinds[@]}"; do
  masked "whole/$kind" >whole.masked
  masked "merged/$kind" >merged.masked
  run diff whole.masked merged.masked
  expect_status 0 "$kind: merged as from one run"
done
while IFS= read -r page; do
  masked "whole/$page" >whole.masked
  masked "merged/$page" >merged.masked
  run diff whole.masked merged.masked
  expect_status 0 "$page: merged as from one run"
done < <(cd whole && find . -name '*.html')
run grep -c '<article class=story' merged/page.html
expect_status 0 "the merged page has stories"
run grep -c 'class="v passed">✓ expected' merged/page.html
expect_status 0 "the merged page says what differs between worlds"
run "$watershed" report merge shard1.json shard2.json
expect_status 3 "a shard is missing"
expect_output "shard 3/3 is missing" "a shard is missing"
head -c 3000 shard1.json >half.json
run "$watershed" report merge half.json
expect_status 3 "half a file"
expect_output "^half\.json:[0-9]+:[0-9]+: error: this is no valid JSON" "half a file"
run "$watershed" report merge scenarios/requirements.yaml
expect_status 3 "another file"
run "$watershed" report merge shard1.json --report events=x
expect_status 2 "events of what does not run"

# A run that fails, in each report; then only what failed.
sed -i 's/folder: Requests/folder: Nowhere/' scenarios/robots/data-request.yaml
# shellcheck disable=SC2046
run env GITHUB_ACTIONS=true "$watershed" run scenarios/robots --seed 7 $(reports bad) --report events=bad/events
expect_status 1 "a run that fails"
expect_output "^::error file=scenarios/[^ ]*,line=[0-9]+,(col=[0-9]+,)?title=expectation delivered on " "annotations in a GitHub job"
run xmllint --noout --schema "$root/reports/junit.xsd" bad/junit
expect_status 0 "JUnit schema"
run python3 -c 'import json, sys
lines = [json.loads(line) for line in open("bad/events")]
assert lines[0]["event"] == "start" and lines[-1]["event"] == "end", lines
assert [line["done"] for line in lines[1:-1]] == list(range(1, lines[0]["runs"] + 1))
assert lines[-1]["failed"] == sum(line["result"]["verdict"] == "failed" for line in lines[1:-1]) > 0
assert json.load(open("bad/sarif"))["runs"][0]["results"][0]["ruleId"] == "expectation delivered"'
expect_status 0 "events and SARIF are JSON"
run grep -c '^not ok' bad/tap
failed="$output"
run "$watershed" run scenarios/robots --seed 7 --last-failed=bad/json --annotations off
expect_status 1 "--last-failed"
expect_output "^seed 7  lane simulated  $failed runs?$" "--last-failed"
expect_no_output "::error" "--annotations off"
run "$watershed" run scenarios/robots --seed 7 --last-failed=whole/json
expect_status 0 "--last-failed with nothing failed"
expect_output "nothing failed in whole/json" "--last-failed with nothing failed"

# The suite as a tree, and by shard.
run "$watershed" list scenarios --tree
expect_status 0 "list --tree"
expect_output "├── cloud/" "list --tree"
all="$("$watershed" list scenarios --json | grep -c '"file"')"
parts="$(for shard in 1 2 3 4; do "$watershed" list scenarios --json --shard "$shard/4"; done | grep -c '"file"')"
checks=$((checks + 1))
[ "$all" -eq "$parts" ] || wrong "four shards list $parts scenarios, all of them are $all"

finish
