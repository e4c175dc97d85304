"""A growing utterance is decoded again and again, and what is outdated counts no more."""

import threading
from collections.abc import Sequence

from voice.recogniser import Transcript
from voice.wav import MAX_SECONDS, RATE
from voice.whisper_ear import WhisperEar

SECOND = bytes(RATE * 2)


class Recogniser:
    """Hears ``words``, and keeps how much sound (seconds) it was given each time."""

    name, language = "a recogniser", "en"

    def __init__(self, *words: str) -> None:
        self.words, self.given = list(words), list[float]()

    def transcribe(self, pcm: bytes, phrases: Sequence[str] = ()) -> Transcript:
        assert phrases == ()
        self.given.append(round(len(pcm) / len(SECOND), 1))
        return Transcript(self.words.pop(0) if len(self.words) > 1 else self.words[0])


def ear_of(recogniser: Recogniser) -> WhisperEar:
    return WhisperEar(recogniser, (), threading.Lock())


def test_what_was_read_at_the_pause_is_the_answer() -> None:
    recogniser = Recogniser("No.")
    ear = ear_of(recogniser)
    ear.feed(SECOND)
    ear.pause()
    decodings = len(recogniser.given)

    assert ear.finish() == Transcript("No.", agreed=True)
    assert len(recogniser.given) == decodings


def test_a_short_answer_is_read_twice_and_the_readings_may_differ() -> None:
    ear = ear_of(Recogniser("No.", "Now."))
    ear.feed(SECOND)
    ear.pause()

    assert ear.finish() == Transcript("No.", agreed=False)


def test_a_reading_that_more_sound_outdates_is_thrown_away() -> None:
    recogniser = Recogniser("No.", "No.", "No, both legs are numb.")
    ear = ear_of(recogniser)
    ear.feed(SECOND)
    ear.pause()
    ear.feed(SECOND * 4)

    assert ear.finish() == Transcript("No, both legs are numb.", agreed=False)
    assert recogniser.given[-1] == 5


def test_a_long_answer_is_looked_at_once_a_second() -> None:
    recogniser = Recogniser("My", "My back", "My back hurts")
    ear = ear_of(recogniser)
    words = []
    for _ in range(50):
        ear.feed(SECOND[: RATE * 2 // 25])
        words.append(ear.look())

    assert recogniser.given == [1, 2]
    assert list(dict.fromkeys(words)) == ["", "My", "My back"]


def test_who_only_wants_to_look_waits_for_nobody_and_keeps_nobody_waiting() -> None:
    recogniser, turns = Recogniser("My back"), threading.Lock()
    ear = WhisperEar(recogniser, (), turns)
    ear.feed(SECOND * 2)
    with turns:
        assert ear.look() == ""
    assert ear.look() == "My back"


def test_an_endless_utterance_is_bounded() -> None:
    recogniser = Recogniser("and so on")
    ear = ear_of(recogniser)
    for _ in range(MAX_SECONDS + 20):
        ear.feed(SECOND)
    ear.finish()

    assert recogniser.given == [MAX_SECONDS]


def test_nothing_was_fed() -> None:
    assert ear_of(Recogniser("a ghost")).finish() == Transcript("")


def test_a_short_answer_that_it_may_be_is_never_agreed_upon() -> None:
    class Unsure:
        name, language = "a recogniser", "en"

        def transcribe(self, pcm: bytes, phrases: Sequence[str] = ()) -> Transcript:  # noqa: ARG002
            return Transcript("", tuple(phrases[:1]))

    ear = WhisperEar(Unsure(), ("no", "yes"), threading.Lock())
    ear.feed(SECOND)
    ear.pause()

    assert ear.finish() == Transcript("no", agreed=False)
