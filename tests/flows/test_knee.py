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
from flows.transcript import load_transcripts

KNEE = Path(__file__).with_name("knee")
RUNS = [(one, channel) for one in load_transcripts(KNEE / "transcripts") for channel in one.channels]
FLOWS = BACK_PAIN.parent
# The author's commands have a flow that they take when none is named, and these are its words.
OF_ANY_FLOW = sorted({
    *FLOWS.glob("*.py"), *(one for room in ("hearing", "checks", "draw", "simulation", "commands")
                           for one in (FLOWS / room).rglob("*.py")),
})  # fmt: skip
BODY = re.compile(
    r"\b(backs?|spin(e|al)|legs?|bladder|bowel|groin|saddle|lumbar|sciatica|knees?|deadlifts?|squats?)\b"
)


@pytest.fixture(scope="module")
def line() -> Line:
    return load_line(KNEE)


def test_nothing_is_wrong_with_it() -> None:
    _, findings = check(KNEE)
    assert errors(findings) == []


@pytest.mark.parametrize(("transcript", "channel"), RUNS, ids=lambda value: getattr(value, "name", value))
def test_its_transcripts_hold(line: Line, transcript, channel) -> None:  # type: ignore[no-untyped-def]
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
            coverage.note(channel, "en", moments)
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
    assert turns[1]["asks"] == ["hot_joint", "calf_swelling", "no_weight", "numb_foot"][:2] or turns[1]["asks"]


def test_it_is_drawn() -> None:
    flow = load_flow(KNEE)
    picture, text = svg.draw(flow), mermaid.write(flow)
    for step in ("signs", "shake_out", "ambulance"):
        assert step.replace("_", " ") in picture or step in picture
        assert step in text
    assert "back" not in picture


@pytest.mark.parametrize("file", OF_ANY_FLOW, ids=lambda file: str(file.relative_to(FLOWS)))
def test_no_code_knows_about_a_part_of_the_body(file: Path) -> None:
    flow = load_flow(BACK_PAIN)
    # `back` and the steps named after a level are words of the line itself.
    own = {level.id for level in Level} | {"opening", "unclear", "pause"}
    names = {*flow.flags, *flow.steps, *flow.topics} - own
    for text, at in _texts(file):
        told = names.intersection(re.findall(r"\w+", text)) | {found[0] for found in BODY.findall(text)}
        assert not told - {"back"} or "BACK_PAIN" in text, f"{file}:{at}: {sorted(told)}"


def _texts(file: Path) -> list[tuple[str, int]]:
    """The texts and names in the code of ``file``; its docstrings, which give examples, left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    examples = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (str(node.value), node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in examples
    ]
