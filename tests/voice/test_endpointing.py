"""Probabilities of speech in, marks out: when somebody begins, pauses and has finished."""

from collections.abc import Iterable

import pytest

from voice.endpointing import PACES, Endpointer, Kind, Mark
from voice.vad import FRAME_SECONDS

SPEECH, SILENCE = 0.95, 0.02


def frames(*pieces: tuple[float, float]) -> list[float]:
    """One probability for each frame of pieces of (probability, seconds)."""
    return [one for one, seconds in pieces for _ in range(round(seconds / FRAME_SECONDS))]


def marks(endpointer: Endpointer, probabilities: Iterable[float]) -> list[tuple[Mark, float]]:
    """What was marked, and when, in seconds."""
    found = [(endpointer.hear(one), (at + 1) * FRAME_SECONDS) for at, one in enumerate(probabilities)]
    return [(mark, at) for mark, at in found if mark]


@pytest.mark.parametrize("kind", PACES)
def test_the_pause_that_ends_depends_on_what_is_expected(kind: Kind) -> None:
    found = marks(Endpointer(kind), frames((SILENCE, 0.5), (SPEECH, 0.4), (SILENCE, 2)))

    assert [mark for mark, _ in found] == [Mark.STARTED, Mark.PAUSED, Mark.ENDED]
    began, paused, ended = (at for _, at in found)
    assert began == pytest.approx(0.6, abs=0.04)
    assert paused == pytest.approx(0.9 + 0.12, abs=0.04)
    assert ended == pytest.approx(0.9 + PACES[kind].pause, abs=0.04)


def test_a_plain_question_is_answered_sooner_than_a_description() -> None:
    assert PACES["yes_no"].pause < PACES["number"].pause <= PACES["choice"].pause < PACES["open"].pause


def test_a_description_may_pause() -> None:
    spoken = frames((SPEECH, 1), (SILENCE, 0.6), (SPEECH, 1), (SILENCE, 1))
    found = [mark for mark, _ in marks(Endpointer("open"), spoken)]

    assert found == [Mark.STARTED, Mark.PAUSED, Mark.RESUMED, Mark.PAUSED, Mark.ENDED]


@pytest.mark.parametrize("clank", [0.03, 0.065])
def test_a_clank_is_no_beginning(clank: float) -> None:
    assert not marks(Endpointer(), frames((SILENCE, 1), (SPEECH, clank), (SILENCE, 1)) * 3)


def test_the_end_of_a_word_is_quieter_than_its_beginning() -> None:
    endpointer = Endpointer("yes_no")
    found = [mark for mark, _ in marks(endpointer, frames((SPEECH, 0.2), (0.35, 0.5), (SILENCE, 0.6)))]

    assert found == [Mark.STARTED, Mark.PAUSED, Mark.ENDED]
    assert endpointer.speech_seconds == pytest.approx(0.7, abs=0.05)


def test_nobody() -> None:
    endpointer = Endpointer("yes_no")
    found = marks(endpointer, frames((SILENCE, 20)))

    assert [mark for mark, _ in found] == [Mark.NOBODY]
    assert found[0][1] == pytest.approx(PACES["yes_no"].patience, abs=0.04)


def test_who_is_just_beginning_is_not_cut_off() -> None:
    late = frames((SILENCE, PACES["yes_no"].patience - 0.05), (SPEECH, 0.5))

    assert [mark for mark, _ in marks(Endpointer("yes_no"), late)] == [Mark.STARTED]


def test_while_the_kiosk_speaks_nobody_is_waited_for() -> None:
    endpointer = Endpointer(forever=True)
    assert not marks(endpointer, frames((SILENCE, 60)))
    assert [mark for mark, _ in marks(endpointer, frames((SPEECH, 0.5)))] == [Mark.STARTED]

    endpointer.expect("yes_no")
    found = marks(endpointer, frames((SILENCE, 2)))
    assert found[-1][0] is Mark.ENDED
    assert found[-1][1] == pytest.approx(PACES["yes_no"].pause, abs=0.04)


def test_nobody_speaks_for_ever() -> None:
    found = marks(Endpointer("yes_no"), frames((SPEECH, 60)))

    assert [mark for mark, _ in found] == [Mark.STARTED, Mark.TOO_LONG]
    assert found[1][1] == pytest.approx(PACES["yes_no"].longest, abs=0.04)
