#!/usr/bin/env bash
# Other people's clients against a live world: swaks sends through it, curl reads the mailbox over IMAP.
source "$(dirname "$0")/lib.sh"

need_live
cd "$root" || exit 1

# As a station: from its address, to the exchanger that the name server gives. Then as the robot: from its mailbox.
cat >"$scratch/peer.sh" <<'PEER'
set -e
swaks --server 192.0.2.20 --local-interface 198.51.100.10 --ehlo station.example --from op@station.example \
  --to autodrm@ctbto.int --data "$1" --silent 2
mailbox() { curl --silent --user autodrm@ctbto.int:watershed "imap://192.0.2.30/$1"; }
for _ in $(seq 200); do
  if mailbox 'Requests;UID=1' 2>/dev/null; then exit 0; fi
  sleep 0.05
done
echo "the message did not come to be in the mailbox"
exit 1
PEER
message="$root/scenarios/messages/ims2-request.eml"
sed -e 's/{[a-z_ .]*}/x/g' "$message" >"$scratch/message.eml"
run "$watershed" up --world phase2 -- bash "$scratch/peer.sh" "@$scratch/message.eml"
expect_status 0 "swaks sends, curl reads"
expect_output '^Received: .*mx.ctbto.int' "the mailbox has the router's trace"
expect_output '^Delivered-To: autodrm@ctbto.int|^Return-Path: <op@station.example>' "the mailbox has the store's fields"

finish
