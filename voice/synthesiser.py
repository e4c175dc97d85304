"""What every speech synthesiser offers, so that the rest of the room never asks which one it is."""

import re
from typing import Protocol

# Words a minute: usual, and what is still followed by most people.
RATE, SLOWEST, FASTEST = 170, 100, 260

_LONGEST_TEXT = 4000
_WORDS = re.compile(r"\w")


class SynthesisError(RuntimeError):
    """Words that could not be spoken. The person must still get them in writing."""


class Synthesiser(Protocol):
    """Turns words into sound. One object may be used by several threads at once."""

    @property
    def name(self) -> str:
        """Which voice, at which speed: the same name and text always give the same sound."""

    @property
    def rate(self) -> int:
        """Words a minute."""

    def at(self, rate: int) -> "Synthesiser":
        """The same voice at ``rate`` words a minute."""

    def say(self, text: str) -> bytes:
        """``text`` as a mono 16-bit WAV file. Raises `SynthesisError`."""


def words_to_say(text: str) -> str:
    """``text``. Raises `SynthesisError` when there are no words in it, or too many for one sound."""
    if not _WORDS.search(text):
        raise SynthesisError("there are no words to say")
    if len(text) > _LONGEST_TEXT:
        raise SynthesisError(f"the text has {len(text)} characters; at most {_LONGEST_TEXT} can be said")
    return text
