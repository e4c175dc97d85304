"""What every speech synthesiser offers, so that the rest of the room never asks which one it is."""

from typing import Protocol


class SynthesisError(RuntimeError):
    """Words that could not be spoken. The person must still get them in writing."""


class Synthesiser(Protocol):
    """Turns words into sound. One object may be used by several threads at once."""

    @property
    def name(self) -> str:
        """Which voice, at which speed: the same name and text always give the same sound."""

    def say(self, text: str) -> bytes:
        """``text`` as a mono 16-bit WAV file. Raises `SynthesisError`."""
