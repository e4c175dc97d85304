"""Simulated patients find what is wrong with a flow, and can be met again."""

import json
import random
import re
import shutil
from pathlib import Path

import pytest

from flows.commands.simulate import run
from flows.levels import Level
from flows.line import BACK_PAIN, Line, load_line
from flows.loader import load_flow
from flows.simulation.phrases import Book, load_book, slips, spelt_out
from flows.simulation.report import figures, in_full
from flows.simulation.run import converse, remembering
from flows.simulation.truth import Truth, amounts_to
from flows.source import FlowError

ENOUGH = 400
TIMES = {"ms_per_patient", "patients_per_second_and_core"}
FLOW = load_flow(BACK_PAIN)


@pytest.fixture(scope="module")
def line() -> Line:
    return remembering(load_line(second_ears=False))


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book(BACK_PAIN, "en")


def spoilt(folder: Path, right: str, wrong: str, file: str = "flow.yaml") -> Path:
    """A copy of the flow with one passage of ``file`` replaced."""
    copy = folder / "back_pain"
    if not copy.exists():
        shutil.copytree(BACK_PAIN, copy)
    text = (copy / file).read_text()
    assert right in text
    (copy / file).write_text(text.replace(right, wrong))
    return copy


def simulated(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    code = run(["--seed", "1", *options])
    return code, capsys.readouterr().out


def test_the_shipped_flow_has_no_failure_and_keeps_its_promises(line: Line, book: Book) -> None:
    found = figures([converse(line, book, 7, number).outcome for number in range(ENOUGH)])
    assert found["failures"] == []
    assert found["under_triage_why"]["told clearly"] == 0
    assert found["dead_ends"] == {}
    assert found["turns_without_flags_sms"]["median"] <= 8
    assert found["turns_to_level_named_first"]["median"] <= 3


@pytest.mark.parametrize(
    ("right", "wrong", "what", "patients"),
    [
        # Nobody is asked whether it is one leg or both.
        (
            "{flag: radiating, to: which_legs}",
            "{flag: radiating, to: screen_cause}",
            "both_legs was told",
            1600,
        ),
        # Nobody is asked about bladder, groin and legs.
        ('"*": screen_body}\n    unclear', '"*": screen_cause}\n    unclear', "was not asked about", ENOUGH),
    ],
)
def test_a_route_that_skips_is_found_and_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], right: str, wrong: str, what: str, patients: int
) -> None:
    flow = spoilt(tmp_path, right, wrong)
    code, printed = simulated(capsys, "-n", str(patients), "--flow", str(flow))
    assert code == 1
    assert "FAILURE: " in printed
    assert what in printed
    assert "truth emergency, ended" in printed
    again = re.findall(r"again by: --seed 1 (.*)", printed)[0].split()
    code, once_more = simulated(capsys, "--flow", str(flow), *again)
    assert code == 1
    assert once_more in printed


def test_a_screening_item_that_was_removed_is_seen_as_never_asked(tmp_path: Path, book: Book) -> None:
    flow = spoilt(tmp_path, "      - [saddle_numbness]\n", "")
    item = '  saddle_numbness: "Numb or odd feeling around groin, genitals or bottom"\n'
    spoilt(tmp_path, item, "", "wording/en.yaml")
    # Its translation would have to lose it as well.
    (flow / "wording" / "es.yaml").unlink()
    spoilt_line = remembering(load_line(flow, second_ears=False))
    found = figures([converse(spoilt_line, book, 1, number).outcome for number in range(ENOUGH)])
    assert found["untold"]["saddle_numbness"] > 0


