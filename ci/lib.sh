# What the scripts in ci/ share: words to the user, logs, configuring and building. Sourced, never run.
#
# A script says what it does in one line a step, keeps the output of commands in build/logs, and shows it only when a
# command fails, with the command and where its log is.
# shellcheck shell=bash
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
logs="$root/build/logs"
mkdir -p "$logs"

# shellcheck disable=SC2034  # for those who source this
exit_environment=4 # as the program's own exit codes: the environment cannot do it

step() { printf '==> %s\n' "$*"; }

fail() {
  printf 'failed: %s\n' "$1" >&2
  exit "${2:-1}"
}

cores() { nproc 2>/dev/null || echo 1; }

# The command that failed, the end of what it wrote, and where the rest is.
report_failure() {
  local log="$1" status="$2"
  shift 2
  local shown=60 first
  # Of a build, the first error is the one that matters.
  first="$(grep -n -m1 '^FAILED: ' "$log" | cut -d: -f1 || true)"
  if [ -n "$first" ]; then tail -n "+$first" "$log" | head -n "$shown" >&2; else tail -n "$shown" "$log" >&2; fi
  printf '\nfailed (exit %s): %s\nlog: %s\n' "$status" "$*" "${log#"$root"/}" >&2
}

# quietly NAME COMMAND…: runs the command with its output in build/logs/NAME.log.
quietly() {
  local log="$logs/$1.log" status=0
  shift
  "$@" >"$log" 2>&1 || status=$?
  [ "$status" -eq 0 ] || report_failure "$log" "$status" "$@"
  return "$status"
}

# configure PRESET [-DNAME=VALUE…]: only where the build folder does not already have these values; ninja itself sees to
# changed CMake files.
configure() {
  local preset="$1" wanted missing=0
  shift
  [ -f "build/$preset/build.ninja" ] || missing=1
  for wanted in "$@"; do
    wanted="${wanted#-D}"
    grep -qE "^${wanted%%=*}:[A-Z]+=${wanted#*=}\$" "build/$preset/CMakeCache.txt" 2>/dev/null || missing=1
  done
  [ "$missing" -eq 1 ] || return 0
  step "configuring build/$preset"
  quietly configure cmake --preset "$preset" "$@"
}

# Shows ninja's progress: one line redrawn on a terminal, else a line for each tenth.
show_progress() {
  local line done_count total tenth last=-1
  while IFS= read -r line; do
    [[ "$line" =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
    done_count="${BASH_REMATCH[1]}" total="${BASH_REMATCH[2]}"
    if [ -t 1 ]; then
      printf '\r\033[K    %s/%s  %.60s' "$done_count" "$total" "${line##*/}"
      continue
    fi
    tenth=$((done_count * 10 / total))
    if [ "$tenth" -ne "$last" ]; then printf '    %s/%s\n' "$done_count" "$total"; fi
    last="$tenth"
  done
  if [ -t 1 ]; then printf '\r\033[K'; fi
}

# build PRESET [TARGET…]
build() {
  local preset="$1" status=0 log="$logs/build.log"
  shift
  step "building build/$preset${*:+: $*}"
  ninja -C "build/$preset" "$@" 2>&1 | tee "$log" | show_progress || status=$?
  [ "$status" -eq 0 ] || report_failure "$log" "$status" ninja -C "build/$preset" "$@"
  return "$status"
}
