"""The process that owns eSpeak NG, through pyttsx3.

The engine underneath allows one engine, in one thread, with one utterance at a time: two threads hang
it, two engines end the process, and several files queued before one run give only one file. So it has a
process of its own, started by `voice.speaking_process`.
"""

import contextlib
import ctypes
import ctypes.util
import io
import os
import re
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from voice.speaking_child import serve
from voice.synthesiser import SynthesisError

# A pause between words in units of 10 ms. Without it the engine at 170 really says about 200 words a minute
# and Whisper got 29 % of them wrong; with it, it says 166 and 17 % were wrong.
_WORD_GAP = 5
# `espeakWORDGAP` in eSpeak NG's speak_lib.h; pyttsx3 has no name for it.
_WORD_GAP_PARAMETER = 7
# eSpeak NG's own sample rate; at times the first file comes out at another one.
_SAMPLE_RATE = 22_050
# Nobody speaks a letter or digit faster than this (seconds), so a shorter file lost words.
_SHORTEST = 0.02
_TRIES = 3
_SPOKEN = re.compile(r"\w")


class Engine:
    """The one pyttsx3 engine of a process."""

    def __init__(self) -> None:
        with _packaged_espeak() if _no_system_espeak() else contextlib.nullcontext():
            import pyttsx3
            from pyttsx3.drivers import _espeak, espeak
        # The driver prints a line for every file.
        espeak.print = lambda *_args, **_named: None
        self._espeak: Any = _espeak
        self._engine: Any = pyttsx3.init("espeak")
        self._espeak.Synchronize()

    def say(self, request: dict[str, Any]) -> bytes:
        """A good file for ``text``, ``voice`` and ``rate``, at the second or third try if need be.

        Raises `SynthesisError` for a voice that does not exist and ``RuntimeError`` when no try was good.
        """
        shortest = _SHORTEST * len(_SPOKEN.findall(request["text"]))
        for _ in range(_TRIES):
            with tempfile.TemporaryDirectory(prefix="spotter-") as scratch:
                wav = self._once(request, Path(scratch) / "utterance.wav")
            if wav and _seconds(wav) >= shortest:
                return wav
        raise RuntimeError("no usable sound came out")

    def _once(self, request: dict[str, Any], path: Path) -> bytes:
        # Not `setProperty`, which would hide that there is no such voice and speak with another.
        if self._espeak.SetVoiceByName(request["voice"].encode()) != 0:
            raise SynthesisError(f"eSpeak NG has no voice called {request['voice']}")
        self._espeak.SetParameter(_WORD_GAP_PARAMETER, _WORD_GAP, 0)
        # Nor for this: it goes through a queue, which at times is worked off after the text was spoken.
        self._espeak.SetParameter(self._espeak.RATE, request["rate"], 0)
        self._espeak.Synchronize()
        if self._espeak.GetParameter(self._espeak.RATE) != request["rate"]:
            return b""
        self._engine.save_to_file(request["text"], str(path))
        self._engine.runAndWait()
        # `runAndWait` returns before the sound is finished.
        self._espeak.Synchronize()
        return path.read_bytes() if path.exists() else b""


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


if __name__ == "__main__":
    serve(lambda: Engine().say)
