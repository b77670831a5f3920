#!/usr/bin/env bash
# Two runs with one seed write byte-identical journals and stored messages, whatever the number of jobs; another seed
# does not.
source "$(dirname "$0")/lib.sh"

cd "$root" || exit 1
rehearse() {
  run "$watershed" run scenarios --quiet --seed "$1" --jobs "$2" --artifacts "$scratch/$3" --report "json=$scratch/$3.json" \
    --report "html=$scratch/$3.html"
  [ "$status" -le 1 ] || wrong "run with seed $1: exit code $status
$output"
}
rehearse 1 1 first
rehearse 1 4 second
rehearse 2 2 other

checks=$((checks + 1))
count="$(find "$scratch/first" -name journal.jsonl -size +0 | wc -l)"
[ "$count" -gt 50 ] || wrong "expected a journal for each run, found $count"

run diff -rq "$scratch/first" "$scratch/second"
expect_status 0 "one seed"
run diff -rq "$scratch/first" "$scratch/other"
expect_status 1 "two seeds"

# What takes real time aside, the reports are the same as well.
without_times() { grep -vE '^ *"(seconds|seed|started_at|command)": ' "$scratch/$1.json" | grep -v '"replay"' >"$scratch/$1.timeless"; }
without_times first
without_times second
run cmp "$scratch/first.timeless" "$scratch/second.timeless"
expect_status 0 "reports of one seed"

# The page, too; its record says how it was called.
masked_page() { sed -E 's#<time>[^<]*</time>##g; s#<code>watershed run [^<]*--report[^<]*</code>##; s#(first|second)\.files/#files/#g' "$scratch/$1.html" >"$scratch/$1.masked"; }
masked_page first
masked_page second
run cmp "$scratch/first.masked" "$scratch/second.masked"
expect_status 0 "pages of one seed"

finish
