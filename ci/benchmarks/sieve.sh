# The Sieve figures of ci/bench, which sources this: record, median and $scratch are its own.
# shellcheck shell=bash disable=SC2154
#
# sieve_ratio_to_pigeonhole: Pigeonhole in its best mode, a loop inside one sieve-test(1) process: the 30 rules 500 times
# over in one script, compiled before by sievec(1), less the time of the same with them once, divided by 499. So neither
# its start, nor reading the message, nor compiling counts against it. LMTP is slower: it does all of that and SMTP.
# sieve_ratio_to_procmail: one procmail(1) process a message, as local delivery runs it.

step "Sieve"
figures=build/release/sieve_figures
quietly sieve_figures "$figures"
while IFS=: read -r name value; do record "$name" "$value"; done < \
  <(grep -oE '"[a-z_0-9]+": *[-0-9.e+]+' "$logs/sieve_figures.log" | tr -d '" ')
ours_per_second="${figure[sieve_evaluations_per_second]}"

sieve_folder="$scratch/sieve"
mkdir -p "$sieve_folder"
"$figures" --script 1 >"$sieve_folder/once.sieve"
"$figures" --script 500 >"$sieve_folder/often.sieve"
"$figures" --message >"$sieve_folder/letter.eml"
tr -d '\r' <"$sieve_folder/letter.eml" >"$sieve_folder/letter.mbox"
"$figures" --procmailrc >"$sieve_folder/procmailrc"
chmod -R a+rwX "$scratch"
# Dovecot refuses to work for root.
as_user=()
[ "$(id -u)" -ne 0 ] || as_user=(setpriv --reuid nobody --regid nogroup --clear-groups)

# Microseconds of processor time of one run, the least of five means of ten: the shell counts milliseconds.
processor_time() {
  local best="" seconds
  for _ in 1 2 3 4 5; do
    seconds="$({ TIMEFORMAT=%U+%S; time for _ in {1..10}; do "$@" >/dev/null 2>&1; done; } 2>&1)"
    micros="$(awk -v sum="$seconds" 'BEGIN { split(sum, part, "+"); printf "%d", (part[1] + part[2]) * 100000 }')"
    if [ -z "$best" ] || [ "$micros" -lt "$best" ]; then best="$micros"; fi
  done
  micros="$best"
}

if command -v sieve-test >/dev/null; then
  export HOME="$sieve_folder"
  for name in once often; do
    "${as_user[@]}" sievec "$sieve_folder/$name.sieve"
    processor_time "${as_user[@]}" sieve-test -f op@station.example -a autodrm@ctbto.int "$sieve_folder/$name.sieve" \
      "$sieve_folder/letter.eml"
    declare "${name}_micros=$micros"
  done
  record sieve_ratio_to_pigeonhole "$(awk -v ours="$ours_per_second" -v once="$once_micros" -v often="$often_micros" \
    'BEGIN { printf "%.1f", ours * (often - once) / 499 / 1000000 }')"
fi

if command -v procmail >/dev/null; then
  procmail_run() { procmail -m "$sieve_folder/procmailrc" <"$sieve_folder/letter.mbox"; }
  (cd "$sieve_folder" && processor_time procmail_run && echo "$micros" >micros)
  record sieve_ratio_to_procmail "$(awk -v ours="$ours_per_second" -v micros="$(cat "$sieve_folder/micros")" \
    'BEGIN { printf "%.0f", ours * micros / 1000000 }')"
fi
