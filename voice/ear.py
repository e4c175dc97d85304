"""What hears one stream of sound, utterance by utterance, and works while the person is still talking."""

from collections.abc import Sequence
from typing import Protocol

from voice.recogniser import Transcript


class Ear(Protocol):
    """One stream's recogniser. Every method may raise `RecogniserError`, also for an utterance under way."""

    def begin(self, phrases: Sequence[str] = ()) -> None:
        """A new utterance; whatever was not finished is dropped.

        ``phrases`` are all that can be answered to a closed question, and are given to no other.
        """

    def feed(self, pcm: bytes) -> None:
        """More of the utterance: 16 kHz, mono, 16 bit."""

    def pause(self) -> None:
        """The speaker paused and may have finished: have the text ready."""

    @property
    def partial(self) -> str:
        """The words so far, as far as they are known; they may still change."""

    def finish(self) -> Transcript:
        """The words of the utterance. Waits for them."""

    def close(self) -> None:
        """Hears nothing any more, and gives the place to another."""


class EarMaker(Protocol):
    """Where streams are heard."""

    @property
    def hears_hey_spotter(self) -> bool:
        """Whether the recogniser can hear the wake phrase "hey spotter"."""

    def open(self) -> Ear:
        """The ear of one more stream. Raises `RecogniserError` when there are too many."""

    def close(self) -> None:
        """Ends all of it."""
