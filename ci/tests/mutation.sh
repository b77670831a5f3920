#!/usr/bin/env bash
# The check of the checks: one line of a transport table is changed so that verification mail goes through the personal
# part, and the rehearsal must fail with a sentence that names the message, the path and that line.
source "$(dirname "$0")/lib.sh"

cp -r "$root/scenarios" "$scratch/scenarios"
cd "$scratch" || exit 1
scenario=scenarios/robots/data-request.yaml

# mutate TABLE OLD NEW: changes the one line that reads OLD; sets $line.
mutate() {
  line="$(grep -nE "^$2\$" "$1" | cut -d: -f1)"
  [[ "$line" =~ ^[0-9]+$ ]] || wrong "$1: expected one line that reads $2"
  sed -i -E "${line}s/^$2\$/$3/" "$1"
}

run "$watershed" run "$scenario" --world phase2 --seed 1
expect_status 0 "before the change"

table=scenarios/worlds/phase2/postfix/filter-int/transport
mutate "$table" 'ctbto\.int +relay:\[mx\.ctbto\.int\]' 'ctbto.int relay:[eu.cloud.example]'
run "$watershed" run "$scenario" --world phase2 --seed 1
expect_status 1 "verification mail through the provider"
expect_output "invariant segregation: .*'request'" "the sentence names the message"
expect_output "path +.*filter\.ctbto\.int > eu\.cloud\.example" "the path is shown"
expect_output "decided by +.*$table:$line\$" "the line that decided is named"
expect_output "^Segregated: NO " "the answer"
expect_output "^  replay  .*--seed 1.*data-request\.yaml" "the command that replays it"

# The whole rehearsal fails as well, and the reports say the same.
run "$watershed" run --seed 1 --quiet --report json=report.json --report junit=junit.xml
expect_status 1 "the whole rehearsal"
output="$(cat report.json)"
expect_output "\"decided_by\": \"$table:$line\"" "the JSON report names the line"
expect_output '"answer": "no"' "the JSON report says no"
output="$(cat junit.xml)"
expect_output "<failure type=\"invariant segregation\"" "the JUnit report has the failure"

# The line as it was again.
mutate "$table" 'ctbto\.int relay:\[eu\.cloud\.example\]' 'ctbto.int       relay:[mx.ctbto.int]'

# What the Linux part's files were in phase 1 is known even where only phase 2 runs.
untouched=scenarios/cloud/linux-part-untouched.yaml
run "$watershed" run "$untouched" --world phase2 --seed 1
expect_status 0 "the Linux part as it was"
echo 'message_size_limit = 1000000' >>scenarios/worlds/phase2/postfix/int-mx/main.cf
run "$watershed" run "$untouched" --world phase2 --seed 1
expect_status 1 "a line more in the Linux part"
expect_output "is not as in world phase1: .*int-mx/main\.cf" "the file that changed is named"

finish
