# What the tests in ci/tests share: a scratch folder, and checks that say what they saw. Sourced, never run.
#
# Each test is called with the path of the program and works on copies; it ends with 0 only if it checked something.
# shellcheck disable=SC2034  # root and watershed are for those who source this
# shellcheck shell=bash
set -uo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
watershed="$(realpath "${1:?path of the program}")"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
export NO_COLOR=1

checks=0
failures=0

wrong() {
  failures=$((failures + 1))
  printf 'wrong: %s\n' "$1"
}

# run COMMAND…: keeps exit code and output, both streams, in $status and $output.
run() {
  output="$("$@" 2>&1)"
  status=$?
}

expect_status() {
  checks=$((checks + 1))
  [ "$status" -eq "$1" ] || wrong "$2: exit code $status, expected $1
$output"
}

expect_output() {
  checks=$((checks + 1))
  grep -qE -- "$1" <<<"$output" || wrong "$2: nothing in the output matches: $1
$output"
}

expect_no_output() {
  checks=$((checks + 1))
  ! grep -qE -- "$1" <<<"$output" || wrong "$2: something in the output matches: $1
$output"
}

# Ends the script where the machine gives no sandbox: skipped in one loud line; WATERSHED_REQUIRE_LIVE=1 makes that a
# failure.
need_live() {
  local told
  if told="$("$watershed" doctor 2>&1)"; then return; fi
  printf '%s\n' "$told"
  echo '*** LIVE TESTS SKIPPED: this machine gives no sandbox, or programs are missing (watershed doctor, above) ***'
  [ "${WATERSHED_REQUIRE_LIVE:-}" = 1 ] && exit 1
  exit 77
}

finish() {
  printf '%s checks, %s wrong\n' "$checks" "$failures"
  [ "$checks" -gt 0 ] && [ "$failures" -eq 0 ]
}
