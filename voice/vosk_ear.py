"""Hearing a growing utterance with Vosk, which decodes while the person talks.

A closed question is decoded twice at once: by the grammar of its answers, which hears a short "no" best,
and freely, because a grammar turns anything at all into one of its phrases.
"""

import json
from collections.abc import Sequence
from typing import Any

from voice.recogniser import Transcript, is_silent
from voice.vosk_recogniser import VoskRecogniser, words_of
from voice.wav import MAX_SECONDS, RATE

_LONGEST = MAX_SECONDS * RATE * 2


class VoskEar:
    """One utterance. Used by one thread."""

    def __init__(self, recogniser: VoskRecogniser, phrases: Sequence[str]) -> None:
        self._free = _Decoding(recogniser.decoder())
        closed = recogniser.decoder(phrases) if phrases else None
        self._closed = _Decoding(closed) if closed else None
        self._length = 0
        self._silent = True

    def feed(self, pcm: bytes) -> None:
        """More sound. What is longer than a minute is not heard."""
        pcm = pcm[: _LONGEST - self._length]
        self._length += len(pcm)
        self._silent = self._silent and is_silent(pcm)
        self._free.feed(pcm)
        if self._closed:
            self._closed.feed(pcm)

    def look(self) -> str:
        """The words so far."""
        return "" if self._silent else self._free.partial()

    def pause(self) -> None:
        """Nothing more can be done before the end than was done already."""

    def finish(self) -> Transcript:
        """The words of all that was fed."""
        if self._silent:
            return Transcript("")
        partial, free = self._free.partial(), self._free.finish()
        if self._closed is None:
            return Transcript(free, agreed=bool(free) and free == partial)
        return settled(self._closed.finish(), free)


def settled(closed: str, free: str) -> Transcript:
    """What was answered to a closed question, of what its grammar and what free decoding heard.

    Whoever said more than a phrase of the grammar is taken at their free words, and so is who said none.
    """
    if closed == free:
        return Transcript(closed, agreed=bool(closed))
    said, other = (free, closed) if len(free.split()) > len(closed.split()) else (closed, free)
    return Transcript(said, (other,) if other else ())


class _Decoding:
    """One decoder of Vosk's, and what it has already finished: it ends a sentence at a silence by itself."""

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder
        self._done: list[str] = []

    def feed(self, pcm: bytes) -> None:
        if self._decoder.AcceptWaveform(pcm):
            self._done.append(json.loads(self._decoder.Result())["text"])

    def partial(self) -> str:
        return words_of(" ".join([*self._done, json.loads(self._decoder.PartialResult()).get("partial", "")]))

    def finish(self) -> str:
        return words_of(" ".join([*self._done, json.loads(self._decoder.FinalResult())["text"]]))
