"""The listener hears real sound as a stream: begin, pause and end of speech, and what was said."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.voice.conftest import Speak
from tests.voice.words import overlap
from voice.ears import Ears
from voice.listener import Listener, open_listener
from voice.noticed import Ended, Expects, Level, Nobody, Noticed, Partial, Paused, Started, Woken
from voice.vad import SileroDetector
from voice.wav import RATE, to_pcm

MESSAGE = RATE * 2 // 25
Make = Callable[[], Listener]


def silence(seconds: float) -> bytes:
    return bytes(2 * round(RATE * seconds))


def messages(pcm: bytes) -> Iterator[bytes]:
    """``pcm`` as a kiosk sends it, 40 ms at a time."""
    for at in range(0, len(pcm), MESSAGE):
        yield pcm[at : at + MESSAGE]


def hear(listener: Listener, pcm: bytes) -> list[tuple[float, Noticed]]:
    """What is noticed in ``pcm`` and when, in seconds of sound; levels are left out."""
    return [
        (number * 0.04 + 0.04, one)
        for number, message in enumerate(messages(pcm))
        for one in listener.feed(message)
        if not isinstance(one, Level)
    ]


@pytest.fixture
def make(ears: Ears) -> Iterator[Make]:
    made: list[Listener] = []

    def listener() -> Listener:
        made.append(Listener(ears.open(), SileroDetector()))
        return made[-1]

    yield listener
    for one in made:
        one.close()


@pytest.mark.parametrize("word", ["Yes", "No"])
def test_a_short_answer_is_heard_whole_and_soon(word: str, make: Make, speak: Speak) -> None:
    listener, said = make(), speak(f"{word}.")
    listener.listen(Expects("yes_no", ("yes", "no")))
    noticed = hear(listener, silence(1) + said + silence(1))

    assert [type(one) for _, one in noticed if not isinstance(one, Partial)] == [Started, Paused, Ended]
    at, ended = noticed[-1]
    assert isinstance(ended, Ended)
    assert ended.transcript.text.strip(".") == word
    assert at < 1 + len(said) / 2 / RATE + 0.6
    assert 0.1 < ended.evidence.seconds < 1
    assert not ended.evidence.cut_off


def test_what_interrupts_the_kiosk_is_the_beginning_of_the_answer(make: Make, speak: Speak) -> None:
    listener, said = make(), speak("Yes, both legs are weak.")
    listener.guard()
    before = hear(listener, silence(1) + said[: RATE // 2])
    listener.listen(Expects("yes_no"))
    after = hear(listener, said[RATE // 2 :] + silence(1))

    assert [type(one) for _, one in before] == [Started]
    # The voice's file begins with a moment of silence.
    assert before[0][0] <= 1.25
    ended = after[-1][1]
    assert isinstance(ended, Ended)
    assert ended.transcript.text.lower().startswith("yes")
    assert overlap("Yes, both legs are weak.", ended.transcript.text) >= 0.6


def test_nobody_speaks(make: Make) -> None:
    listener = make()
    listener.listen(Expects("yes_no"))
    noise = to_pcm(np.random.default_rng(1).normal(0, 0.02, RATE * 9))
    noticed = hear(listener, noise)

    assert [one for _, one in noticed] == [Nobody()]
    assert noticed[0][0] == pytest.approx(8.0, abs=0.1)


def test_a_pause_in_a_description_loses_nothing(make: Make, speak: Speak) -> None:
    listener = make()
    listener.listen(Expects())
    first, second = speak("I hurt my lower back."), speak("Both legs are weak.")
    noticed = [one for _, one in hear(listener, silence(1) + first + silence(0.3) + second + silence(1.5))]

    kinds = [type(one) for one in noticed if not isinstance(one, Partial)]
    assert kinds[:2] == [Started, Paused]
    assert kinds.count(Started) == kinds.count(Ended) == 1
    ended = noticed[-1]
    assert isinstance(ended, Ended)
    assert overlap("I hurt my lower back. Both legs are weak.", ended.transcript.text) >= 0.7


def test_who_says_that_they_have_finished_is_not_waited_for(make: Make, speak: Speak) -> None:
    listener = make()
    listener.listen(Expects())
    assert listener.finish() == Nobody()

    listener.listen(Expects())
    said = speak("I hurt my lower back.")
    assert Ended not in {type(one) for _, one in hear(listener, silence(1) + said)}
    ended = listener.finish()
    assert isinstance(ended, Ended)
    assert overlap("I hurt my lower back.", ended.transcript.text) >= 0.6
    assert listener.feed(said) == []


def test_who_speaks_without_end_is_cut_off_and_it_is_said(make: Make, speak: Speak) -> None:
    listener = make()
    listener.listen(Expects("yes_no"))
    breathless = np.frombuffer(speak("My back hurts and so do both of my legs and my foot and"), "<i2")
    loud = breathless[np.abs(breathless) > 0]
    noticed = [one for _, one in hear(listener, silence(1) + np.resize(loud, RATE * 17).tobytes())]

    ended = noticed[-1]
    assert isinstance(ended, Ended)
    assert ended.evidence.cut_off
    assert ended.evidence.seconds > 10


def test_levels_follow_the_voice_and_the_room(make: Make, speak: Speak) -> None:
    listener, random = make(), np.random.default_rng(4)
    said = np.frombuffer(silence(2) + speak("I hurt my lower back."), "<i2") / 32768
    listener.listen(Expects())
    quiet = [one for message in messages(to_pcm(said)) for one in listener.feed(message)]
    levels = [one for one in quiet if isinstance(one, Level)]

    assert 7 <= len(levels) / (len(said) / RATE) <= 10
    assert not any(one.too_loud for one in levels)
    assert max(one.db for one in levels) > -30
    assert [one.speech for one in levels].count(True) >= 5

    other = make()
    other.listen(Expects())
    room = random.normal(0, 0.12, len(said))
    loud = [one for message in messages(to_pcm(said + room)) for one in other.feed(message)]
    assert [one for one in loud if isinstance(one, Level)][-1].too_loud


def test_two_answers_in_one_message_are_two(make: Make, speak: Speak) -> None:
    listener = make()
    sound = silence(0.5) + speak("Yes.") + silence(1) + speak("No.") + silence(1)
    heard = []
    listener.listen(Expects("yes_no"))
    noticed = listener.feed(sound)
    while ended := next((one for one in noticed if isinstance(one, Ended)), None):
        heard.append(ended.transcript.text.strip("."))
        listener.listen(Expects("yes_no"))
        noticed = listener.feed(b"")

    assert heard == ["Yes", "No"]


def test_what_follows_the_wake_phrase_is_the_beginning_of_the_answer(ears: Ears, speak: Speak) -> None:
    listener = open_listener(ears)
    listener.wait()
    sound = silence(2) + speak("Okay Nabu.") + silence(0.3) + speak("I hurt my lower back.") + silence(1.5)
    assert Woken in {type(one) for one in listener.feed(sound)}
    listener.listen(Expects())
    ended = listener.feed(b"")[-1]
    assert isinstance(ended, Ended)
    assert "lower back" in ended.transcript.text
    listener.close()
