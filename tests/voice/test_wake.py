"""The wake phrase wakes, and hardly anything else does."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.voice.conftest import Speak
from values import WAKE_WORDS
from voice.choose import choose_recogniser
from voice.ears import Ears
from voice.listener import Listener, open_listener
from voice.noticed import Woken
from voice.recogniser import RecogniserError, Transcript
from voice.vad import FRAME_BYTES, SileroDetector
from voice.wake import GrammarWake, PackagedWake, PackagedWord, is_phrase, wake_word
from voice.wav import RATE, to_pcm

SILENCE = bytes(RATE * 2)


class Ear:
    """Hears what it was told to."""

    partial = ""

    def __init__(self, heard: Transcript | RecogniserError) -> None:
        self.heard, self.fed = heard, 0
        self.phrases: tuple[str, ...] = ()

    def begin(self, phrases: Sequence[str] = ()) -> None:
        self.phrases = tuple(phrases)

    def feed(self, pcm: bytes) -> None:
        self.fed += len(pcm)

    def pause(self) -> None: ...

    def close(self) -> None: ...

    def finish(self) -> Transcript:
        if isinstance(self.heard, RecogniserError):
            raise self.heard
        return self.heard


def frames(pcm: bytes) -> Iterator[bytes]:
    for at in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES):
        yield pcm[at : at + FRAME_BYTES]


def wakes(listener: Listener, pcm: bytes) -> int:
    return sum(isinstance(one, Woken) for frame in frames(pcm) for one in listener.feed(frame))


@pytest.mark.parametrize("word", [PackagedWord.OKAY_NABU, PackagedWord.ALEXA])
def test_a_packaged_phrase_wakes_once_and_again_later(word: PackagedWord, speak: Speak) -> None:
    listener = Listener(Ear(Transcript("")), SileroDetector(), PackagedWake(word))
    listener.wait()
    sound = SILENCE * 2 + speak(word.title()) + SILENCE

    assert wakes(listener, sound + SILENCE) == 1
    assert wakes(listener, sound) == 1


def test_nothing_else_wakes(speak: Speak) -> None:
    listener = Listener(Ear(Transcript("")), SileroDetector(), PackagedWake(PackagedWord.OKAY_NABU))
    listener.wait()
    noise = np.random.default_rng(3).normal(0, 0.1, RATE * 5)
    talk = speak("Okay, are you done with the bench? Hey, I have got two more sets left.")

    assert wakes(listener, SILENCE + talk + to_pcm(noise) + talk) == 0


def test_who_rests_is_not_woken(speak: Speak) -> None:
    listener = Listener(Ear(Transcript("")), SileroDetector(), PackagedWake(PackagedWord.OKAY_NABU))

    assert wakes(listener, SILENCE * 2 + speak("Okay Nabu.") + SILENCE) == 0


@pytest.mark.parametrize(
    ("heard", "woken"),
    [
        (Transcript("hey spotter", agreed=True), True),
        (Transcript("hey spotter my back hurts", ("hey spotter",)), True),
        (Transcript("hey spot her", ("hey spotter",)), True),
        (Transcript("hey spotter", ("they bought the gym",)), False),
        (Transcript("put another plate on the bar", ("hey spotter",)), False),
        (Transcript("hey"), False),
        (Transcript(""), False),
    ],
)
def test_the_grammar_alone_does_not_wake(heard: Transcript, woken: bool) -> None:
    assert is_phrase(heard, "hey spotter") is woken


def test_the_recogniser_is_only_asked_while_somebody_speaks(speak: Speak) -> None:
    ear = Ear(Transcript("hey spotter", agreed=True))
    listener = Listener(ear, SileroDetector(), GrammarWake(ear))
    listener.wait()
    assert wakes(listener, SILENCE * 4) == 0
    assert ear.fed == 0

    said = speak("Hey Spotter")
    assert wakes(listener, SILENCE + said + SILENCE) == 1
    assert "hey spotter" in ear.phrases
    assert len(said) * 0.7 < ear.fed < len(said) + RATE * 2


def test_a_broken_recogniser_breaks_nothing_but_the_wake_phrase(speak: Speak) -> None:
    ear = Ear(RecogniserError("gone"))
    listener = Listener(ear, SileroDetector(), GrammarWake(ear))
    listener.wait()

    assert wakes(listener, SILENCE + speak("Hey Spotter") + SILENCE) == 0
    ear.heard = Transcript("hey spotter")
    assert wakes(listener, SILENCE + speak("Hey Spotter") + SILENCE) == 1


def test_the_phrase_is_the_one_that_is_set() -> None:
    ear = Ear(Transcript(""))
    assert [*PackagedWord, "off"] == list(WAKE_WORDS)
    for chosen in PackagedWord:
        word = wake_word(chosen, ear, hears_hey_spotter=True)
        assert word
        assert word.phrase == chosen
    by_recogniser, packaged = wake_word("", ear, True), wake_word("", ear, False)
    assert by_recogniser
    assert packaged
    assert (by_recogniser.phrase, packaged.phrase) == ("hey spotter", "okay nabu")
    assert wake_word("off", ear, True) is None


def test_without_a_vosk_model_a_packaged_phrase_wakes(ears: Ears, tmp_path: Path, speak: Speak) -> None:
    assert choose_recogniser(None, tmp_path).recogniser
    assert not ears.hears_hey_spotter
    listener = open_listener(ears)
    listener.wait()

    assert wakes(listener, SILENCE * 2 + speak("Okay Nabu.") + SILENCE) == 1
    listener.close()
