#!/usr/bin/env bash
# Our Sieve engine against Pigeonhole's sieve-test(1): the same tests on the same messages must hold, and take the same
# match values. Made from a seed; 100 pairs of test and message a process of the oracle.
#
#   sieve_oracle.sh SIEVE_PAIRS [SEED [MESSAGES]]
#
# Known faults of Pigeonhole 0.5.19, which the pairs leave out and the engine does not copy:
#   :matches "*?X" fits "X" alone; a trailing backslash and a leading "*??" end the process
#   i;ascii-numeric :is: an empty value equals only an empty key (RFC 4790 §9.1.1: both are infinity)
#   :value with i;ascii-casemap (the default) compares octets
#   date :zone after :index ignores the index; date stops at the first field that holds no date
#   :index 2 :last with :count finds nothing
#   header :mime :anychild ends at the first part that has no fields
set -euo pipefail
pairs="$1" seed="${2:-1}" messages="${3:-24}"

if ! command -v sieve-test >/dev/null; then
  echo "sieve-test(1) is not installed: apt-get install dovecot-sieve"
  exit 77
fi
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
"$pairs" "$seed" "$messages" "$scratch"
chmod -R a+rwX "$scratch"

# Dovecot refuses to work for root.
as_user=()
[ "$(id -u)" -ne 0 ] || as_user=(setpriv --reuid nobody --regid nogroup --clear-groups)
differing=0
for ((number = 1; number <= messages; ++number)); do
  (cd "$scratch" && HOME="$scratch" TZ=UTC "${as_user[@]}" sieve-test -C -f s+x@env.example -a r@rcpt.example \
    "$number.sieve" "$number.eml" >"$number.out" 2>&1) || true
  sed -nE 's/^ \* store message in folder: (.*)$/\1/p' "$scratch/$number.out" >"$scratch/$number.oracle"
  if [ ! -s "$scratch/$number.oracle" ]; then
    echo "sieve-test said nothing about message $number of seed $seed:"
    tail -5 "$scratch/$number.out"
    differing=$((differing + 1))
    continue
  fi
  diff "$scratch/$number.oracle" "$scratch/$number.expected" >"$scratch/diff" && continue
  differing=$((differing + 1))
  echo "message $number of seed $seed (< sieve-test, > ours; the number is that of a group's last test):"
  cat "$scratch/diff"
  if [ -n "${KEEP:-}" ]; then cp "$scratch/$number".* "$KEEP/"; fi
done
echo "$((messages * 100)) pairs, seed $seed: $differing of $messages messages differ"
[ "$differing" -eq 0 ]
