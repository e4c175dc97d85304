"""A second conversation, about knees, runs on the same engine: nothing in it may know about backs."""

import ast
import io
import json
import re
from pathlib import Path

import pytest

from flows.checks import check, errors
from flows.commands import chat
from flows.coverage import Coverage
from flows.draw import mermaid, svg
from flows.levels import Level
from flows.line import BACK_PAIN, Line, load_line
from flows.loader import load_flow
from flows.playing import play
from flows.session import Channel
from flows.transcript import Transcript, load_transcripts
from flows.wording import NAMES

KNEE = Path(__file__).with_name("knee")
RUNS = [(one, channel) for one in load_transcripts(KNEE / "transcripts") for channel in one.channels]
FLOWS = BACK_PAIN.parent
OF_ANY_FLOW = sorted(FLOWS.rglob("*.py"))
# Words of the line itself: levels, names in braces, keys of the language, and ends that any flow has.
OWN = {level.id for level in Level} | NAMES | {"opening", "unclear", "pause", "check_in"}
BACKS = re.compile(
    r"\b(?:(?:my|your|lower) backs?|back pain|spines?|legs?|bladder|bowel|groin|saddle|deadlifts?|squats?)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def line() -> Line:
    return load_line(KNEE)


def test_nothing_is_wrong_with_it() -> None:
    _, findings = check(KNEE)
    assert errors(findings) == []


@pytest.mark.parametrize(("transcript", "channel"), RUNS, ids=lambda value: getattr(value, "name", value))
def test_its_transcripts_hold(line: Line, transcript: Transcript, channel: Channel) -> None:
    failures, moments = play(line, transcript, channel)
    assert moments
    assert not failures, "\n".join(map(str, failures))


@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_its_transcripts_come_to_every_level_step_and_answer(line: Line, channel: str) -> None:
    coverage = Coverage(line.flow)
    levels = set()
    for transcript, on in RUNS:
        if on == channel:
            _, moments = play(line, transcript, on)
            levels |= {moment.turn.session.level for moment in moments if moment.turn.session.done}
            coverage.note(channel, moments)
    assert levels == set(Level)
    assert coverage.missing(channel, "en", "steps") == []
    assert coverage.missing(channel, "en", "answers") == []


def test_it_is_talked_to_on_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("my knee is locked\nnone of those\n"))
    assert chat.run(["--flow", str(KNEE), "--json"]) == 0
    turns = [json.loads(turn) for turn in capsys.readouterr().out.splitlines()]
    assert [turn["step"] for turn in turns] == ["story", "signs", "today"]
    assert [turn["level"] for turn in turns] == ["info", "urgent", "urgent"]
    assert "Knee helper" in turns[0]["replies"][0]
    # What could no longer make it more urgent is not asked.
    assert turns[1]["asks"] == ["hot_joint", "calf_swelling", "no_weight", "numb_foot"]


def test_it_is_drawn() -> None:
    flow = load_flow(KNEE)
    picture = svg.draw(flow)
    assert "Walk slowly for 2 minutes" in picture
    assert not re.search(BACKS, picture.replace("back to the screening", "").replace("back,", ""))
    assert set(flow.steps) <= set(re.findall(r"\w+", mermaid.write(flow)))


@pytest.mark.parametrize("file", OF_ANY_FLOW, ids=lambda file: str(file.relative_to(FLOWS)))
def test_no_code_knows_a_flow_or_a_part_of_the_body(file: Path) -> None:
    flow = load_flow(BACK_PAIN)
    names = {*flow.flags, *flow.steps} - OWN
    for text, at in _texts(file):
        known = names.intersection(re.findall(r"\w+", text)) | set(BACKS.findall(text))
        assert not known or text == BACK_PAIN.name, f"{file}:{at}: {sorted(known)}"


def test_a_flag_in_code_would_be_seen(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(
        '"""Such as saddle_numbness."""\n\nif flag == "saddle_numbness":\n    say("my lower back")\n'
    )
    assert _texts(file) == [("saddle_numbness", 3), ("my lower back", 4)]
    assert BACKS.search("my lower back")


def _texts(file: Path) -> list[tuple[str, int]]:
    """The texts in the code of ``file``, and their lines; without what only shows an author an example.

    That is a docstring, the ``like`` of a shape, a piece of YAML in braces, and what stands in backticks.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    examples = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            examples.add(id(node.value))
        elif isinstance(node, ast.keyword) and node.arg == "like":
            examples |= {id(part) for part in ast.walk(node.value)}
    return [
        (re.sub(r"`[^`]*`|^\{.*\}$", "", node.value), node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in examples
    ]
