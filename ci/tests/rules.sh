#!/usr/bin/env bash
# watershed rules: what translate, compare and coverage answer, by exit code and by what they print.
source "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

cat >rc <<'END'
LOCAL=$1
:0
* LOCAL ?? ^^autodrm^^
* ^X-Loop: hub@ctbto\.example
/dev/null
:0 c
* ^Subject:.*URGENT
Urgent/
:0
* ^List-Id:
Lists/
END

# Translated, the new rules do the same: 0.
run "$watershed" rules translate rc --output new.sieve
expect_status 0 "translate"
expect_output "^rc:9: exact" "translate says what is exact"
expect_output "^rc:6: assumption: no encoded words" "translate says what is assumed"
run "$watershed" rules compare rc new.sieve --generate 300
expect_status 0 "compare with its translation"
expect_output "300 messages: 300 agree" "compare with its translation"
expect_output "rules taken: 3 of 3 old" "every recipe is reached"
run "$watershed" rules coverage rc --generate 100
expect_status 0 "coverage"
expect_output "rc:6: recipe" "coverage"

# A rule that is lost: 1, with the smallest message and the lines that decided.
sed 's/fileinto :copy "Urgent"/keep/' new.sieve >lost.sieve
run "$watershed" rules compare rc lost.sieve --generate 300 --report json=r.json --report junit=r.xml
expect_status 1 "a rule that is lost"
expect_output "file INBOX \+ file Urgent|file Urgent" "a rule that is lost"
expect_output "by .*rc:6" "a rule that is lost names its line"
if [ ! -s r.json ] || [ ! -s r.xml ]; then wrong "no reports were written"; fi
run xmllint --noout r.xml
expect_status 0 "the JUnit report is XML"

# Messages from a disk: one message, an mbox, a folder.
printf 'From: a@b.example\nTo: x@y.example\nSubject: URGENT\n\nbody\n' >one.eml
{ printf 'From a@b.example Thu Jan  1 00:00:00 2026\n'; cat one.eml; printf '\nFrom a@b.example Thu Jan  1 00:00:00 2026\n'; cat one.eml; } >two.mbox
mkdir folder && cp one.eml folder/
run "$watershed" rules compare rc lost.sieve --messages two.mbox
expect_status 1 "an mbox"
expect_output "2 messages: 0 agree" "an mbox"
run "$watershed" rules compare rc new.sieve --messages folder
expect_status 0 "a folder"

# Bad files: 3, with every diagnostic.
printf ':0\n* a\n{\n:0\nx/\n' >cut.rc
run "$watershed" rules compare cut.rc new.sieve --generate 10
expect_status 3 "a procmailrc that is cut off"
expect_output "cut.rc:3:1: error: the block that begins here is never closed" "a procmailrc that is cut off"
printf 'if header {\n' >bad.sieve
run "$watershed" rules compare rc bad.sieve --generate 10
expect_status 3 "a Sieve script that is wrong"
run "$watershed" rules translate no-such-file
expect_status 3 "a file that is not there"
run "$watershed" rules compare rc new.sieve --messages no-such-folder
expect_status 3 "messages that are not there"

# What no file can tell: 5.
printf ':0\n* ? test -f /tmp/anything\nx/\n' >asks
printf 'require "fileinto"; fileinto "x";\n' >x.sieve
run "$watershed" rules compare asks x.sieve --messages one.eml
expect_status 5 "an outside program"
expect_output "asks:2: .test -f /tmp/anything. is taken to succeed" "an outside program"
run "$watershed" rules compare asks x.sieve --messages one.eml --accept-assumptions
expect_status 0 "an outside program, accepted"
run "$watershed" rules translate asks
expect_status 5 "a recipe that is refused"
expect_output "asks:1: refused: it asks the program" "a recipe that is refused"

# The real procmail on one side; and a program that is missing: 4.
printf ':0\n* ^Subject:.*URGENT\nUrgent/\n' >plain
printf 'require "fileinto"; if header :contains "subject" "urgent" { fileinto "Urgent"; }\n' >plain.sieve
run "$watershed" rules compare plain plain.sieve --generate 30 --engine-old procmail --no-coverage
expect_status 0 "the real procmail"
run env PATH=/nowhere "$watershed" rules compare plain plain.sieve --generate 5 --engine-old procmail
expect_status 4 "procmail is missing"
run "$watershed" rules compare asks x.sieve --generate 5 --engine-old procmail
expect_status 3 "the real procmail runs no programs here"

# The real maildrop: folders that it asks for are there; what reaches out of its scratch folder is refused.
# shellcheck disable=SC2016  # maildrop's variables
printf 'MAILDIR="$HOME/Mail"\nif (/^Subject:.*urgent/)\n{\n  cc "!duty@here.example"\n  to "$MAILDIR/.Urgent/"\n}\n' >filter
printf 'require ["fileinto", "copy"]; if header :contains "subject" "urgent" { redirect :copy "duty@here.example"; fileinto "Urgent"; }\n' >filter.sieve
run "$watershed" rules compare filter filter.sieve --generate 30 --engine-old maildrop --no-coverage
expect_status 0 "the real maildrop"
sed 's/duty@/day@/' filter.sieve >other.sieve
run "$watershed" rules compare filter other.sieve --generate 30 --engine-old maildrop --no-coverage
expect_status 1 "the real maildrop forwards to somebody else"
printf 'to "|/bin/true"\n' >pipes
run "$watershed" rules compare pipes filter.sieve --generate 5 --engine-old maildrop
expect_status 3 "the real maildrop runs no programs here"
expect_output "pipes:1:4: error: runs a program" "the real maildrop runs no programs here"

# The real Pigeonhole, by whom ever this is run.
if command -v sieve-test >/dev/null; then
  run "$watershed" rules compare plain.sieve plain.sieve --generate 10 --engine-new pigeonhole --no-coverage
  expect_status 0 "the real Pigeonhole"
  printf 'require "fileinto"; if header :contains "subject" "urgent" { fileinto "Other"; }\n' >changed.sieve
  run "$watershed" rules compare plain.sieve changed.sieve --generate 10 --engine-new pigeonhole --no-coverage
  expect_status 1 "the real Pigeonhole files elsewhere"
fi

# Scripts beside one that includes them belong to it.
printf 'require "include"; include :optional "nowhere"; include :personal :optional "plain";\n' >including.sieve
run "$watershed" rules compare plain.sieve including.sieve --generate 30 --no-coverage
expect_status 0 "a script that includes another"
run "$watershed" rules compare lost.sieve including.sieve --generate 300 --no-coverage
expect_status 1 "a script that includes another than the old rules"
expect_output "plain.sieve:1" "the included script's line decides"
if command -v sieve-test >/dev/null; then
  run "$watershed" rules compare including.sieve including.sieve --generate 10 --engine-new pigeonhole --no-coverage
  expect_status 0 "the real Pigeonhole includes what is beside"
fi
printf 'require "include";\ninclude "nowhere";\n' >missing.sieve
run "$watershed" rules compare plain.sieve missing.sieve --generate 10
expect_status 3 "a script that includes one that is not there"
expect_output "missing.sieve:2:1: error: the included personal script 'nowhere' does not exist" "an included script that is not there"

# The command line: 2.
run "$watershed" rules compare rc new.sieve
expect_status 2 "neither messages nor generate"
run "$watershed" rules compare rc new.sieve --generate 5 --to nobody
expect_status 2 "a recipient that is no address"

finish
