#!/usr/bin/env bash
# Every level of the live lane's sandbox, one after the other: a scenario passes there, the report names the level, and a
# kill -9 of the program leaves nothing behind: no process, mount or file.
#
# The levels without root run as an ordinary user. Where the test has root it makes one up, who exists only in a mount
# namespace of the test's; else it is whoever runs the test. The level without namespaces runs as a container's root, with
# the rights and the system calls that a container leaves him. A level that the machine does not give is skipped in a loud
# line; WATERSHED_REQUIRE_LIVE=1 makes that a failure.
source "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
chmod 755 "$scratch"

readonly levels=(root-namespaces mapped-user-namespace single-user-namespace loopback-addresses)
# What Docker leaves to root by default: neither CAP_SYS_ADMIN nor CAP_NET_ADMIN nor CAP_SYS_PTRACE.
readonly container_rights=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap
skipped=0
required=0 # of those skipped

# In a mount namespace of its own: a user who is in nobody's files but there, with or without further ids.
cat >"$scratch/as_user.sh" <<'AS_USER'
set -e
own="$1" ids="$2"
shift 2
mount -t tmpfs -o mode=755 made-up-user "$own"
for name in passwd group subuid subgid; do
  [ -e "/etc/$name" ] || continue
  cp "/etc/$name" "$own/$name"
  case "$name" in
    passwd) echo "made-up:x:5600:5600::/tmp:/bin/sh" ;;
    group) echo "made-up:x:5600:" ;;
    *) [ "$ids" = no ] || echo "made-up:200000:65536" ;;
  esac >>"$own/$name"
  mount --bind "$own/$name" "/etc/$name"
done
exec setpriv --reuid 5600 --regid 5600 --clear-groups -- "$@"
AS_USER

# at LEVEL COMMAND…: as the kind of user that the level is for. Leaves no process of its own before the command.
at() {
  local level="$1" ids=no
  shift
  if [ "$level" = root-namespaces ] || [ "$(id -u)" -ne 0 ]; then exec "$@"; fi
  [ "$level" != loopback-addresses ] ||
    exec setpriv --bounding-set "$container_rights" -- /usr/bin/python3 "$root/ci/tests/as_container.py" "$@"
  [ "$level" = single-user-namespace ] || ids=yes
  mkdir -p "$scratch/user"
  exec unshare --mount --propagation private bash "$scratch/as_user.sh" "$scratch/user" "$ids" "$@"
}

at_level() { (at "$@"); }

# Process and command line of everything that comes from a process.
descendants() {
  ps -eo pid=,ppid=,args= | awk -v root="$1" '
    { pid[NR] = $1; parent[NR] = $2; $1 = $2 = ""; args[NR] = substr($0, 3) }
    END {
      of[root] = 1
      do {
        found = 0
        for (i = 1; i <= NR; ++i) if (of[parent[i]] && !of[pid[i]]) { of[pid[i]] = found = 1; print pid[i], args[i] }
      } while (found)
    }'
}

# What the program and the programs in the sandbox might have written outside.
files_since() {
  find "$scratch/$1.tmp" /media /srv /mnt /opt /dev/shm /etc /var/mail /var/spool /var/lib/postfix /var/lib/dovecot /var/lib/rspamd \
    -mindepth 1 -newer "$scratch/$1.stamp" -not -path "$scratch/user*" 2>/dev/null
}

# dies_whole LEVEL WHAT COMMAND…: WHAT is a program of the sandbox that shows that the world is up.
dies_whole() {
  local level="$1" what="$2" program all="" left=""
  shift 2
  touch "$scratch/$level.stamp"
  sleep 0.01
  (TMPDIR="$scratch/$level.tmp" at "$level" "$@") >"$scratch/$level.out" 2>&1 &
  program=$!
  for _ in $(seq 600); do
    all="$(descendants "$program")"
    grep -qE "^[0-9]+ $what" <<<"$all" && [ "$(wc -l <<<"$all")" -gt 10 ] && break
    sleep 0.1
  done
  kill -9 "$program"
  wait "$program" 2>/dev/null
  checks=$((checks + 1))
  [ "$(wc -l <<<"$all")" -gt 10 ] || { wrong "$level: the world of '$*' did not come up: $all; $(cat "$scratch/$level.out")"; return; }
  for _ in $(seq 200); do
    left="$(ps -o pid=,args= -p "$(cut -d' ' -f1 <<<"$all" | paste -sd,)")"
    [ -z "$left" ] && break
    sleep 0.05
  done
  checks=$((checks + 3))
  [ -z "$left" ] || wrong "$level: left after kill -9: $left"
  ! grep -qE '^(watershed|made-up-user) ' /proc/self/mounts || wrong "$level: a mount is left after kill -9"
  left="$(files_since "$level")"
  [ -z "$left" ] || wrong "$level: files are left after kill -9: $left"
}

