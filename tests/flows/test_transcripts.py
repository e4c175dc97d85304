"""Every transcript holds on every channel it names, and together they visit what there is to visit."""

from pathlib import Path

import pytest

from flows.commands import test as command
from flows.coverage import Coverage
from flows.levels import Level
from flows.line import Line, load_line
from flows.playing import Failure, Moment, language_of, play
from flows.session import Channel
from flows.source import FlowError
from flows.transcript import Transcript, load_transcripts

FOLDER = Path(__file__).with_name("transcripts")
KNEE = Path(__file__).with_name("knee")
TRANSCRIPTS = load_transcripts(FOLDER)
RUNS = [(one, channel) for one in TRANSCRIPTS for channel in one.channels]

Played = dict[tuple[str, int, Channel], tuple[list[Failure], list[Moment]]]


@pytest.fixture(scope="module")
def line() -> Line:
    return load_line()


@pytest.fixture(scope="module")
def knees() -> Line:
    """A small flow, where it does not matter which."""
    return load_line(KNEE)


@pytest.fixture(scope="module")
def played(line: Line) -> Played:
    return {(one.file, one.line, channel): play(line, one, channel) for one, channel in RUNS}


def one_of(tmp_path: Path, turns: str, head: str = "") -> Transcript:
    """The transcript with ``turns``, which begin on line 4, or later by the lines of ``head``."""
    file = tmp_path / "one.yaml"
    file.write_text(f"{head}transcripts:\n  - name: one\n    turns:\n{turns}")
    return load_transcripts(file)[0]


@pytest.mark.parametrize(("transcript", "channel"), RUNS, ids=lambda value: getattr(value, "name", value))
def test_transcript_holds(played: Played, transcript: Transcript, channel: Channel) -> None:
    failures, moments = played[transcript.file, transcript.line, channel]
    assert moments
    assert not failures, "\n".join(map(str, failures))


def test_the_level_never_falls(played: Played) -> None:
    for (file, at, _), (_, moments) in played.items():
        levels = [
            (moment.before.level, moment.turn.session.level)
            for moment in moments
            if "restarted" not in {reply.key for reply in moment.turn.replies}
        ]
        assert all(before <= after for before, after in levels), f"{file}:{at}"


@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_every_step_answer_and_flag_has_a_transcript(line: Line, played: Played, channel: str) -> None:
    coverage = Coverage(line.flow)
    levels, topics = set(), set()
    for transcript, on in RUNS:
        if on == channel:
            _, moments = played[transcript.file, transcript.line, on]
            coverage.note(on, moments)
            levels |= {moment.turn.session.level for moment in moments}
            keys = [reply.key for moment in moments for reply in moment.turn.replies]
            topics |= {key.removeprefix("topic.") for key in keys if key.startswith("topic.")}
    language = next(iter(line.flow.wording))
    assert {kind: coverage.missing(channel, language, kind) for kind in ("steps", "answers", "flags")} == {
        "steps": [],
        "answers": [],
        "flags": [],
    }
    assert levels == set(Level)
    assert topics == set(line.flow.topics)


def test_what_differs_is_named_with_its_own_line(knees: Line, tmp_path: Path) -> None:
    turns = (
        "      - says: my knee is locked\n"
        "        expect:\n"
        "          level: modify\n"
        "          step: signs\n"
        "          flags: {locked: denied}\n"
        "          asks: [cancer, sore]\n"
        "          replies: [banana, stop running]\n"
        "          effects: [Cancel pause]\n"
        "          not: [stop RUNNING]\n"
    )
    (failure,), _ = play(knees, one_of(tmp_path, turns), "sms")
    found = {one.what: (one.expected, one.got, one.line) for one in failure.differences}
    assert found["level"] == ("modify", "urgent", 6)
    assert found["flag locked"] == ("denied", "present", 8)
    assert found["asks"][0::2] == ("cancer, sore", 9)
    assert found["says"][0::2] == ("banana", 10)
    assert found["effects"] == ("Cancel pause", "Alert urgent", 11)
    assert found["says not"][0::2] == ("stop RUNNING", 12)
    assert "step" not in found


def test_a_step_that_is_never_reached_is_told(knees: Line, tmp_path: Path) -> None:
    (failure,), _ = play(knees, one_of(tmp_path, "      - {says: my knee is sore, until: today}\n"), "sms")
    assert [(one.what, one.expected) for one in failure.differences] == [("until", "today")]


def test_time_that_passes_ends_a_wait_and_makes_a_conversation_expire(knees: Line, tmp_path: Path) -> None:
    before = (
        "      - says: my knee is sore\n"
        "      - {says: none, until: score}\n"
        "      - says: 'three'\n"
        "        expect: {effects: [Schedule shake_out 120]}\n"
    )
    early = "      - passes: 100 seconds\n        expect: {step: shake_out, not: [How is your knee]}\n"
    due = "      - passes: 1 minute\n        expect: {step: shake_out, replies: [How is your knee]}\n"
    over = "      - passes: 3 days\n        expect: {level: info, flags: {sore: unknown}}\n"
    for channel in ("sms", "voice"):
        failures, moments = play(knees, one_of(tmp_path, before + early + due + over), channel)
        assert failures == []
        waited = moments[-1]
        assert waited.turn.replies[0].key == "shake_out.ask"


def test_a_language_stands_at_the_top_or_in_a_transcript(
    knees: Line, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turns = "      - opens: true\n"
    assert one_of(tmp_path, turns).language == ""
    assert one_of(tmp_path, turns, "language: es\n").language == "es"
    assert one_of(tmp_path, turns + "    language: fr\n", "language: es\n").language == "fr"
    assert language_of(knees.flow, one_of(tmp_path, turns)) == "en"
    one_of(tmp_path, turns, "language: es\n")
    assert command.run([str(tmp_path), "--flow", str(KNEE)]) == 1
    assert "one.yaml:3: one: the flow does not speak `es` (it has en)" in capsys.readouterr().out


def test_the_command_shows_both_sides_and_what_was_never_visited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one_of(tmp_path, "      - {says: my knee is locked, expect: {level: info}}\n")
    assert command.run([str(tmp_path), "--flow", str(KNEE)]) == 1
    out = capsys.readouterr().out
    rows = [row.split() for row in out.splitlines()]
    assert ["expected", "got"] in rows
    assert ["level", "info", "urgent"] in rows
    assert "one.yaml:4: one [sms en]" in out
    assert "0 passed, 2 failed" in out
    assert "\x1b" not in out
    assert "never on" not in out
    assert command.run([str(tmp_path), "--flow", str(KNEE), "--coverage"]) == 1
    whole = capsys.readouterr().out
    assert "never on voice in en, answers:" in whole
    assert "  shake_out: worse\n" in whole


def test_colour_is_for_terminals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one_of(tmp_path, "      - {says: my knee is locked, expect: {level: info}}\n")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    command.run([str(tmp_path), "--flow", str(KNEE)])
    assert "\x1b[32minfo" in capsys.readouterr().out


def test_without_a_path_the_flow_s_own_transcripts_are_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run(["--flow", str(KNEE)]) == 0
    out = capsys.readouterr().out
    assert " 0 failed" in out
    assert "sms en" in out
    assert command.run(["--flow", str(tmp_path)]) == 1
    assert "Name a file or a folder" in capsys.readouterr().err


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
