#!/usr/bin/env bash
# The printed JSON Schemas work in an editor: a validator takes every file that the program takes, refuses what it
# refuses, and each key has its sentence and, where it is a value that people write, an example that fits.
source "$(dirname "$0")/lib.sh"

cd "$root" || exit 1
for kind in scenario world requirements mailboxes spam tenant lane-differences; do
  run "$watershed" schema "$kind"
  expect_status 0 "schema $kind"
  printf '%s' "$output" >"$scratch/$kind.json"
done

cat >"$scratch/validate.py" <<'END'
import glob, json, re, sys, yaml
from jsonschema import Draft202012Validator

class Core(yaml.CSafeLoader):  # by libyaml, as the program reads
    """YAML 1.2's core schema, as editors and the program have it: no dates, no yes and no."""
Core.yaml_implicit_resolvers = {}
for tag, pattern, first in [("bool", "^(true|True|TRUE|false|False|FALSE)$", "tTfF"), ("null", "^(~|null|Null|NULL|)$", "~nN\0"),
                            ("int", "^[-+]?[0-9]+$", "-+0123456789"),
                            ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", "-+.0123456789")]:
    Core.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), list(first))

folder = sys.argv[1]
schemas = {}
for kind in ["scenario", "world", "requirements", "mailboxes", "spam", "tenant", "lane-differences"]:
    schemas[kind] = json.load(open(f"{folder}/{kind}.json"))
    Draft202012Validator.check_schema(schemas[kind])

def load(text): return yaml.load(text, Loader=Core)

def kind_of(path):
    if path.endswith("requirements.yaml"): return "requirements"
    if path.endswith("lane-differences.yaml"): return "lane-differences"
    if "/worlds/" not in path: return "scenario"
    if path.endswith("/world.yaml"): return "world"
    return {"mailboxes": "mailboxes", "spam": "spam", "cloud": "tenant"}.get(path.split("/")[-2])

wrong = 0
def complain(text):
    global wrong
    wrong += 1
    print(text)

counts = {}
files = [f for f in sorted(glob.glob("scenarios/**/*.yaml", recursive=True)) if "/messages/" not in f]
for path in files:
    kind = kind_of(path)
    if kind is None:
        complain(f"{path}: of no known kind")
        continue
    counts[kind] = counts.get(kind, 0) + 1
    errors = list(Draft202012Validator(schemas[kind]).iter_errors(load(open(path))))
    for error in errors[:3]: complain(f"{path}: {error.json_path}: {error.message[:200]}")
for kind in schemas:
    if not counts.get(kind): complain(f"no {kind} file was checked")

# Broken in the ways in which people break files.
good = {"scenario": "scenarios/robots/data-request.yaml", "world": "scenarios/worlds/phase2/world.yaml",
        "requirements": "scenarios/requirements.yaml"}
breaks = {
    "scenario": [("unknown key", lambda d: d.update(expects=[])), ("no version", lambda d: d.pop("version")),
                 ("no steps", lambda d: d.pop("steps")), ("text for a list", lambda d: d.update(worlds={"phase2": 1})),
                 ("unknown step", lambda d: d["steps"].append({"sent": {"id": "x"}})),
                 ("unknown key in a step", lambda d: d["steps"][0]["send"].update(form="x")),
                 ("no address", lambda d: d["steps"][0]["send"].update({"from": "nobody"})),
                 ("no duration", lambda d: d.update(horizon="soon"))],
    "world": [("unknown key", lambda d: d.update(host={})), ("no hosts", lambda d: d.pop("hosts")),
              ("no IP address", lambda d: next(iter(d["hosts"].values())).update(address="mx.example"))],
    "requirements": [("no statement", lambda d: next(iter(d["requirements"].values())).pop("statement"))],
}
for kind, ways in breaks.items():
    for name, damage in ways:
        document = load(open(good[kind]))
        damage(document)
        if Draft202012Validator(schemas[kind]).is_valid(document): complain(f"{kind}: '{name}' is taken as valid")

# Each key with its sentence; examples are valid for their key.
keys = 0
def walk(schema, root, where):
    global keys
    if isinstance(schema, list):
        for index, item in enumerate(schema): walk(item, root, f"{where}[{index}]")
    if not isinstance(schema, dict): return
    for name, value in schema.get("properties", {}).items():
        keys += 1
        place = f"{where}.{name}"
        if not value.get("description"): complain(f"{place}: no description")
        target = value
        while "$ref" in target: target = root["$defs"][target["$ref"].split("/")[-1]]
        examples = value.get("examples", target.get("examples", []))
        items = target.get("items", {})
        if not examples: examples = [[example] for example in items.get("examples", [])]
        is_plain = target.get("type") != "object" and "enum" not in target and target.get("type") != "boolean"
        if is_plain and not examples and "default" not in value and not contains_structure(target, root):
            complain(f"{place}: no example")
        for example in examples:
            if not Draft202012Validator({**value, "$defs": root.get("$defs", {})}).is_valid(example):
                complain(f"{place}: its example {example!r} is not valid")
    for key, value in schema.items():
        if key == "properties":
            for name, inner in value.items(): walk(inner, root, f"{where}.{name}")
        elif key == "$defs":
            for name, inner in value.items(): walk(inner, root, f"{where}#{name}")
        elif key not in ("examples", "default", "enum"): walk(value, root, where)

def contains_structure(schema, root):
    """A list of maps, or a choice with a map in it: its keys have the examples."""
    text = json.dumps(schema)
    return '"properties"' in text or '"$ref"' in text or '"additionalProperties"' in text

for kind, schema in schemas.items(): walk(schema, schema, kind)
if keys < 100: complain(f"only {keys} keys were looked at")
print(f"{len(files)} files, {keys} keys, {wrong} wrong")
sys.exit(1 if wrong else 0)
END
# The packages' interpreter, whatever else is first in PATH.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
run "$python" "$scratch/validate.py" "$scratch"
expect_status 0 "files against schemas"

finish
