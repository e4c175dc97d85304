"""Spoken replies that nobody is to find later: kept in memory only, and gone after the conversation."""

import secrets
import threading

from flows.session import EXPIRY_SECONDS

# Whoever waits longer hears it no more, and still reads it.
_MOST = 64


class PassingSpeech:
    """WAVs by a name that cannot be guessed. Safe to use from many threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: dict[str, tuple[float, bytes]] = {}

    def keep(self, wav: bytes, now: float) -> str:
        """The name under which ``wav`` can be had for as long as a conversation waits."""
        name = secrets.token_hex(32)
        with self._guard:
            self._forget(now)
            self._kept = dict(list(self._kept.items())[1 - _MOST :]) | {name: (now, wav)}
        return name

    def find(self, name: str, now: float) -> bytes | None:
        """The WAV called ``name``; ``None`` when there is none any more."""
        with self._guard:
            self._forget(now)
            _, wav = self._kept.get(name, (0.0, None))
        return wav

    def _forget(self, now: float) -> None:
        waits = EXPIRY_SECONDS["voice"]
        self._kept = {name: (at, wav) for name, (at, wav) in self._kept.items() if now - at <= waits}
