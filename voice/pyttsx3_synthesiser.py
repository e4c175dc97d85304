"""Speech synthesis with pyttsx3 on eSpeak NG.

The engine underneath allows one engine, in one thread, with one utterance at a time: two threads hang
it, two engines end the process, and several files queued before one run give only one file. So one
thread of the process owns the engine, and everybody else hands it work through a queue.
"""

import contextlib
import ctypes
import ctypes.util
import io
import logging
import os
import queue
import re
import tempfile
import threading
import wave
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from voice.synthesiser import SynthesisError

log = logging.getLogger(__name__)

# The engine's code for American English, its setting for words a minute, and a pause between words in
# units of 10 ms. Without the pause the engine really says about 200 words a minute and Whisper got 29 %
# of them wrong; with it, it says 166 and 17 % were wrong.
VOICE = "en-us"
RATE = 170
_WORD_GAP = 5
# `espeakWORDGAP` in eSpeak NG's speak_lib.h; pyttsx3 has no name for it.
_WORD_GAP_PARAMETER = 7
# eSpeak NG's own sample rate; at times the first file comes out at another one.
_SAMPLE_RATE = 22_050
# Nobody speaks a letter or digit faster than this (seconds), so a shorter file lost words.
_SHORTEST = 0.02
_TRIES = 3
_LONGEST_TEXT = 4000
_SPOKEN = re.compile(r"\w")


@dataclass(frozen=True)
class _Job:
    text: str
    voice: str
    rate: int
    wav: "Future[bytes]" = field(default_factory=Future)


class Pyttsx3Synthesiser:
    """The packaged voice. Any number of these may exist: they share the process's one engine.

    ``patience`` is how long, in seconds, an utterance may take before it is given up.
    """

    def __init__(self, voice: str = VOICE, rate: int = RATE, patience: float = 10.0) -> None:
        self.name = f"eSpeak NG {voice} {rate}"
        self._voice, self._rate, self._patience = voice, rate, patience

    def say(self, text: str) -> bytes:
        """``text`` as a mono 16-bit WAV at 22,050 Hz. Raises `SynthesisError`."""
        if not _SPOKEN.search(text):
            raise SynthesisError("there are no words to say")
        if len(text) > _LONGEST_TEXT:
            raise SynthesisError(f"the text has {len(text)} characters; at most {_LONGEST_TEXT} can be said")
        return _owner().say(_Job(text, self._voice, self._rate), self._patience)


class _Owner:
    """The thread that owns the engine, and the queue in front of it."""

    def __init__(self) -> None:
        self._jobs: queue.Queue[_Job] = queue.Queue()
        self._stuck: Future[bytes] | None = None
        threading.Thread(target=self._run, name="synthesiser", daemon=True).start()

    def say(self, job: _Job, patience: float) -> bytes:
        """Watchdog: a job that takes too long is given up, and nobody waits behind a stuck engine."""
        if self._stuck is not None and not self._stuck.done():
            raise SynthesisError("the voice has stopped answering; restart Spotter")
        self._jobs.put(job)
        try:
            return job.wav.result(patience)
        except TimeoutError:
            self._stuck = job.wav
            raise SynthesisError(f"the voice did not answer within {patience:g} s") from None

    def _run(self) -> None:
        try:
            engine: _Engine | None = _Engine()
            reason = ""
        except Exception as error:
            # A missing library, a missing package, a failed start: words still go out in writing.
            log.exception("the voice cannot start")
            engine, reason = None, f"the voice cannot start: {error}"
        while True:
            job = self._jobs.get()
            try:
                if engine is None:
                    raise SynthesisError(reason)
                job.wav.set_result(engine.say(job))
            except SynthesisError as error:
                job.wav.set_exception(error)
            except Exception as error:
                log.exception("the voice failed")
                job.wav.set_exception(SynthesisError(f"the voice failed: {error}"))


class _Engine:
    """The one pyttsx3 engine; made and used in the owner's thread only."""

    def __init__(self) -> None:
        with _packaged_espeak() if _no_system_espeak() else contextlib.nullcontext():
            import pyttsx3
            from pyttsx3.drivers import _espeak, espeak
        # The driver prints a line for every file.
        espeak.print = lambda *_args, **_named: None
        self._espeak: Any = _espeak
        self._engine: Any = pyttsx3.init("espeak")
        self._espeak.Synchronize()

    def say(self, job: _Job) -> bytes:
        """A good file, at the second or third try if need be. Raises `SynthesisError`."""
        shortest = _SHORTEST * len(_SPOKEN.findall(job.text))
        for _ in range(_TRIES):
            with tempfile.TemporaryDirectory(prefix="spotter-") as scratch:
                wav = self._once(job, Path(scratch) / "utterance.wav")
            if wav and _seconds(wav) >= shortest:
                return wav
            log.warning("the voice gave a bad file; trying again")
        raise SynthesisError("the voice gave no usable sound")

    def _once(self, job: _Job, path: Path) -> bytes:
        # Not `setProperty`, which would hide that there is no such voice and speak with another.
        if self._espeak.SetVoiceByName(job.voice.encode()) != 0:
            raise SynthesisError(f"eSpeak NG has no voice called {job.voice}")
        self._espeak.SetParameter(_WORD_GAP_PARAMETER, _WORD_GAP, 0)
        self._engine.setProperty("rate", job.rate)
        self._engine.save_to_file(job.text, str(path))
        self._engine.runAndWait()
        # `runAndWait` returns before the sound is finished.
        self._espeak.Synchronize()
        return path.read_bytes() if path.exists() else b""


_the_owner: _Owner | None = None
_owner_lock = threading.Lock()


def _owner() -> _Owner:
    global _the_owner
    with _owner_lock:
        _the_owner = _the_owner or _Owner()
        return _the_owner


def _seconds(wav: bytes) -> float:
    """Length of ``wav``, or 0 when it is not what the engine makes."""
    try:
        with wave.open(io.BytesIO(wav)) as file:
            return file.getnframes() / _SAMPLE_RATE if file.getframerate() == _SAMPLE_RATE else 0.0
    except (wave.Error, EOFError):
        return 0.0


def _no_system_espeak() -> bool:
    return not any(ctypes.util.find_library(name) for name in ("espeak-ng", "espeak"))


@contextlib.contextmanager
def _packaged_espeak() -> Iterator[None]:
    """While pyttsx3 is imported, let it find the library inside the package espeakng-loader.

    pyttsx3 looks in fixed places only and keeps what `LoadLibrary` returns. Without its data path
    eSpeak ends the whole process, so that comes first.
    """
    import espeakng_loader

    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    original = ctypes.cdll.LoadLibrary
    ctypes.cdll.LoadLibrary = lambda name: library if "espeak" in name else original(name)  # type: ignore
    try:
        yield
    finally:
        ctypes.cdll.LoadLibrary = original  # type: ignore
