"""Holes through which a mistake could slip are closed, and everything wrong in a flow is said at once."""

from pathlib import Path

import pytest

from flows.loader import load_flow, read_flow
from flows.source import Finding, FlowError, gather, parse
from flows.transcript import load_transcripts
from tests.flows.language_page import write_flow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_flow(tmp_path / "flow")


def replaced(folder: Path, name: str, *changes: tuple[str, str]) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / name).write_text(text, encoding="utf-8")


def said(findings: list[Finding]) -> str:
    return "\n".join(f"{Path(one.file).name} {one.what}" for one in findings)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\nb:\n", 2, "nothing stands after `b:`"),
        ("a: 1\nb:   # later\nc: 2\n", 2, "nothing stands after `b:`"),
        ("a: 1_000\n", 1, "another number"),
        ("a: &x [1]\nb: *x\n", 1, "an alias"),
        ("a: &x [*x]\n", 1, "an alias"),
        ("a: &x {b: 1}\nc: {<<: *x}\n", 2, "a type not used here"),
        ("true: 1\n", 1, "a key that is not a word"),
        ("[a, b]: 1\n", 1, "a key that is not a word"),
        ("a: 1\n---\na: 2\n", 2, "not readable as YAML"),
        ("a:\n\t- b\n", 2, "not readable as YAML"),
    ],
)
def test_a_trap_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(FlowError) as caught:
        parse(text, "flow.yaml")
    assert any(one.line == line and what in one.what for one in caught.value.findings), caught.value


def test_words_that_only_look_like_traps_pass() -> None:
    assert parse('a: ""\nb: 2_legs\nc: "1_000"\n', "x.yaml") == {"a": "", "b": "2_legs", "c": "1_000"}


def test_a_folder_in_the_place_of_a_file_is_said(tmp_path: Path) -> None:
    findings: list[Finding] = []
    assert gather(tmp_path, findings) is None
    assert "the file is missing" in said(findings)


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        ("flow.yaml", "say: opening", "say: hello", "step `opening` says `hello`"),
        (
            "flow.yaml",
            "severe_from: {severe_pain",
            "severe_from: {sever_pain",
            "no flag `sever_pain`",
        ),
        ("flow.yaml", "- [odd_shape]", "- [od_shape]", "there is no flag `od_shape`"),
        ("flow.yaml", "{swelling: fast}", "{sweling: fast}", "there is no flag `sweling`"),
        ("flow.yaml", "{crack: [bone_pain]}", "{crack: [bone]}", "there is no flag `bone`"),
        (
            "flow.yaml",
            "      - {else: pain_score}\n",
            "",
            "`how_urgent` does not cover every case",
        ),
        (
            "flow.yaml",
            "- {flag: swelling, to: see",
            "- {else: see",
            "`how_urgent` has an `else` before its last line",
        ),
        ("flow.yaml", "must_ask: [numb_foot", "must_ask: [numb_feet", "there is no flag `numb_feet`"),
        ("flow.yaml", "[resting.yaml]", "[restin.yaml]", "the file is missing"),
        ("resting.yaml", "  rested:\n", "  sound:\n", "the step `sound` stands in another file as well"),
        ("resting.yaml", "same: stop_today", "same: stop_to_day", "there is no step `stop_to_day`"),
    ],
)
def test_a_hole_is_closed(folder: Path, name: str, old: str, new: str, what: str) -> None:
    replaced(folder, name, (old, new))
    with pytest.raises(FlowError) as caught:
        load_flow(folder)
    assert what in said(caught.value.findings)


def test_a_step_of_an_included_file_says_where_it_stands(folder: Path) -> None:
    replaced(
        folder,
        "wording/en.yaml",
        ('  still: "Keep the foot up. I will ask you soon."\n', ""),
    )
    with pytest.raises(FlowError) as caught:
        load_flow(folder)
    assert "no wording `rest_first.still` (needed by resting.yaml line 2)" in said(caught.value.findings)


def test_everything_wrong_is_said_at_once(folder: Path) -> None:
    replaced(
        folder,
        "flow.yaml",
        ("turn_limit: 40", "turn_limit: no"),
        ("start: opening", "strt: opening"),
        ("next: describe", "next: describ"),
        ("ask: number", "ask: figure"),
        ("items:\n", "itms: 1\n    items:\n"),
        ("- [numb_foot]", "- [numb_feet]"),
        ("{flag: swelling, to: see_provider}", "{flag: sweling, to: nowhere, level: 5}"),
    )
    replaced(folder, "resting.yaml", ("after: 300", "after: soon"), ("worse: see_provider", "worse: nobody"))
    replaced(folder, "flags.yaml", ("level: see_provider", "level: soon"), ("[ottawa]", "[otawa]"))
    replaced(folder, "wording/en.yaml", ("{tell} {aid}", "{tel} {aid}"), ("quiet:", "quiet: 5\nQuiet:"))
    flow, findings = read_flow(folder)
    text = said(findings)
    for what in (
        "flow.yaml unquoted `no`",
        "flow.yaml unknown entry `strt`",
        "flow.yaml `start` is missing",
        "flow.yaml there is no step `describ`",
        "flow.yaml `pain_score` is no kind of question",
        "flow.yaml unknown entry `itms`",
        "flow.yaml unknown entry `level`",
        "flow.yaml there is no step `nowhere`",
        "resting.yaml `after` is not a number",
        "resting.yaml there is no step `nobody`",
        "flags.yaml `level` is not a level",
        "flags.yaml flag `bone_pain` has no such source: otawa",
        "en.yaml `emergency` holds {tel}, which nothing fills in",
        "en.yaml `quiet` is not text",
        "en.yaml the name `Quiet` is not a name in small letters",
    ):
        assert what in text
    assert flow is None


def test_a_flow_with_a_misshapen_step_is_good_for_further_checks(folder: Path) -> None:
    replaced(folder, "flow.yaml", ("ask: number", "ask: figure"), ("{end: modify}", "{end: soon}"))
    flow, findings = read_flow(folder)
    assert flow is not None
    assert not {"pain_score", "modify"} & set(flow.steps)
    assert {"opening", "rest_first", "urgent"} <= set(flow.steps)
    assert len(findings) == 2, said(findings)


def test_every_file_of_transcripts_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("transcripts:\n  - name: x\n    turns: [{says: hi, exect: {}}]\n")
    (tmp_path / "b.yaml").write_text("transcripts: [\n")
    (tmp_path / "c.yaml").write_text("transcripts:\n  - name: x\n    turns: [{says: hi, only: fax}]\n")
    with pytest.raises(FlowError) as caught:
        load_transcripts(tmp_path)
    assert [Path(one.file).name for one in caught.value.findings] == ["a.yaml", "b.yaml", "c.yaml"]
