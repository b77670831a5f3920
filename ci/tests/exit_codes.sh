#!/usr/bin/env bash
# What bad input gets: the exit codes of the README, each by what causes it, and a first line that says where.
source "$(dirname "$0")/lib.sh"

cp -r "$root/scenarios" "$scratch/scenarios"
cd "$scratch" || exit 1
good=scenarios/robots/data-request.yaml

# The command line: 2.
for arguments in "" "frobnicate" "run --frobnicate" "run --seed x" "run --shard 3/2" "run --shard x" "run --tag (" \
  "run --filter (" "run --jobs 0" "run --report html" "run --report json=" "run --lane other" "schema nothing" \
  "explain --world phase2"; do
  # shellcheck disable=SC2086  # words of a command line
  run "$watershed" $arguments
  expect_status 2 "watershed $arguments"
done
run "$watershed" --help
expect_status 0 "--help"
expect_output "5  inconclusive" "--help lists the exit codes"

# A scenario: 3, with file:line:col, and nothing is run.
# bad_scenario NAME PATTERN: the text comes on standard input.
bad_scenario() {
  cat >"scenarios/bad.yaml"
  run "$watershed" run scenarios --report json=never.json
  expect_status 3 "$1"
  expect_output "$2" "$1"
  expect_output "nothing was run" "$1"
  [ ! -e never.json ] || wrong "$1: a report was written"
  run "$watershed" check scenarios/bad.yaml
  expect_status 3 "check: $1"
  rm -f scenarios/bad.yaml
}
head='version: 1
scenario: bad
requirements: [SEG-1]
worlds: [phase2]
steps:
  - send: { id: a, class: verification, from: op@station.example, to: autodrm@ctbto.int, message: ims2-request.eml }'
bad_scenario "unknown key" "^scenarios/bad\.yaml:8:[0-9]+: error: .*delivred" <<<"$head
expect:
  - a: { delivred: { times: 1 } }"
bad_scenario "nearest match" "did you mean 'delivered'" <<<"$head
expect:
  - a: { delivred: { times: 1 } }"
bad_scenario "no YAML" "^scenarios/bad\.yaml:[0-9]+:[0-9]+: error: " <<<"version: [1"
bad_scenario "tests nothing" "^scenarios/bad\.yaml:[0-9]+" <<<"${head%%steps:*}steps: []
expect: []"
bad_scenario "repeated key" "^scenarios/bad\.yaml:2:[0-9]+: error: .*version" <<<"version: 1
version: 1"
bad_scenario "unknown world" "^scenarios/bad\.yaml:[24]:[0-9]+: error: .*phase9" <<<"${head/phase2/phase9}
expect:
  - a: { delivered: { times: 1 } }"
bad_scenario "empty file" "^scenarios/bad\.yaml" </dev/null
head -c 4096 /dev/urandom | bad_scenario "noise" "^scenarios/bad\.yaml:[0-9]+"

# A world's configuration: 3, at the line.
# bad_line FILE TEXT PATTERN: appends a line to a configuration file.
bad_line() {
  cp "$1" saved
  printf '%s\n' "$2" >>"$1"
  run "$watershed" run "$good" --world phase2
  expect_status 3 "$1: $2"
  expect_output "$1:[0-9]+" "$1: $2"
  cp saved "$1"
}
world=scenarios/worlds/phase2
bad_line "$world/world.yaml" "zonez: {}" "zonez"
bad_line "$world/dns/phase2.zone" "x IN A 999.1.1.1" ""
bad_line "$world/sieve/autodrm.sieve" "if header {" ""
mv "$world/postfix/int-mx/main.cf" main.cf.away
run "$watershed" run "$good" --world phase2
expect_status 3 "no main.cf"
mv main.cf.away "$world/postfix/int-mx/main.cf"

# Configuration that is not understood: 5, listed by file:line, and no verdict rests on it.
printf '%s\n' "smtpd_frobnicate_map = texthash:frobnicate" >>"$world/postfix/int-mx/main.cf"
line="$(wc -l <"$world/postfix/int-mx/main.cf")"
run "$watershed" run "$good" --world phase2
expect_status 5 "a parameter that is not understood"
expect_output "postfix/int-mx/main\.cf:$line" "a parameter that is not understood"
expect_output "^Segregated: not shown" "a parameter that is not understood"
cp "$root/$world/postfix/int-mx/main.cf" "$world/postfix/int-mx/main.cf"

# Selecting nothing: 3, unless it is said to be meant.
run "$watershed" run --filter 'no such scenario anywhere'
expect_status 3 "nothing selected"
run "$watershed" run --filter 'no such scenario anywhere' --allow-empty
expect_status 0 "nothing selected, as meant"
run "$watershed" run no/such/file.yaml
expect_status 3 "a path that is not there"

# Skipping everything: 5, and a line that says so.
run "$watershed" run scenarios/live/mailbox-full.yaml --lane simulated
expect_status 5 "every run skipped"
expect_output "^Nothing was tested: every run was skipped; the first: only in the lane live$" "every run skipped"

# The environment: 4.
: >plain_file
run "$watershed" run "$good" --world phase2 --report json=plain_file/report.json
expect_status 4 "a report that cannot be written"

# And the good case, so that all of the above says something.
run "$watershed" run "$good" --world phase2 --seed 1
expect_status 0 "the good scenario"

finish