# leaks_are_seen LEVEL: a router that is sent to an address outside of the world fails the run.
leaks_are_seen() {
  local level="$1"
  cp -r scenarios "$scratch/leak"
  cat >"$scratch/leak/robots/leak.yaml" <<'LEAK'
version: 1
scenario: A filter passes mail on to an address that nobody has.
requirements: [SEG-1]
worlds: [phase2]
changes:
  - { file: postfix/filter-int/transport, find: "relay:[mx.ctbto.int]", replace: "smtp:[203.0.113.99]" }
steps:
  - send: { id: request, class: verification, from: autoreq@ndc.example, to: autodrm@ctbto.int, message: ims2-request.eml }
expect:
  - request: { delivered: { times: 0 } }
LEAK
  run at_level "$level" "$watershed" run "$scratch/leak/robots/leak.yaml" --lane live --sandbox "$level" --seed 1 --color never
  expect_status 1 "$level: a run that tries to get out"
  expect_output "sent something to 203\.0\.113\.99:25, which is not part of the world" "$level: the attempt is named"
}

for level in "${levels[@]}"; do
  if ! at_level "$level" "$watershed" doctor 2>&1 | grep -E "^  $level +works$" >/dev/null; then
    echo "*** LIVE TESTS SKIPPED at $level: $(at_level "$level" "$watershed" doctor 2>&1 | grep -E "^  $level ") ***"
    # Whoever is not root cannot be asked for root's level.
    { [ "$level" = root-namespaces ] || [ "$level" = loopback-addresses ]; } && [ "$(id -u)" -ne 0 ] ||
      required=$((required + 1))
    skipped=$((skipped + 1))
    continue
  fi
  mkdir "$scratch/$level.tmp"
  chmod 777 "$scratch/$level.tmp"
  # What rule processors hand to sendmail(1) goes through programs that change their group, which a level must allow.
  run at_level "$level" "$watershed" run scenarios/robots/data-request.yaml scenarios/live/mailbox-unreachable.yaml \
    scenarios/rules/alarms-and-copies.yaml scenarios/live/sorted-by-maildrop.yaml \
    --lane live --world phase2 --world legacy --world maildrop --sandbox "$level" --seed 1 --color never --report "json=$scratch/$level.tmp/report.json"
  expect_status 0 "$level: scenarios pass"
  expect_output "Lane live: sandbox $level" "$level: the report names it"
  # A router that gets another configuration while it runs, and the first one back.
  run at_level "$level" "$watershed" run scenarios/cutover/mailboxes-on-the-move.yaml --lane live --sandbox "$level" --seed 1 --color never
  expect_status 0 "$level: a running router is configured"
  if [ "$level" = loopback-addresses ]; then
    expect_output "Hermetic as far as libc goes" "$level: the report says what it cannot claim"
    run at_level "$level" unshare --mount true
    checks=$((checks + 1))
    [ "$status" -ne 0 ] || wrong "$level: here a namespace can be made"
    leaks_are_seen "$level"
  fi
  output="$(cat "$scratch/$level.tmp/report.json")"
  expect_output "\"sandbox_level\": *\"$level\"" "$level: the JSON report names it"
  dies_whole "$level" 'sleep 300' "$watershed" up --sandbox "$level" --world phase2 -- sleep 300
  dies_whole "$level" '/usr/lib/postfix/sbin/master' "$watershed" run scenarios/routing --world phase2 --lane live --sandbox "$level" --seed 1
done
[ "$required" -eq 0 ] || [ "${WATERSHED_REQUIRE_LIVE:-}" != 1 ] || wrong "$required levels are not given here"
[ "$skipped" -lt "${#levels[@]}" ] || exit 77
finish
