"""The JSON Schemas say what the loaders say: both come of the same shapes, and here they are held to it."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from flows import countries, schema, source
from flows.commands import schema as command
from flows.line import BACK_PAIN, load_line
from flows.shapes import Entries, Names, sifted
from flows.source import FlowError
from flows.transcript import load_transcripts
from tests.flows.language_page import write_flow
from tests.flows.test_reference import KINDS

ROOT = Path(__file__).parent.parent.parent
TRANSCRIPTS = Path(__file__).with_name("transcripts")
# The kind of each file of a flow, by its place in the folder of the flow.
PLACES = {
    "flow.yaml": "flow",
    "flags.yaml": "flags",
    "wording/*.yaml": "wording",
    "meaning/*/answers.yaml": "answers",
    "meaning/*/topics.yaml": "topics",
    "meaning/*/symptoms/*.yaml": "symptoms",
}
SHIPPED = [
    *((path, kind) for place, kind in PLACES.items() for path in sorted(BACK_PAIN.glob(place))),
    *((path, "transcripts") for path in sorted(TRANSCRIPTS.glob("*.yaml"))),
    (countries.FILE, "countries"),
]
NAMED = [pytest.param(path, kind, id=str(path.relative_to(ROOT))) for path, kind in SHIPPED]
SAID = re.compile(r"# yaml-language-server: \$schema=(\S+)")


def validator(kind: str) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(json.loads((schema.FOLDER / f"{kind}.schema.json").read_text()))


def test_the_schemas_in_docs_are_those_of_the_loaders() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in schema.FOLDER.iterdir()}
    assert kept == schema.schemas(), "run `python -m flows schema`"


def test_the_command_writes_every_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(["--out", str(tmp_path / "new")]) == 0
    assert {path.name for path in (tmp_path / "new").iterdir()} == set(schema.schemas())
    assert "flow.schema.json" in capsys.readouterr().out


@pytest.mark.parametrize("kind", schema.SHAPES)
def test_each_schema_is_one(kind: str) -> None:
    jsonschema.Draft7Validator.check_schema(validator(kind).schema)


@pytest.mark.parametrize(("path", "kind"), NAMED)
def test_every_shipped_file_fits_its_schema(path: Path, kind: str) -> None:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [error.message for error in validator(kind).iter_errors(data)] == []


@pytest.mark.parametrize(
    ("path", "kind"), [one for one in NAMED if "/meaning/en/symptoms/" not in str(one.id)]
)
def test_editors_find_the_schema_by_the_first_line(path: Path, kind: str) -> None:
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    found = SAID.fullmatch(first)
    wanted = os.path.relpath(schema.FOLDER / f"{kind}.schema.json", path.parent)
    assert found, f"begin {path} with `# yaml-language-server: $schema={wanted}`"
    assert (path.parent / found[1]).resolve() == schema.FOLDER / f"{kind}.schema.json"


# What an author may write instead of something else.
JUNK = [
    "",
    " ",
    "Two words!",
    "x",
    5,
    -1,
    1.5,
    True,
    False,
    [],
    ["x"],
    ["x", "x"],
    [5],
    {},
    {"x": "y"},
    {"x": 5},
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_flow(tmp_path_factory.mktemp("page"))


def misshapen(data: Any, kind: str) -> list[str]:
    """What the loaders find wrong with the shape of ``data``."""
    shape = schema.SHAPES[kind]
    assert isinstance(shape, Entries | Names)
    findings: list[source.Finding] = []
    sifted(source.parse(json.dumps(data), "x.yaml"), shape, findings)
    return [finding.what for finding in findings]


def changed(data: Any) -> Iterator[Any]:
    """``data`` with one change: a value replaced by each of `JUNK`, left out, or given one entry more."""
    for path in list(_paths(data)):
        for junk in JUNK:
            copy, owner = _copy(data, path)
            owner[path[-1]] = deepcopy(junk)
            yield copy
        copy, owner = _copy(data, path)
        del owner[path[-1]]
        yield copy
        copy, owner = _copy(data, path)
        if isinstance(owner[path[-1]], dict):
            owner[path[-1]]["another_one"] = "x"
            yield copy


def _paths(data: Any) -> Iterator[tuple[Any, ...]]:
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield (key,)
        yield from ((key, *rest) for rest in _paths(value))


def _copy(data: Any, path: tuple[Any, ...]) -> tuple[Any, Any]:
    """A copy of ``data``, and what in it holds the value at ``path``."""
    copy = owner = deepcopy(data)
    for key in path[:-1]:
        owner = owner[key]
    return copy, owner


# One mistake for each rule: the file of the page, what stands there, what is written instead, what is said.
MISTAKES = [
    ("flow.yaml", 'version: "1"', "version: 1", "`version` is not the number of a version"),
    ("flow.yaml", "turn_limit: 40", "turn_limit: 0", "`turn_limit` is not a whole number from 1 up"),
    ("flow.yaml", "turn_limit: 40", "turn_limt: 40", "unknown entry `turn_limt`"),
    ("flow.yaml", "start: opening", "begin: opening", "`start` is missing"),
    ("flow.yaml", "topics: [ice]", "topics: ice", "`topics` is not a list of words"),
    ("flow.yaml", "include: [resting.yaml]", "include: resting.yaml", "`include` is not a list of files"),
    ("flow.yaml", "[resting.yaml]", "[../resting.yaml]", "`include` is not a list of files in this folder"),
    ("flow.yaml", "{question: rest_first, ", "{", "`question` is missing"),
    ("flow.yaml", "  opening:\n", "  Opening:\n", "the name `Opening` under `steps` is not a name in small"),
    ("flow.yaml", "say: opening", "sayy: opening", "`opening` is a step of no kind"),
    ("flow.yaml", "    next: describe\n", "", "`next` is missing"),
    ("flow.yaml", "ask: number", "ask: figure", "`pain_score` is no kind of question"),
    ("flow.yaml", "lowest: 0", "options: [a]", "unknown entry `options`"),
    ("flow.yaml", "lowest: 0", "lowest: zero", "`lowest` is not a whole number"),
    ("flow.yaml", "{severe_pain: 8}", "{severe_pain: eight}", "`severe_pain` is not a whole number"),
    ("flow.yaml", "    flags: [swelling]\n", "", "`flags` is missing"),
    ("flow.yaml", "flags: [swelling]", "flags: [swelling]\n    after: 60", "unknown entry `after`"),
    ("flow.yaml", "    flags: [sw", "    adds: {swelling: fast}\n    flags: [sw", "unknown entry `flags`"),
    ("flow.yaml", "[crack, pop, nothing]", "[crack, [pop]]", "`options` is not a list of names"),
    ("flow.yaml", "{crack: [bone_pain]}", "{crack: bone_pain}", "`crack` is not a list of names"),
    ("flow.yaml", "- [odd_shape]", "- odd_shape", "`items` is not a list of lists of flags"),
    (
        "flow.yaml",
        '{"yes": swollen_fast,',
        '{yess: swollen_fast, "yes": sound,',
        "the name `yess` under `then`",
    ),
    ("flow.yaml", 'then: {"*": rest_first}', 'then: {"5": rest_first}', "the name `5` under `then`"),
    ("flow.yaml", "{flag: swelling, to: see_provider}", "{flag: swelling}", "`to` is missing"),
    ("flow.yaml", "{flag: swelling, to", "{flag: swelling, level: urgent, to", "unknown entry `level`"),
    ("flow.yaml", "{flag: swelling, to", "{flg: swelling, to", "`route` has a line that cannot be read"),
    ("flow.yaml", "at_least: 72", "at_least: many", "`at_least` is not a number"),
    ("flow.yaml", "  urgent: {end: urgent}", "  urgent: {end: dire}", "`end` is not a level"),
    (
        "flow.yaml",
        "without_screening: nothing_hurts",
        "without_screening: just_so",
        "`without_screening` is not",
    ),
    ("flow.yaml", "must_ask: [", "must_ask: [[odd], ", "`must_ask` is not a list of names"),
    ("resting.yaml", "after: 300", "after: soon", "`after` is not a number"),
    ("resting.yaml", "steps:\n", "start: rested\nsteps:\n", "unknown entry `start`"),
    ("flags.yaml", "source: [ottawa]", "source: []", "`source` is not a list of names"),
    ("flags.yaml", "rises: {fast: urgent}", "rises: {fast: soon}", "`fast` is not a level"),
    ("flags.yaml", "{level: urgent, source: [ottawa]}", "urgent", "`bone_pain` is not a mapping"),
    ("wording/en.yaml", "{tell} {aid}", "{tell} {ade}", "`emergency` holds {ade}, which nothing fills in"),
    ("wording/en.yaml", "{tell} {aid}", "{tell} {aid", "`emergency` holds a brace without its other"),
    ("wording/en.yaml", '"Reply with the numbers, or NONE."', '" "', "`sms` is not words"),
    ("wording/en.yaml", '"Okay, from the start."', "5", "`restarted` is not text"),
    ("wording/en.yaml", 'voice: "Say yes or no."', 'say: "Say yes or no."', "unknown entry `say`"),
    ("wording/en.yaml", "list_end:", "list.end:", "the name `list.end` is not"),
    ("meaning/en/answers.yaml", "answers:\n", "answer:\n", "unknown key `answer`"),
    ("meaning/en/answers.yaml", '"pop, popped, click"', "[pop, popped]", "`pop` is not text"),
    ("meaning/en/topics.yaml", '"ice, ice pack, frozen peas"', "5", "`about` is not text"),
    ("meaning/en/symptoms/ankle.yaml", "places:", "place:", "unknown key `place`"),
    ("meaning/en/symptoms/ankle.yaml", "    unsure:", "    unsur:", "unknown key `unsur`"),
    ("meaning/en/symptoms/ankle.yaml", "      - numb, alone", "      numb: alone", "`unsure` is not a list"),
    ("transcripts.yaml", "opens: true", "opens: false", "`opens` is not true"),
    ("transcripts.yaml", "opens: true", "open: true", "`turns` has a turn in which nothing happens"),
    ("transcripts.yaml", "opens: true", "opens: true\n        silent: true", "unknown entry `silent`"),
    ("transcripts.yaml", "only: sms", "only: fax", "`only` is not a channel"),
    ("transcripts.yaml", "country: GB", "country: England", "`country` is not a country's two letters"),
    ("transcripts.yaml", "{numb_foot: denied}", "{numb_foot: no_idea}", "`numb_foot` is not what is known"),
    ("transcripts.yaml", "asks: [numb_foot]", "asked: [numb_foot]", "unknown entry `asked`"),
]


@pytest.mark.parametrize(("name", "old", "new", "what"), MISTAKES)
def test_a_mistake_is_seen_by_loader_and_schema(
    page: Path, tmp_path: Path, name: str, old: str, new: str, what: str
) -> None:
    folder = Path(shutil.copytree(page, tmp_path / "flow"))
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FlowError) as caught:
        load_transcripts(folder / name) if KINDS[name] == "transcripts" else load_line(folder)
    found = [finding for finding in caught.value.findings if what in finding.what]
    assert found, caught.value
    assert found[0].file == str(folder / name)
    assert not validator(KINDS[name]).is_valid(yaml.safe_load((folder / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_schema_and_loader_refuse_the_same(page: Path, name: str, kind: str) -> None:
    data = yaml.safe_load((page / name).read_text(encoding="utf-8"))
    checks = validator(kind)
    refused = 0
    # Every seventh change meets every place, and each with other junk than the place before.
    for one in islice(changed(data), 0, None, 7):
        if not one:
            continue
        what = misshapen(one, kind)
        errors = [error.message[:300] for error in checks.iter_errors(one)]
        assert bool(what) == bool(errors), (what, errors, one)
        refused += bool(what)
    assert refused > 10
