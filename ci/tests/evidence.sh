#!/usr/bin/env bash
# An evidence pack holds all that a run rests on; `verify` and sha256sum(1) notice every change to it; and where mail
# content is left out, no word of a message is in it.
source "$(dirname "$0")/lib.sh"

cp -r "$root/scenarios" "$scratch/scenarios"
cd "$scratch" || exit 1
# A message whose text stands nowhere but in the scenario, one that is quoted by a finding, and one that is refused.
cat >scenarios/robots/secret.yaml <<'END'
version: 1
scenario: What a pack may not tell.
requirements: [SEG-1]
worlds: [phase2]
steps:
  - send:
      id: memo
      class: verification
      from: op@station.example
      to: autodrm@ctbto.int
      headers: { Subject: Zebra crossing ahead, X-Codename: marmalade }
      text: { body: "The moonlight sonata is at seven.\nBring umbrellas." }
  - send:
      id: stray
      class: verification
      from: op@station.example
      to: nobody-here@ctbto.int
      text: { subject: Walrus, body: Oyster stew tonight }
expect:
  - memo: { header: { name: Subject, equals: Something else } }
  - memo: { delivered: { to: autodrm@ctbto.int } }
END

pack() { run "$watershed" run scenarios/robots --world phase2 --seed 7 --report "evidence=$1" --mail-content "$2"; }
pack kept keep
expect_status 1 "a pack"
expect_output "Zebra crossing" "the finding quotes a subject"
expect_output "^evidence pack: kept, [0-9]+ files, SHA-256 of the manifest: [0-9a-f]{64}$" "a pack"
for file in report.html report.json junit.xml summary.md README.txt manifest.sha256 inputs/requirements.yaml \
  inputs/robots/data-request.yaml inputs/worlds/phase2/world.yaml inputs/messages/ims2-request.eml \
  runs/robots-data-request.phase2/journal.jsonl; do
  checks=$((checks + 1))
  [ -s "kept/$file" ] || wrong "the pack has no $file"
done
run find kept/runs -name '*.eml'
expect_output "\.eml$" "stored mail is in the pack"
run grep -rqF "moonlight sonata" kept
expect_status 0 "kept content is in the pack"

run "$watershed" verify kept
expect_status 0 "a pack as it was written"
run sha256sum -c --quiet kept/manifest.sha256
run bash -c 'cd kept && sha256sum -c --quiet manifest.sha256'
expect_status 0 "sha256sum agrees"
pack kept keep
expect_status 4 "a folder that is not empty"

cp -r kept changed
echo x >>changed/junit.xml
rm changed/summary.md
echo x >changed/inputs/new
run "$watershed" verify changed
expect_status 1 "a pack that was changed"
expect_output "^altered: junit.xml$" "a pack that was changed"
expect_output "^missing: summary.md$" "a pack that was changed"
expect_output "^added: inputs/new$" "a pack that was changed"
for damage in "sed -i 3d changed/manifest.sha256" "truncate -s -10 changed/manifest.sha256" \
  "sed -i 1d changed/manifest.sha256" "rm changed/manifest.sha256"; do
  cp kept/manifest.sha256 changed/manifest.sha256
  $damage
  run "$watershed" verify changed
  expect_status 3 "$damage"
done

# No word of mail leaves the house: neither of the messages that scenarios send nor of what stands in scenarios.
for mode in omit hash; do
  pack "$mode" "$mode"
  expect_status 1 "$mode"
  run "$watershed" verify "$mode"
  expect_status 0 "$mode"
  run find "$mode" -name '*.eml'
  expect_no_output "\.eml$" "$mode: no message"
  for words in "moonlight sonata" "Bring umbrellas" "Zebra crossing" "marmalade" "Walrus" "Oyster stew"; do
    run grep -rlF -- "$words" "$mode"
    expect_status 1 "$mode: '$words'"
  done
  # Every subject, and every line of a body that is longer than a few words, of every message file.
  python3 - <<'END' >lines
import glob, re
lines = set()
for name in glob.glob("scenarios/messages/*.eml"):
    text = open(name, "rb").read().decode("latin-1").replace("\r\n", "\n")
    header, _, body = text.partition("\n\n")
    lines.update(match.strip() for match in re.findall(r"(?im)^subject:(.*)$", header))
    lines.update(line.strip() for line in body.split("\n") if len(line.strip()) >= 16)
for line in sorted(lines):
    if len(line) >= 6 and line.isascii() and line.isprintable(): print(line[:60])
END
  checks=$((checks + 1))
  [ "$(wc -l <lines)" -gt 50 ] || wrong "too few lines of messages to look for"
  # Configuration stays as it is, whoever quotes it in a message.
  run grep -rnoFf lines "$mode" --exclude-dir=worlds
  expect_status 1 "$mode: a line of a message"
done

# A secret in every disguise: as encoded words in a field, and in a base64, a quoted-printable and a nested part. Known
# only by one of them, it is looked for in all of them, in every file of the pack.
cat >scenarios/robots/disguise.yaml <<'END'
version: 1
scenario: A secret in disguise.
requirements: [SEG-1]
worlds: [phase2]
steps:
  - send: { id: memo, class: verification, from: op@station.example, to: autodrm@ctbto.int, message: disguised.eml }
  - send: { id: stray, class: verification, from: op@station.example, to: nobody-here@ctbto.int, message: beside.eml }
  - send:
      id: quoted
      class: verification
      from: op@station.example
      to: autodrm@ctbto.int
      text: { subject: plain, body: "Fourth words: vermilion pagoda\nJ7\nFifth" }
