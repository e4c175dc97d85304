"""Every transcript holds on every channel it names, with the session written and read between turns."""

from pathlib import Path

import pytest

from flows.levels import Level
from flows.line import Line, load_line
from flows.session import Channel
from flows.source import FlowError
from flows.transcript import Transcript, load_transcripts, play

FOLDER = Path(__file__).with_name("transcripts")
TRANSCRIPTS = load_transcripts(FOLDER)
RUNS = [(one, channel) for one in TRANSCRIPTS for channel in one.channels]


@pytest.fixture(scope="module")
def line() -> Line:
    return load_line()


@pytest.mark.parametrize(("transcript", "channel"), RUNS, ids=lambda value: getattr(value, "name", value))
def test_transcript_holds(line: Line, transcript: Transcript, channel: Channel) -> None:
    failures, turns = play(line, transcript, channel)
    assert turns
    assert not failures, "\n".join(failures)


def test_the_level_never_falls(line: Line) -> None:
    for transcript, channel in RUNS:
        _, turns = play(line, transcript, channel)
        levels = [turn.session.level for turn in turns if "restarted" not in {r.key for r in turn.replies}]
        if len(levels) == len(turns):
            assert levels == sorted(levels), transcript.name


def test_every_level_flag_and_topic_has_a_transcript(line: Line) -> None:
    levels: set[Level] = set()
    flags: set[str] = set()
    topics: set[str] = set()
    for transcript, channel in RUNS:
        for turn in play(line, transcript, channel)[1]:
            levels.add(turn.session.level)
            flags |= {flag for flag, state in turn.session.flags.items() if state == "present"}
            topics |= {r.key.removeprefix("topic.") for r in turn.replies if r.key.startswith("topic.")}
    assert levels == set(Level)
    assert flags == set(line.flow.flags)
    assert topics == set(line.flow.topics)


def test_a_wrong_expectation_is_reported(line: Line, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(
        "transcripts:\n"
        "  - name: wrong\n"
        "    turns:\n"
        "      - says: 'I wet myself'\n"
        "        expect: {level: modify, replies: [banana], flags: {bladder_bowel: denied}}\n"
    )
    failures, _ = play(line, load_transcripts(file)[0], "sms")
    assert len(failures) == 3
    assert all(f"{file}:4: wrong [sms]" in failure for failure in failures)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("transcripts: 5\n", 1, "`transcripts` is not a list of transcripts"),
        ("transcripts:\n  - turns: [{says: hi}]\n", 2, "`name` is missing"),
        ("transcripts:\n  - name: x\n    turns: hi\n", 3, "`turns` is not a list of turns"),
        (
            "transcripts:\n  - name: x\n    channels: [fax]\n    turns: [{says: hi}]\n",
            3,
            "`channels` is not a list of channels",
        ),
        (
            "transcripts:\n  - name: x\n    turns:\n      - say: hi\n",
            4,
            "`turns` has a turn in which nothing happens",
        ),
        (
            "transcripts:\n  - name: x\n    turns:\n      - {says: hi, expect: {levle: info}}\n",
            4,
            "unknown entry `levle`",
        ),
        (
            "transcripts:\n  - name: x\n    turns:\n      - {says: hi, expect: {effects: []}}\n",
            4,
            "`effects` is not a list",
        ),
    ],
)
def test_a_broken_transcript_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, what: str
) -> None:
    (tmp_path / "broken.yaml").write_text(text)
    with pytest.raises(FlowError) as caught:
        load_transcripts(tmp_path)
    finding = caught.value.findings[0]
    assert (finding.file, finding.line) == (str(tmp_path / "broken.yaml"), line)
    assert what in finding.what
