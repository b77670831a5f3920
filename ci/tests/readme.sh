#!/usr/bin/env bash
# Every command that the README shows works: each line of a fenced block marked `sh` is run here, except the scripts that
# run this suite themselves, which must exist.
source "$(dirname "$0")/lib.sh"

# What the README calls the program is the one under test.
cp -r "$root/scenarios" "$scratch/scenarios"
mkdir -p "$scratch/components/filter/sieve/svtest"
cp -r "$root/components/filter/sieve/svtest/samples" "$scratch/components/filter/sieve/svtest/samples"
mkdir -p "$scratch/build/release"
ln -s "$watershed" "$scratch/build/release/watershed"
cd "$scratch" || exit 1

# The scenario that the README shows, as a file.
mkdir -p scenarios/robots
awk '/^```yaml$/ { inside = 1; next } /^```$/ { if (inside) exit } inside' "$root/README.md" >scenarios/robots/my-first.yaml

mapfile -t commands < <(awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside && NF' "$root/README.md")
[ "${#commands[@]}" -ge 5 ] || wrong "expected commands in README.md, found ${#commands[@]}"
for command in "${commands[@]}"; do
  words="${command%%#*}"
  read -ra arguments <<<"$words"
  case "${arguments[0]}" in
    ./ci/*)
      checks=$((checks + 1))
      [ -x "$root/${arguments[0]}" ] || wrong "README: there is no ${arguments[0]}"
      ;;
    *)
      run bash -c "$words"
      expect_status 0 "README: $words"
      ;;
  esac
done

# And every path that the README names in its map exists.
# shellcheck disable=SC2016  # backquotes of Markdown
while IFS= read -r path; do
  checks=$((checks + 1))
  [ -e "$root/$path" ] || wrong "README names $path, which is not there"
done < <(grep -oE '^\| `[a-z_./-]+/`' "$root/README.md" | tr -d '|` ')

finish
