#!/usr/bin/env bash
# `watershed check` reads 1,000 scenario files, and finds the one line that is wrong among them.
source "$(dirname "$0")/lib.sh"

"$root/ci/thousand_scenarios" "$scratch/scenarios" 1000 || exit 1
cd "$scratch" || exit 1
run "$watershed" check scenarios/generated
expect_status 0 "1,000 files"
expect_output "^1000 scenarios" "1,000 files"

sed -i 's/^version: 1$/version: 2/' scenarios/generated/0777.yaml
run "$watershed" check scenarios/generated
expect_status 3 "one wrong file among 1,000"
expect_output "^scenarios/generated/0777\.yaml:1:" "one wrong file among 1,000"

finish
