"""Vosk hears a stream: words while it grows; a closed question is heard by its grammar and freely."""

from pathlib import Path

import numpy as np
import pytest

from tests.voice.conftest import Speak
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.recogniser import Transcript
from voice.vosk_ear import VoskEar, settled
from voice.vosk_recogniser import VoskRecogniser
from voice.wav import RATE, any_pcm, to_pcm

MESSAGE = RATE * 2 // 25
YES, NO = "네", "아니요"


@pytest.fixture(scope="module")
def vosk(korean_model: Path) -> VoskRecogniser:
    return VoskRecogniser(korean_model)


@pytest.fixture(scope="module")
def korean() -> Speak:
    voice = Pyttsx3Synthesiser("ko", patience=60)
    return lambda text: any_pcm(voice.say(text))


def fed(ear: VoskEar, pcm: bytes) -> VoskEar:
    for at in range(0, len(pcm), MESSAGE):
        ear.feed(pcm[at : at + MESSAGE])
    return ear


@pytest.mark.usefixtures("synthesiser")
@pytest.mark.parametrize("word", [YES, NO])
def test_the_grammar_of_a_closed_question_hears_its_answers(
    word: str, vosk: VoskRecogniser, korean: Speak
) -> None:
    found = fed(VoskEar(vosk, (YES, NO)), korean(word)).finish()

    assert word in (found.text, *found.alternatives)
    # Freely, this model hears a synthetic voice as something else, so nothing speaks for the answer.
    assert found.agreed is (not found.alternatives)


@pytest.mark.usefixtures("synthesiser")
def test_an_open_question_is_heard_freely_while_the_person_talks(vosk: VoskRecogniser, korean: Speak) -> None:
    ear = VoskEar(vosk, ())
    said = korean("허리가 아파요. 다리가 저려요.")
    words = {fed(ear, said[at : at + RATE]).look() for at in range(0, len(said), RATE)}
    found = ear.finish()

    assert len(words - {""}) > 1
    assert found.text
    assert found.alternatives == ()


def test_phrases_that_the_model_lacks_do_not_deafen_it(vosk: VoskRecogniser, korean: Speak) -> None:
    assert fed(VoskEar(vosk, ("deadlift",)), korean(NO)).finish().text


def test_silence_is_nobody(vosk: VoskRecogniser) -> None:
    room = to_pcm(np.random.default_rng(2).normal(0, 0.0005, RATE * 2))
    ear = fed(VoskEar(vosk, (YES, NO)), room)

    assert ear.look() == ""
    assert ear.finish() == Transcript("")


@pytest.mark.parametrize(
    ("closed", "free", "found"),
    [
        ("no", "no", Transcript("no", agreed=True)),
        ("no", "know", Transcript("no", ("know",))),
        ("no", "numb", Transcript("no", ("numb",))),
        ("no", "no it got worse", Transcript("no it got worse", ("no",))),
        ("no", "my legs are numb", Transcript("my legs are numb", ("no",))),
        ("", "seven", Transcript("seven")),
        ("yes", "", Transcript("yes")),
        ("", "", Transcript("")),
    ],
)
def test_who_says_more_than_an_answer_is_taken_at_their_free_words(
    closed: str, free: str, found: Transcript
) -> None:
    assert settled(closed, free) == found
