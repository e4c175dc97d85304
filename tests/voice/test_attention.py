"""One stream's attention, with real ears: nobody is cut off, and ears that failed hear again."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.voice.conftest import Speak
from tests.voice.test_listener import messages, silence
from voice.attention import Attention
from voice.ears import Ears
from voice.listener import Listener, open_listener
from voice.noticed import Evidence
from voice.recogniser import RecogniserError
from voice.talk_events import Broke, Event, Loud
from voice.wav import RATE, to_floats, to_pcm


class Told:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.events: list[Event | str] = []

    def happened(self, event: Event) -> None:
        self.events.append(event)

    def so_far(self, text: str) -> None:
        pass

    def words(self, text: str, _evidence: Evidence) -> None:
        self.events.append(text)

    def level(self, message: Mapping[str, Any]) -> None:
        pass


class Time:
    """A clock in hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def hear(attention: Attention, time: Time, pcm: bytes) -> None:
    for message in messages(pcm):
        time.now += len(message) / 2 / RATE
        attention.hear(message)
        attention.tick()


def test_that_it_is_too_loud_is_told_only_once_somebody_has_finished(ears: Ears, speak: Speak) -> None:
    time, told = Time(), Told()
    attention = Attention(lambda: open_listener(ears, "off"), "en", time, told)
    attention.listen("open")
    said = to_floats(speak("I hurt my lower back, and it has been getting worse since this morning."))
    noise = np.random.default_rng(1).normal(0, 0.12, len(said) + RATE * 3).astype(np.float32)
    noise[RATE : RATE + len(said)] += said * 2
    hear(attention, time, to_pcm(noise[:RATE]))
    hear(attention, time, to_pcm(noise[RATE:]))
    assert Loud() not in told.events
    attention.listen("open")
    hear(attention, time, to_pcm(noise[-RATE:]) * 5)
    assert told.events[-1] == Loud()
    attention.close()


def test_ears_that_failed_are_tried_again_by_themselves(ears: Ears, speak: Speak) -> None:
    time, told, broken = Time(), Told(), [True]

    def listen() -> Listener:
        if broken[0]:
            raise RecogniserError("too many listen")
        return open_listener(ears, "off")

    attention = Attention(listen, "en", time, told)
    attention.listen("open")
    assert told.events == [Broke()]
    said = speak("I hurt my lower back.") + silence(1.5)
    hear(attention, time, said)
    assert "" not in told.events
    assert not any(isinstance(one, str) for one in told.events)
    broken[0] = False
    hear(attention, time, silence(3.5) + said)
    assert any(isinstance(one, str) and "back" in one for one in told.events)
    attention.close()
