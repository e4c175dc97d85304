"""Spoken replies as files, kept by what they say, so that a sentence is spoken by the engine once."""

import contextlib
import hashlib
import os
import re
import tempfile
from pathlib import Path

from voice.language import FIRST
from voice.sentences import Sentence, sentences
from voice.spoken import spoken
from voice.synthesiser import FASTEST, SLOWEST, Synthesiser

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

    @property
    def name(self) -> str:
        """Which voice, at which speed."""
        return self._synthesiser.name

    @property
    def rate(self) -> int:
        """Words a minute."""
        return self._synthesiser.rate

    def at(self, rate: int) -> "SpeechCache":
        """The same voice at ``rate`` words a minute, or at the closest that can be followed."""
        slower_or_faster = self._synthesiser.at(min(FASTEST, max(SLOWEST, rate)))
        return SpeechCache(slower_or_faster, self._directory, self._max_bytes, self._language)

    def keep(self, text: str) -> str:
        """The name under which ``text``, spoken, can be had.

        Raises `SynthesisError` when it cannot be spoken and ``OSError`` when it cannot be kept.
        """
        words = spoken(text, self._language)
        path = self._place(words)
        try:
            os.utime(path)
        except FileNotFoundError:
            self._write(path, self._synthesiser.say(words))
        return path.stem

    def sentences(self, text: str, *, twice: bool = True) -> list[Sentence]:
        """``text`` in sentences, to be spoken one by one; see `voice.sentences.sentences`."""
        return sentences(text, self._language, twice=twice)

    def sound(self, sentence: Sentence, *, keep: bool = True) -> bytes:
        """The WAV of ``sentence``, and unless told otherwise it is kept. Raises `SynthesisError`.

        A disk that takes nothing costs time the next time, and no sound now.
        """
        path = self._place(sentence.said)
        try:
            wav = path.read_bytes()
            os.utime(path)
        except OSError:
            wav = self._synthesiser.say(sentence.said)
            if keep:
                with contextlib.suppress(OSError):
                    self._write(path, wav)
        return wav

    def say(self, text: str) -> bytes:
        """The WAV of ``text``, each number said once, and nothing of it kept. Raises `SynthesisError`."""
        return self._synthesiser.say(spoken(text, self._language, twice=False))

    def find(self, name: str) -> Path | None:
        """The WAV file called ``name``, or ``None`` when there is none."""
        path = self._path(name) if _NAME.fullmatch(name) else None
        return path if path and path.is_file() else None

    def _place(self, words: str) -> Path:
        return self._path(hashlib.sha256(f"{self._synthesiser.name}\n{words}".encode()).hexdigest())

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
        self._make_room(path)

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
