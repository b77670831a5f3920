#!/usr/bin/env bash
# ci/layers holds for this tree, and sees each kind of include that it must refuse.
source "$(dirname "$0")/lib.sh"

run "$root/ci/layers"
expect_status 0 "this tree"

# refused FILE INCLUDE PATTERN: a tree with that one include.
refused() {
  rm -rf "$scratch/tree"
  mkdir -p "$scratch/tree"/{base,mail,components/{router,filter,store},fakes/{mta,dns},harness,reports,cli}
  touch "$scratch/tree"/{base/a.hpp,mail/a.hpp,components/router/a.hpp,components/filter/a.hpp,fakes/mta/a.hpp}
  touch "$scratch/tree"/{fakes/dns/a.hpp,harness/a.hpp,reports/a.hpp,cli/a.hpp}
  printf '#include "%s"\n' "$2" >"$scratch/tree/$1"
  run "$root/ci/layers" "$scratch/tree"
  expect_status "$3" "$1 includes $2"
  [ "$3" -eq 0 ] || expect_output "^$1:1: " "$1 includes $2"
}
refused mail/b.hpp base/a.hpp 0
refused base/b.hpp mail/a.hpp 1
refused components/router/b.cpp components/filter/a.hpp 1
refused components/store/b.cpp components/filter/a.hpp 0
refused components/router/b.cpp fakes/mta/a.hpp 1
refused fakes/mta/b.cpp components/router/a.hpp 1
refused fakes/mta/b.cpp fakes/dns/a.hpp 1
refused fakes/mta/b.cpp fakes/mta/a.hpp 0
refused harness/b.cpp fakes/dns/a.hpp 0
refused harness/b.cpp reports/a.hpp 1
refused reports/b.cpp cli/a.hpp 1
refused cli/b.cpp reports/a.hpp 0
refused mail/b.cpp a.hpp 1

finish
