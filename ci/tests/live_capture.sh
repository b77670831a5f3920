#!/usr/bin/env bash
# The capture that a live run leaves is for other people's programs: tcpdump reads capture.pcapng and sees in it the
# sessions that the journal tells of.
source "$(dirname "$0")/lib.sh"

need_live
cd "$root" || exit 1

run "$watershed" run scenarios/robots/data-request.yaml --lane live --world phase2 --seed 1 --artifacts "$scratch/artifacts"
expect_status 0 "the run"
capture="$(find "$scratch/artifacts" -name capture.pcapng)"
checks=$((checks + 1))
[ "$(wc -w <<<"$capture")" -eq 1 ] || wrong "one capture.pcapng expected among the artifacts: $capture"

run tcpdump --number -n -tttt -r "$capture"
expect_status 0 "tcpdump reads the capture to its end"
expect_output '192\.0\.2\.20\.25: Flags \[S\]' "a session begins at the exchanger"
expect_output '192\.0\.2\.30\.24: Flags \[S\]' "a session begins at the store"
expect_output '192\.0\.2\.53\.53: .* MX\? ' "a name is looked up"
expect_no_output 'bad-len|truncated|\[\|' "no packet is cut short"
today="$(date +%Y-)"
expect_output "^ +1  $today" "packets have their time"

run tcpdump -n -A -r "$capture" 'tcp dst port 25'
expect_output 'MAIL FROM:<' "the dialogue can be read: the envelope"
expect_output 'RCPT TO:<autodrm@ctbto\.int>' "the dialogue can be read: the recipient"
expect_output '^Received: |^Subject: ' "the dialogue can be read: the message"

finish
