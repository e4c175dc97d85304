"""What the kiosk's ears make of sound whose words are known: the whole way from samples to meaning."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.gym_sounds import Say, mixed, silence
from voice.endpointing import Kind
from voice.language import kiosk_language
from voice.listener import Listener
from voice.noticed import Ended, Evidence, Expects, Level, Nobody, Noticed
from voice.recogniser import Transcript
from voice.wav import RATE, Samples

MESSAGE = RATE * 2 // 25
NOBODY = Ended(Transcript(""), Evidence(0.0, 0.0, 0.0, agreed=False, cut_off=False))
_BEFORE, _AFTER = 0.8, 1.3


@dataclass(frozen=True)
class Condition:
    """The noise around a voice, ``None`` for a quiet room."""

    name: str
    noise: Samples | None = None
    db: float = 0.0


def conditions(noises: dict[str, Samples]) -> list[Condition]:
    """A quiet room, and each noise 20, 10 and 5 dB quieter than the voice."""
    loud = [Condition(f"{name} {db} dB", noise, db) for name, noise in noises.items() for db in (20, 10, 5)]
    return [Condition("quiet"), *loud]


@dataclass(frozen=True)
class Spoken:
    """A recording; ``ends`` is the second at which the voice has finished in it."""

    pcm: bytes
    ends: float


def spoken(say: Say, text: str, condition: Condition, at: int) -> Spoken:
    """``text`` with a moment of the room before and after it."""
    voice = say(text)
    loud = np.flatnonzero(np.abs(voice) > 0.02 * np.abs(voice).max())
    voice = voice[: loud[-1] + 1]
    whole = np.concatenate((silence(_BEFORE), voice, silence(_AFTER)))
    return Spoken(mixed(whole, condition.noise, condition.db, at), _BEFORE + len(voice) / RATE)


def messages(pcm: bytes) -> Iterator[bytes]:
    """``pcm`` as a kiosk sends it, 40 ms at a time."""
    return (pcm[at : at + MESSAGE] for at in range(0, len(pcm), MESSAGE))


def hear(listener: Listener, pcm: bytes, kind: Kind) -> Ended:
    """What was said in ``pcm``, fed as fast as it is taken."""
    listener.listen(Expects(kind, kiosk_language("en").answers.get(kind, ())))
    for message in messages(pcm):
        for one in listener.feed(message):
            if isinstance(one, Ended):
                return one
    ended = listener.finish()
    return NOBODY if isinstance(ended, Nobody) else ended


def live(listener: Listener, sound: Spoken, kind: Kind) -> tuple[float | None, float]:
    """Seconds from the end of speech to its text, and processor time, fed at the pace of speech.

    ``None`` when the answer was over before the voice was.
    """
    listener.listen(Expects(kind, kiosk_language("en").answers.get(kind, ())))
    began, busy = time.monotonic(), time.thread_time()
    for number, message in enumerate(messages(sound.pcm), 1):
        time.sleep(max(0.0, began + number * 0.04 - time.monotonic()))
        noticed: list[Noticed] = listener.feed(message)
        if any(isinstance(one, Ended) for one in noticed):
            after = time.monotonic() - began - sound.ends
            return (after if after > 0 else None), time.thread_time() - busy
    listener.rest()
    return None, time.thread_time() - busy


def noticed_in(listener: Listener, pcm: bytes) -> list[Noticed]:
    """Everything but levels."""
    found = (one for message in messages(pcm) for one in listener.feed(message))
    return [one for one in found if not isinstance(one, Level)]


def wrong_words(said: list[str], heard: list[str]) -> int:
    """How many words have to be changed, added or left out to make ``said`` of ``heard``."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        before, row[0] = row[0], number
        for at, other in enumerate(heard, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (word != other))
    return row[-1]
