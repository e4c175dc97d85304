"""Hearing a growing utterance with a recogniser that only knows whole ones, such as Whisper.

It is decoded again and again: about once a second for the words so far, and at every pause, so that the
text is there when the pause turns out to be the end. What a longer sound outdates is thrown away.
"""

import re
import threading
from collections.abc import Sequence

from voice.recogniser import Recogniser, Transcript
from voice.wav import MAX_SECONDS, RATE

_LONGEST = MAX_SECONDS * RATE * 2
# How much more sound is worth another look.
_LOOK_EVERY = RATE * 2
# Up to this length a second reading is ready before the pause is over; what answers a plain question is
# short. It is read with other moments of silence before it, which shifts what the network sees.
_READ_TWICE = 3 * RATE * 2
_SHIFT = bytes(RATE * 2 * 2 // 15)
_WORD = re.compile(r"\w+")


class WhisperEar:
    """One utterance. Used by one thread; the decodings of all of them take turns by ``turns``."""

    def __init__(self, recogniser: Recogniser, phrases: Sequence[str], turns: threading.Lock) -> None:
        self._recogniser, self._phrases, self._turns = recogniser, phrases, turns
        self._sound = bytearray()
        self._decoded = 0
        self._latest = Transcript("")
        self._readings: list[list[str]] = []

    def feed(self, pcm: bytes) -> None:
        """More sound. What is longer than a minute is not heard."""
        self._sound += pcm[: _LONGEST - len(self._sound)]

    def look(self) -> str:
        """The words so far, decoded again when there is a second more and nobody else needs the machine."""
        if len(self._sound) - self._decoded >= _LOOK_EVERY and self._turns.acquire(blocking=False):
            try:
                self._decode()
            finally:
                self._turns.release()
        return self._latest.text

    def pause(self) -> None:
        """Has the text ready."""
        with self._turns:
            self._decode()
            if len(self._sound) <= _READ_TWICE and self._latest.text:
                self._readings.insert(0, self._read(_SHIFT + bytes(self._sound))[1])

    def finish(self) -> Transcript:
        """The words of all that was fed."""
        if self._decoded < len(self._sound):
            self.pause()
        *others, last = self._readings or [[]]
        agreed = bool(last) and last in others
        if not self._latest.text and self._latest.alternatives:
            # One of the short answers that were waited for, and never sure.
            return Transcript(self._latest.alternatives[0])
        return Transcript(self._latest.text, self._latest.alternatives, agreed)

    def _decode(self) -> None:
        self._decoded = len(self._sound)
        self._latest, words = self._read(bytes(self._sound))
        self._readings.append(words)

    def _read(self, sound: bytes) -> tuple[Transcript, list[str]]:
        """What is heard in ``sound``, and its bare words."""
        found = self._recogniser.transcribe(sound, self._phrases)
        return found, _WORD.findall(found.text.lower())
