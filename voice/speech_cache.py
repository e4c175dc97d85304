"""Spoken replies as files, kept by what they say, so that a sentence is spoken by the engine once."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from voice.language import FIRST
from voice.spoken import spoken
from voice.synthesiser import Synthesiser

# About a thousand long replies.
MAX_BYTES = 200 * 1024 * 1024
_NAME = re.compile(r"[0-9a-f]{64}")


class SpeechCache:
    """WAV files in ``directory``, named by the SHA-256 of voice and words; at most ``max_bytes`` of them.

    ``synthesiser`` speaks ``language``; the caches of several languages may share a directory. Safe to use
    from many threads and processes: a file appears whole or not at all.
    """

    def __init__(
        self, synthesiser: Synthesiser, directory: Path, max_bytes: int = MAX_BYTES, language: str = FIRST
    ) -> None:
        self._synthesiser = synthesiser
        self._language = language
        self._directory = directory.resolve()
        self._max_bytes = max_bytes

    def keep(self, text: str) -> str:
        """The name under which ``text``, spoken, can be had.

        Raises `SynthesisError` when it cannot be spoken and ``OSError`` when it cannot be kept.
        """
        words = spoken(text, self._language)
        name = hashlib.sha256(f"{self._synthesiser.name}\n{words}".encode()).hexdigest()
        path = self._path(name)
        try:
            os.utime(path)
        except FileNotFoundError:
            self._write(path, self._synthesiser.say(words))
            self._make_room(path)
        return name

    def say(self, text: str) -> bytes:
        """The WAV of ``text``, each number said once, and nothing of it kept. Raises `SynthesisError`."""
        return self._synthesiser.say(spoken(text, self._language, twice=False))

    def find(self, name: str) -> Path | None:
        """The WAV file called ``name``, or ``None`` when there is none."""
        path = self._path(name) if _NAME.fullmatch(name) else None
        return path if path and path.is_file() else None

    def _path(self, name: str) -> Path:
        return self._directory / f"{name}.wav"

    def _write(self, path: Path, wav: bytes) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self._directory, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(wav)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(path)
        except OSError:
            # On a full disk, half a sound is in the way of everything else.
            Path(draft).unlink(missing_ok=True)
            raise

    def _make_room(self, newest: Path) -> None:
        """Remove what was used longest ago, but never what was only now made."""
        kept = []
        for path in self._directory.glob("*.wav"):
            try:
                kept.append((path.stat().st_mtime, path.stat().st_size, path))
            except FileNotFoundError:
                continue  # somebody else made room at the same moment
        total = sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept):
            if total <= self._max_bytes:
                return
            if path != newest:
                path.unlink(missing_ok=True)
                total -= size
