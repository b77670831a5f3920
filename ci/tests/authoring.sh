#!/usr/bin/env bash
# What an author is helped with: first files that work as they are, a second run after an edit, the nearest messages to a
# wrong expectation, and what differs between two worlds.
source "$(dirname "$0")/lib.sh"

# From nothing to a run.
mkdir "$scratch/empty"
cd "$scratch/empty" || exit 1
run "$watershed" new world lab
expect_status 0 "new world"
run "$watershed" new scenario first --world lab
expect_status 0 "new scenario"
run "$watershed" check scenarios
expect_status 0 "check of first files"
run "$watershed" run scenarios --seed 1
expect_status 0 "run of first files"
expect_output "^1 run: 1 passed" "run of first files"
run "$watershed" new scenario first
expect_status 3 "a scenario that is there already"
run "$watershed" new world lab
expect_status 3 "a world that is there already"
for name in ../out "" a/ "a b"; do
  run "$watershed" new scenario "$name"
  expect_status 2 "new scenario '$name'"
done

cp -r "$root/scenarios" "$scratch/scenarios"
cd "$scratch" || exit 1
run "$watershed" new scenario robots/hello
expect_status 0 "new scenario among others"
run "$watershed" run scenarios/robots/hello.yaml --seed 1
expect_status 0 "a new scenario among others"

# A wrong word in an expectation.
cp scenarios/robots/data-request.yaml saved.yaml
sed -i 's/folder: Requests/folder: Request/' scenarios/robots/data-request.yaml
run "$watershed" run scenarios/robots/data-request.yaml --world phase2 --seed 1
expect_status 1 "a wrong folder"
expect_output "closest: 'request' in Requests of autodrm@ctbto.int \(another folder, wanted Request\)" "a wrong folder"
cp saved.yaml scenarios/robots/data-request.yaml
cat >scenarios/robots/near.yaml <<'END'
version: 1
scenario: What came nearest is told for refusals, ways and content, too.
requirements: [SEG-1]
worlds: [phase2]
steps:
  - send: { id: stray, class: verification, from: op@station.example, to: nobody-here@ctbto.int, message: ims2-request.eml }
  - send: { id: good, class: verification, from: op@station.example, to: autodrm@ctbto.int, message: ims2-request.eml }
expect:
  - stray: { rejected: { by: filter.ctbto.int, status: 5.7.1 } }
  - good: { rejected: { status: 5.1.1 } }
  - stray: { bounced: { to: nobody-here@ctbto.int, code: 553 } }
  - stray: { deferred: { at: filter.ctbto.int } }
  - good: { body: { to: anna@ctbto.org, contains: request } }
  - stray: { path: [filter.ctbto.int, mx.ctbto.int] }
END
run "$watershed" run scenarios/robots/near.yaml --seed 1
expect_status 1 "six wrong expectations"
reply="550 5\.1\.1 <nobody-here@ctbto\.int>[^()]*"
expect_output "closest: 'stray' rejected by filter\.ctbto\.int for [^ ]*: $reply\(another reply, wanted 5\.7\.1\)" "rejected"
expect_output "closest: 'stray' rejected by filter\.ctbto\.int for [^ ]*: $reply\(another message, wanted good\)" "rejected"
expect_output "closest: 'stray' failed by station\.example for [^ ]*: $reply\(another reply, wanted 553\)" "bounced"
expect_output "closest: 'stray' rejected by filter\.ctbto\.int for [^ ]*: $reply\(another end, wanted deferred\)" "deferred"
expect_output "closest: 'good' in Requests of autodrm@ctbto.int \(another mailbox, wanted anna@ctbto.org\)" "body"
expect_output "went nowhere: .*closest: 'good' in Requests of autodrm@ctbto.int \(another message, wanted stray\)" "path"
rm scenarios/robots/near.yaml

# Watching: the edited scenario runs again, and nothing else.
run "$watershed" run scenarios/robots --watch
expect_status 2 "--watch without a terminal"
"$watershed" run scenarios/robots/data-request.yaml scenarios/robots/hello.yaml --seed 1 --watch=always >watched 2>&1 &
watching=$!
wait_for() {
  local tries
  for tries in $(seq 1 200); do
    if [ "$(grep -c "$1" watched)" -ge "$2" ]; then return; fi
    sleep 0.1
  done
  wrong "--watch: no '$1' ($tries tries): $(cat watched)"
}
checks=$((checks + 1))
wait_for '^watching scenarios' 1
echo "# edited" >>scenarios/robots/hello.yaml
wait_for '^watching scenarios' 2
kill "$watching"
wait "$watching" 2>/dev/null
run cat watched
expect_output "^changed: scenarios/robots/hello\.yaml$" "--watch says what changed"
expect_output "^seed 1  lane simulated  1 run$" "--watch runs the edited scenario alone"

# Two worlds: the Linux part is unchanged, until a line of it changes.
run "$watershed" diff phase1 phase2 --expect-unchanged zone=verification
expect_status 0 "diff of phase1 and phase2"
expect_output "^Zone verification: unchanged from phase1 to phase2 \(.* [1-9][0-9]* flows\)" "diff of phase1 and phase2"
expect_output "^A: phase1$" "both sides are named"
expect_output "only in phase[12]$" "what was not compared is said"
run bash -c "$watershed diff phase1 phase2 --json --filter robots | python3 -c 'import json, sys
diff = json.load(sys.stdin)
assert diff[\"flows\"] > 10 and diff[\"differences\"] and all(each[\"cause\"] for each in diff[\"differences\"])'"
expect_status 0 "diff as JSON"
sed -i 's/^bounce_queue_lifetime = 5d/bounce_queue_lifetime = 1d/' scenarios/worlds/phase2/postfix/int-mx/main.cf
run "$watershed" diff phase1 phase2 --scenarios scenarios/robots --expect-unchanged zone=verification
expect_status 1 "a line of the Linux part changed"
expect_output "postfix/int-mx/main\.cf has changed" "a line of the Linux part changed"
run "$watershed" diff phase1 nowhere
expect_status 3 "a world that is not there"
run "$watershed" diff phase1 scenarios/requirements.yaml
expect_status 2 "a world and a file"

# Two result files of the same scenarios.
for world in phase1 phase2; do
  run "$watershed" run saved.yaml --scenarios scenarios --world "$world" --seed 1 --hash-content --report "json=$world.json"
done
cp scenarios/worlds/phase1/postfix/int-mx/main.cf main.cf
run "$watershed" run saved.yaml --scenarios scenarios --world phase1 --seed 1 --hash-content --report json=same.json
run "$watershed" diff phase1.json same.json
expect_status 0 "two runs of the same"
expect_output "^[1-9][0-9]* flows compared, 0 differ$" "two runs of the same"
run "$watershed" diff phase1.json phase2.json
expect_status 5 "result files of different worlds have nothing in common"

finish
