"""The microphone and the speaker of a kiosk without a browser. Either may be unplugged at any time."""

import contextlib
import io
import queue
import threading
import time
import wave
from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from voice.wav import RATE, any_pcm, resample, to_floats, to_pcm

# As eSpeak NG and Piper speak.
SPEAKER_RATE = 22_050
# A device is asked so often (s), and may keep so much sound back (s).
_TICK = 0.02
_LATENCY = 0.15
# A device that was not heard of for so long (s) is gone.
_SILENT = 1.5
# What is kept of the microphone while nobody takes it (pieces, of which one comes a tick).
_KEPT = 250

Device = str | int | None


class DeviceError(RuntimeError):
    """Sound that cannot be had here; the text names the mend."""


def portaudio() -> Any:
    """The module sounddevice. Raises `DeviceError` without the library underneath."""
    try:
        import sounddevice
    except OSError:
        mend = "on Debian, Ubuntu or a Raspberry Pi: sudo apt install libportaudio2"
        raise DeviceError(f"the library PortAudio is missing; {mend}") from None
    return sounddevice


def listed() -> str:
    """The devices by number, as ``--microphone`` and ``--speaker`` take them; a star marks the usual ones."""
    return str(portaudio().query_devices()) or "There are no sound devices."


def forget_all() -> None:
    """Makes PortAudio look at what is plugged in now. Every device must be closed."""
    sounddevice = portaudio()
    sounddevice._terminate()
    sounddevice._initialize()


class _Device(ABC):
    """What both have in common. ``device`` is a number or part of a name, ``None`` for the usual one.

    A thread of ours asks PortAudio what it has. Were PortAudio to call us, it would wait without end for its
    own thread to begin when the device goes away just then.
    """

    name = ""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._stream: Any = None
        self._over = threading.Event()
        self._mover: threading.Thread | None = None
        self._moved = 0.0

    @property
    def is_there(self) -> bool:
        """Whether it is open and moves sound."""
        mover = self._mover
        return mover is not None and mover.is_alive() and time.monotonic() - self._moved < _SILENT

    def open(self) -> None:
        """Raises `DeviceError` when it is not there."""
        sounddevice = portaudio()
        try:
            self._stream = self._opened(sounddevice)
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            self.close()
            called = "" if self._device is None else f" called {self._device}"
            raise DeviceError(
                f"no {self.name}{called} can be used ({str(error).splitlines()[0]}); "
                "`python -m voice kiosk --list-devices` shows those that are there"
            ) from None
        self._over.clear()
        self._moved = time.monotonic()
        self._mover = threading.Thread(target=self._run, args=(self._stream,), name=self.name, daemon=True)
        self._mover.start()

    def close(self) -> None:
        """Lets it go. Never raises."""
        self._over.set()
        mover, self._mover = self._mover, None
        if mover is not None:
            mover.join()
        stream, self._stream = self._stream, None
        if stream is not None:
            with contextlib.suppress(portaudio().PortAudioError):
                stream.abort()
            with contextlib.suppress(portaudio().PortAudioError):
                stream.close()

    def _run(self, stream: Any) -> None:
        with contextlib.suppress(portaudio().PortAudioError):
            while not self._over.wait(_TICK):
                if self._move(stream):
                    self._moved = time.monotonic()

    @abstractmethod
    def _opened(self, sounddevice: Any) -> Any:
        """A stream that does not call us."""

    @abstractmethod
    def _move(self, stream: Any) -> bool:
        """Takes or gives what can be had or taken at once. False when that is nothing."""


class Microphone(_Device):
    """Sound as 16 kHz mono 16-bit PCM."""

    name = "microphone"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self._blocks: queue.Queue[bytes] = queue.Queue(_KEPT)

    def read(self, timeout: float) -> bytes:
        """What was heard since, after at most ``timeout`` seconds; nothing when nothing came."""
        try:
            heard = [self._blocks.get(timeout=timeout)]
            while not self._blocks.empty():
                heard.append(self._blocks.get_nowait())
        except queue.Empty:
            return b""
        return b"".join(heard)

    def _opened(self, sounddevice: Any) -> Any:
        return sounddevice.RawInputStream(
            samplerate=RATE, channels=1, dtype="int16", latency=_LATENCY, device=self._device
        )

    def _move(self, stream: Any) -> bool:
        ready = stream.read_available
        if not ready:
            return False
        block, _ = stream.read(ready)
        with contextlib.suppress(queue.Full):
            self._blocks.put_nowait(bytes(block))
        return True


class Speaker(_Device):
    """Plays WAVs one behind the other."""

    name = "speaker"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.volume = 1.0
        self._guard = threading.Lock()
        self._ahead = bytearray()
        self._quiet_from = 0.0

    def play(self, wav: bytes) -> None:
        """Behind what is playing. Raises `voice.wav.WavError` for what is no WAV."""
        pcm = _pcm(wav)
        with self._guard:
            self._ahead += pcm
            self._quiet_from = float("inf")

    def hush(self) -> None:
        """Stops at once."""
        with self._guard:
            self._ahead.clear()
            self._quiet_from = 0.0

    @property
    def playing(self) -> bool:
        """Whether something is still to be heard. A speaker that is gone plays nothing."""
        return self.is_there and time.monotonic() < self._quiet_from

    def close(self) -> None:
        """Lets it go, and what was to be played."""
        super().close()
        self.hush()

    def _opened(self, sounddevice: Any) -> Any:
        return sounddevice.RawOutputStream(
            samplerate=SPEAKER_RATE, channels=1, dtype="int16", latency=_LATENCY, device=self._device
        )

    def _move(self, stream: Any) -> bool:
        size = 2 * stream.write_available
        if not size:
            return False
        with self._guard:
            pcm = bytes(self._ahead[:size])
            del self._ahead[:size]
            if pcm and not self._ahead:
                self._quiet_from = time.monotonic() + stream.latency + _TICK
        louder = (np.frombuffer(pcm, "<i2") * self.volume).astype("<i2").tobytes()
        stream.write(louder.ljust(size, b"\0"))
        return True


def _pcm(wav: bytes) -> bytes:
    with contextlib.suppress(wave.Error, EOFError), wave.open(io.BytesIO(wav)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SPEAKER_RATE, 1, 2):
            return bytes(file.readframes(file.getnframes()))
    return to_pcm(resample(to_floats(any_pcm(wav)), RATE, SPEAKER_RATE))
