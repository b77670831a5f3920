#!/usr/bin/env bash
# The example pipelines run the README's command, and every line of watershed in them works. Whether the systems that
# they are for take them is for public_schemas.sh to say.
source "$(dirname "$0")/lib.sh"

cd "$root" || exit 1
for file in ci/examples/*.yml; do
  run python3 -c 'import sys, yaml
document = yaml.safe_load(open(sys.argv[1]))
assert isinstance(document, dict) and document' "$file"
  expect_status 0 "$file is YAML"
done

for file in ci/examples/*; do
  run grep -oE '\./ci/rehearse( --[a-z-]+( [^ "]*"[^"]*"| [^ ]+)?)*' "$file"
  expect_status 0 "$file runs ci/rehearse"
  [ -x ci/rehearse ] || wrong "ci/rehearse is not there"
done

# What each example gives the program, with the variables that its CI system sets.
cp -r scenarios "$scratch/scenarios"
cd "$scratch" || exit 1
mkdir -p build/release
ln -s "$watershed" build/release/watershed
export CI_NODE_TOTAL=2 GITHUB_STEP_SUMMARY="$scratch/step-summary"
for index in 1 2; do
  arguments="$(grep -hoE '\./ci/rehearse .*' "$root/ci/examples/gitlab-ci.yml" | sed 's|^./ci/rehearse||')"
  CI_NODE_INDEX=$index run bash -c "$watershed run scenarios/robots --seed 1 --quiet $arguments"
  expect_status 0 "gitlab-ci.yml: $arguments"
done
merge="$(python3 -c 'import sys, yaml
print(yaml.safe_load(open(sys.argv[1]))["report"]["script"][-1])' "$root/ci/examples/gitlab-ci.yml")"
run bash -c "$merge"
expect_status 0 "gitlab-ci.yml: $merge"
for file in github-workflow.yml Jenkinsfile; do
  arguments="$(grep -hoE "\./ci/rehearse [^']*" "$root/ci/examples/$file" | sed 's|^./ci/rehearse||')"
  run bash -c "$watershed run scenarios/robots --seed 1 --quiet $arguments"
  expect_status 0 "$file: $arguments"
done
run bash -c "$(grep -hoE 'cat out/summary.*' "$root/ci/examples/github-workflow.yml")"
expect_status 0 "github-workflow.yml shows the summary"
run cat "$GITHUB_STEP_SUMMARY"
expect_output "^\*\*\`Segregated: " "the summary opens with the answer"

finish