def test_the_same_seed_gives_the_same_run_in_one_process_or_two(capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for processes in ("1", "2"):
        code, printed = simulated(capsys, "-n", "120", "--json", "--processes", processes)
        assert code == 0
        result = json.loads(printed)
        found.append({key: value for key, value in result.items() if key not in TIMES})
    assert found[0] == found[1]
    assert found[0]["patients"] == 120


def test_one_patient_can_be_met_again_alone(
    capsys: pytest.CaptureFixture[str], line: Line, book: Book
) -> None:
    number = 5
    # Whoever came before must not matter.
    talks = [converse(line, book, 1, place) for place in range(number + 1)]
    code, printed = simulated(capsys, "--only", str(number))
    assert code == 0
    assert printed == in_full(talks[number], 1) + "\n"
    assert all(
        reply.text.split("\n")[0] in printed
        for spoken in talks[number].spoken
        for reply in spoken.turn.replies
    )


@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_a_channel_can_be_chosen(capsys: pytest.CaptureFixture[str], channel: str) -> None:
    _, printed = simulated(capsys, "-n", "20", "--json", "--channel", channel)
    found = json.loads(printed)
    other = {"sms": "voice", "voice": "sms"}[channel]
    assert found[f"turns_without_flags_{other}"]["patients"] == 0
    assert found[f"turns_without_flags_{channel}"]["patients"] > 0


@pytest.mark.parametrize(
    ("flags", "answers", "level"),
    [
        ({"bladder_bowel": ()}, {}, Level.EMERGENCY),
        ({"leg_weakness": ()}, {}, Level.URGENT),
        ({"leg_weakness": ("worsening",)}, {}, Level.EMERGENCY),
        ({"rest_night_pain": ()}, {}, Level.SEE_PROVIDER),
        ({"dull_ache": ()}, {"pause": "gone"}, Level.MODIFY),
        ({"dull_ache": ()}, {"pause": "same"}, Level.STOP_TODAY),
        ({"sharp_pain": ()}, {"pause": "gone", "onset_kind": "sharp"}, Level.STOP_TODAY),
        ({"severe_pain": ()}, {"pause": "same", "pain_score": 9}, Level.URGENT),
        ({}, {"describe": "not_hurting"}, Level.INFO),
    ],
)
def test_what_a_truth_amounts_to(
    flags: dict[str, tuple[str, ...]], answers: dict[str, str | int], level: Level
) -> None:
    given: dict[str, str | int] = {
        "pain_score": 3,
        "onset_kind": "dull",
        "pause": "better",
        "which_legs": "one",
    }
    given |= answers
    assert amounts_to(FLOW, Truth(flags, (), given, 1)) == level


def test_what_comes_with_the_wait_counts() -> None:
    answers: dict[str, str | int] = {
        "pain_score": 3,
        "onset_kind": "dull",
        "pause": "spreading",
        "which_legs": "one",
    }
    truth = Truth({"dull_ache": ()}, ("radiating",), answers, 1)
    assert amounts_to(FLOW, truth) == Level.URGENT


def test_phrasings_are_spelt_out_and_slips_leave_a_denial_alone() -> None:
    rng = random.Random(3)
    assert {spelt_out("(a|b) c", rng) for _ in range(20)} == {"a c", "b c"}
    texts = [slips("I cannot really feel my bottom since nothing moves", rng) for _ in range(50)]
    assert len(set(texts)) > 5
    assert all("cannot" in text and "nothing" in text for text in texts)


def test_every_flag_has_dozens_of_phrasings(book: Book) -> None:
    for flag in FLOW.flags:
        said = {book.say(f"flags.{flag}", random.Random(number)) for number in range(400)}
        assert len(said) >= 10, flag


def test_a_broken_phrase_book_names_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "patients" / "en.yaml"
    file.parent.mkdir()
    file.write_text("flags:\n  fever_unwell: 5\n")
    with pytest.raises(FlowError) as caught:
        load_book(tmp_path, "en")
    assert f"{file}:2: error: `flags.fever_unwell` is not a list of phrasings" in str(caught.value)
    assert "no `yes`" in str(caught.value)


def test_a_broken_flow_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = spoilt(tmp_path, "start: opening", "start: nowhere")
    assert run(["-n", "1", "--flow", str(flow)]) == 1
    assert "there is no step `nowhere`" in capsys.readouterr().err
