#!/usr/bin/env bash
# `rules test`: every sample of the .svtest format passes, one file for each extension; and the file of cases that must
# fail fails, each case with the line where it stands.
source "$(dirname "$0")/lib.sh"

samples="$root/components/filter/sieve/svtest/samples"
cd "$samples" || exit 1

run "$watershed" rules test -- *.svtest
expect_status 0 "the samples"
expect_no_output $'\tFAIL$' "the samples"

# Every capability that the engine has is required by some sample.
for name in body comparator-i\;ascii-casemap comparator-i\;ascii-numeric comparator-i\;octet \
  comparator-i\;unicode-casemap copy date duplicate editheader enclose encoded-character enotify envelope environment \
  ereject extlists extracttext fileinto foreverypart ihave imap4flags include index mailbox mboxmetadata mime regex \
  reject relational replace servermetadata spamtest spamtestplus special-use subaddress vacation vacation-seconds \
  variables virustest; do
  checks=$((checks + 1))
  grep -qF -- "\"$name\"" ./*.svtest scripts/*.sieve scripts/own/*.sieve || wrong "no sample requires $name"
done

# Every word of the language is used by some sample.
for word in test test_fail test_set test_script_compile test_script_run test_multiscript test_error \
  test_result_execute test_result_reset test_result_action test_result_print test_message test_mailbox_create \
  test_imap_metadata_set test_config_set test_config_unset test_config_reload test_binary_load test_binary_save; do
  checks=$((checks + 1))
  grep -qE "(^|[^_a-z])$word([^_a-z]|$)" ./*.svtest || wrong "no sample uses $word"
done

# What must fail: each case that has its line written beside it, and the reason told with that line.
failing=must-fail/failing.svtest
run "$watershed" rules test "$failing"
expect_status 1 "$failing"
while IFS=$'\t' read -r line name; do
  if [ "$name" = "and one that holds" ]; then
    expect_output "^$failing"$'\t'"$name"$'\tPASS$' "$failing:$line"
    continue
  fi
  expect_output "^$failing"$'\t'"$name"$'\tFAIL$' "$failing:$line"
  expect_output "$failing:$line: $name: ." "$failing:$line"
done < <(sed -nE 's/^test "([^"]*)" \{ # ([0-9]+)$/\2\t\1/p' "$failing")
checks=$((checks + 1))
[ "$(grep -c $'\tFAIL$' <<<"$output")" -ge 11 ] || wrong "$failing: fewer cases than 11 failed
$output"
expect_output 'an expectation: the subject is another$' "the text of test_fail"
expect_output 'a command that cannot: line 9: test_message failed: there is no sent message 0$' "the line of a command"

# A sample whose expectation is broken fails, so that its passing means something.
cp -r "$samples" "$scratch/samples"
sed -i 's/"bounces@station.example" { test_fail "from"/"else@station.example" { test_fail "from"/' \
  "$scratch/samples/envelope.svtest"
run "$watershed" rules test "$scratch/samples/envelope.svtest"
expect_status 1 "a broken expectation"
expect_output $'\tfrom and to\tFAIL$' "a broken expectation"

finish
