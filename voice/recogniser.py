"""What every speech recogniser offers, so that the rest of the room never asks which one it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from voice.wav import RATE, to_floats

# The loudest 30 ms of a quiet room stay below this (root mean square, full scale 1; about -56 dB).
# A voice a metre from a poor microphone is about ten times louder.
_SILENCE = 0.0016
_FRAME = RATE * 30 // 1000


class RecogniserError(RuntimeError):
    """A recogniser that cannot be used; the text names the mend."""


@dataclass(frozen=True)
class Transcript:
    """What was said, as far as the recogniser could tell.

    ``text`` is ``""`` when nobody spoke. ``alternatives`` are other readings, likeliest first; how
    likely is not given, since no recogniser's confidence can be trusted as a safety gate. ``agreed`` says
    that a second decoding of the same sound gave the same words.
    """

    text: str
    alternatives: tuple[str, ...] = ()
    agreed: bool = False


class Recogniser(Protocol):
    """Turns sound into words. One object may be used by several threads at once."""

    @property
    def name(self) -> str:
        """What it is called in banners and logs."""

    @property
    def language(self) -> str:
        """The code of the one language that it hears."""

    def transcribe(self, pcm: bytes, phrases: Sequence[str] = ()) -> Transcript:
        """The words in ``pcm`` (16 kHz, mono, 16 bit).

        ``phrases`` are all that can be answered. A recogniser may use them to hear nothing else, so
        they belong only to a question to which no other answer matters, never to open speech.
        """


def is_silent(pcm: bytes) -> bool:
    """Whether no 30 ms of ``pcm`` are as loud as a voice would be."""
    samples = to_floats(pcm)
    padded = np.pad(samples, (0, -len(samples) % _FRAME)).reshape(-1, _FRAME)
    return bool((np.sqrt((padded**2).mean(axis=1)) < _SILENCE).all())