expect:
  - memo: { header: { name: Subject, equals: "Erste Worte: kobaltblaue Brücke im Nebel" } }
  - memo: { header: { name: X-Note, equals: Something else } }
  - memo: { delivered: { to: autodrm@ctbto.int } }
  - stray: { delivered: { to: autodrm@ctbto.int } }
END
python3 - <<'END'
import base64, quopri
def word(text, way):
    encoded = base64.b64encode(text.encode()) if way == "B" else quopri.encodestring(text.encode(), header=True)
    return "=?utf-8?%s?%s?=" % (way, encoded.decode().replace("\n", ""))
first, note = "Erste Worte: kobaltblaue Brücke im Nebel", "Zweite Worte: smaragdgrüner Leuchtturm"
second, third = "Second words: the amber lighthouse keeper", "Troisième phrase: un éléphant pourpre"
nested = "Subject: %s\r\n\r\nhidden: turquoise hedgehog parade\r\n" % word("Sixth words: ochre submarine", "B")
open("scenarios/messages/disguised.eml", "wb").write(("Subject: %s\r\nX-Note: %s\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=bound\r\n\r\n--bound\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\n%s\r\n--bound\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n%s\r\n--bound\r\nContent-Type: message/rfc822\r\n\r\n%s--bound--\r\n"
    % (word(first, "B"), word(note, "Q"), base64.encodebytes(second.encode()).decode().strip(),
       quopri.encodestring(third.encode()).decode().strip(), nested)).encode())
open("scenarios/robots/beside.eml", "wb").write(("Subject: %s\r\n\r\nx\r\n" % word("Seventh words: ivory locomotive", "B")).encode())
END
cat >leaks.py <<'END'
import base64, email.header, glob, html, json, os, quopri, re, sys, urllib.parse
secrets = ["kobaltblaue Brücke", "smaragdgrüner Leuchtturm", "amber lighthouse keeper", "éléphant pourpre",
           "turquoise hedgehog", "ochre submarine", "ivory locomotive", "vermilion pagoda"]
def readings(data):
    yield data
    yield data.decode("latin-1").encode("utf-8")
    text = data.decode("utf-8", "replace")
    yield html.unescape(text).encode()
    yield urllib.parse.unquote_to_bytes(data)
    yield quopri.decodestring(data)
    yield quopri.decodestring(data, header=True)
    yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text).encode("utf-8", "replace")
    yield re.sub(r"\\x([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), text).encode("latin-1", "replace")
    yield b" ".join(data.split())
    for word in re.findall(r"=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?=", text):
        yield str(email.header.make_header(email.header.decode_header(word))).encode()
    for run in re.findall(rb"[A-Za-z0-9+/\s]{16,}", data) + re.findall(rb"[A-Za-z0-9+/]{16,}", data):
        run = b"".join(run.split())
        for skip in range(4):
            part = run[skip:]
            yield base64.b64decode(part[:len(part) - len(part) % 4])
found = files = 0
for path in glob.glob(sys.argv[1] + "/**/*", recursive=True):
    if not os.path.isfile(path): continue
    files += 1
    for reading in readings(open(path, "rb").read()):
        folded = reading.lower()
        for secret in secrets:
            # Both words of it, and each of them.
            for piece in [secret] + secret.split():
                if len(piece) >= 6 and piece.lower().encode() in folded and found < 20:
                    found += 1
                    print(path, "tells", piece)
print(files, "files,", found, "leaks")
sys.exit(1 if found else 0 if files > 20 else 2)
END
disguised() {
  run "$watershed" run scenarios/robots/disguise.yaml --seed 7 --stories all --report "evidence=d-$1" --mail-content "$1"
}
disguised keep
expect_status 1 "a secret in disguise"
run python3 leaks.py d-keep
expect_status 1 "the search finds what is there"
expect_output "report.html tells kobaltblaue" "the search finds what is there"
for mode in omit hash; do
  disguised "$mode"
  run python3 leaks.py "d-$mode"
  expect_status 0 "$mode: a secret in disguise"
done
run grep -rqE "\(mail content, SHA-256 [0-9a-f]{64}\)" hash
expect_status 0 "hash: sums in place of content"
run find hash/inputs/messages -name '*.eml.sha256'
expect_output "ims2-request" "hash: sums of messages"
# Nor does a sum stay of what is left out, not even where the run made them.
run "$watershed" run scenarios/robots/disguise.yaml --seed 7 --hash-content --report evidence=summed --mail-content omit
run grep -rlE "\"body_hash\": ?(\"[0-9a-f]|[0-9])" summed
expect_status 1 "omit: a sum of a body"
for file in scenarios/messages/*.eml scenarios/robots/disguise.yaml; do sha256sum "$file" | cut -d' ' -f1; done >sums
run grep -rlFf sums summed
expect_status 1 "omit: a sum of a message's file"
run "$watershed" verify summed
expect_status 0 "omit: sums of what is there"

finish || exit

# The same of a live run, whose evidence is logs and packets, too.
need_live
checks=0
for mode in keep omit hash; do
  run "$watershed" run scenarios/robots/disguise.yaml --lane live --seed 7 --stories all --report "evidence=live-$mode" \
    --mail-content "$mode"
  expect_status 1 "live, $mode"
  run "$watershed" verify "live-$mode"
  expect_status 0 "live, $mode: as it was written"
  run find "live-$mode" -name '*.pcapng'
  if [ "$mode" = keep ]; then expect_output capture "live: packets"; else expect_no_output . "live, $mode: no packets"; fi
  run find "live-$mode/runs" -name '*.log' -size +0
  expect_output "mx\.ctbto\.int\.log" "live, $mode: logs"
  run python3 leaks.py "live-$mode"
  expect_status "$([ "$mode" = keep ] && echo 1 || echo 0)" "live, $mode: a secret in disguise"
done

finish
