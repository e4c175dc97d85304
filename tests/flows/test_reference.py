"""Every example of docs/flow-language.md works: together they load, fit their schemas and hold talks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from flows import schema
from flows.line import Line, load_line
from flows.model import Ask
from flows.playing import play
from flows.shapes import Either, Entries, Listing, Names, Shape
from flows.transcript import load_transcripts
from flows.wording import NAMES
from tests.flows.language_page import PAGE, examples, write_flow

KINDS = {
    "flow.yaml": "flow",
    "resting.yaml": "steps",
    "flags.yaml": "flags",
    "wording/en.yaml": "wording",
    "meaning/en/answers.yaml": "answers",
    "meaning/en/topics.yaml": "topics",
    "meaning/en/symptoms/ankle.yaml": "symptoms",
    "transcripts.yaml": "transcripts",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_flow(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def line(folder: Path) -> Line:
    return load_line(folder)


def test_every_yaml_example_is_part_of_a_file() -> None:
    assert len(examples()) == PAGE.read_text(encoding="utf-8").count("```yaml")
    assert {name for name, _ in examples()} == set(KINDS)


def test_the_examples_are_one_conversation_that_loads(line: Line) -> None:
    assert line.flow.id == "ankle"
    assert {"opening", "rest_first", "rested"} <= set(line.flow.steps)
    asked = {step.expecting.kind for step in line.flow.steps.values() if isinstance(step, Ask)}
    assert asked == {"anything", "checklist", "yes_no", "choice", "number"}


def test_the_transcripts_of_the_page_hold(folder: Path, line: Line) -> None:
    for transcript in load_transcripts(folder / "transcripts.yaml"):
        for channel in transcript.channels:
            failures, moments = play(line, transcript, channel)
            assert moments
            assert not failures, "\n".join(map(str, failures))


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_every_file_of_the_page_fits_its_schema(folder: Path, name: str, kind: str) -> None:
    data = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    jsonschema.validate(data, schema.schema_of(schema.SHAPES[kind]), jsonschema.Draft7Validator)


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_every_entry_that_may_stand_in_a_file_is_shown(folder: Path, name: str, kind: str) -> None:
    data = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    wanted = set(_entries(schema.SHAPES[kind]))
    if kind == "steps":  # the steps themselves are shown in flow.yaml
        wanted = {"steps"}
    elif kind == "flow":
        data = [data, yaml.safe_load((folder / "resting.yaml").read_text(encoding="utf-8"))]
    assert wanted - set(_keys(data)) == set()


def test_every_name_in_braces_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"| `{{{name}}}` |" in text for name in NAMES)


def _entries(shape: Shape) -> Iterator[str]:
    match shape:
        case Entries(entries=entries):
            yield from entries
            for entry in entries.values():
                yield from _entries(entry)
        case Either(kinds=kinds):
            for kind in kinds:
                yield from _entries(kind)
        case Names(each=each) | Listing(each=each):
            yield from _entries(each)


def _keys(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from _keys(value)
    elif isinstance(data, list):
        for one in data:
            yield from _keys(one)
