"""Sound files in and out: 16-bit mono PCM at 16 kHz is the only shape the rest of the room knows.

The bytes come from strangers, so nothing a header claims is believed before it is compared with the
bytes that are there.
"""

import io
import struct
import wave
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
MAX_SECONDS = 60
# A minute of sound with room for a header and the odd chunk of metadata.
MAX_BYTES = RATE * 2 * MAX_SECONDS + 64 * 1024
MAX_FILE_SECONDS = 600
MAX_FILE_BYTES = 200 * 1024 * 1024

Samples = NDArray[np.floating[Any]]

_PCM = 1
_EXTENSIBLE = 0xFFFE
_CONVERT = "convert it with `ffmpeg -i in.wav -ar 16000 -ac 1 -c:a pcm_s16le out.wav`"


class WavError(ValueError):
    """Sound that cannot be used. ``status`` is the HTTP status; the text names the mend."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class _Sound:
    rate: int
    channels: int
    bits: int
    data: bytes
    claimed: int

    @property
    def frame(self) -> int:
        return self.channels * self.bits // 8


def strict_pcm(data: bytes) -> bytes:
    """The samples of one utterance: ``data`` must be a WAV of 16 kHz, mono, 16 bit, at most 60 s.

    Returns little-endian 16-bit samples. Raises `WavError` with status 413 for too much sound and 415
    for anything else, a file cut short included: half a sentence may have lost its "not".
    """
    if len(data) > MAX_BYTES:
        raise WavError(413, f"too much sound: send at most {MAX_SECONDS} seconds at a time")
    sound = _parse(data)
    if sound.rate != RATE:
        raise WavError(415, f"the sample rate is {sound.rate} Hz, not {RATE}: {_CONVERT}")
    if sound.channels != 1:
        raise WavError(415, f"the sound has {sound.channels} channels, not one: {_CONVERT}")
    if sound.bits != 16:
        raise WavError(415, f"the samples have {sound.bits} bits, not 16: {_CONVERT}")
    if not sound.data:
        raise WavError(415, "the file holds no sound: record for at least a moment and send it again")
    if len(sound.data) < sound.claimed:
        said, there = sound.claimed / (RATE * 2), len(sound.data) / (RATE * 2)
        raise WavError(415, f"the file was cut short ({there:.2f} s of {said:.2f} s): send it again")
    if len(sound.data) % 2:
        raise WavError(415, "the last sample is cut in half: send the whole file again")
    if len(sound.data) > RATE * 2 * MAX_SECONDS:
        raise WavError(413, f"too much sound: send at most {MAX_SECONDS} seconds at a time")
    return sound.data


def any_pcm(data: bytes) -> bytes:
    """The samples of any PCM WAV (8 to 32 bit, any rate and channels) as 16 kHz mono 16-bit PCM.

    A file cut short gives what is there. Raises `WavError` for something that is not a PCM WAV (415),
    holds no sound (415) or is longer than 10 minutes or larger than 200 MB (413).
    """
    if len(data) > MAX_FILE_BYTES:
        raise WavError(413, "the file is larger than 200 MB: cut it into pieces")
    sound = _parse(data)
    frames = len(sound.data) // sound.frame
    if not frames:
        raise WavError(415, "the file holds no sound: record for at least a moment")
    if frames > sound.rate * MAX_FILE_SECONDS:
        raise WavError(413, "the file is longer than 10 minutes: cut it into pieces")
    samples = _floats(sound.data[: frames * sound.frame], sound.bits)
    mono = samples.reshape(frames, sound.channels).mean(axis=1)
    return to_pcm(resample(mono, sound.rate, RATE))


def seconds_in(wav: bytes) -> float:
    """How long ``wav`` plays. Raises `WavError` when it is none."""
    sound = _parse(wav)
    return len(sound.data) / sound.frame / sound.rate


def to_pcm(samples: Samples) -> bytes:
    """Samples from -1 to 1 as little-endian 16-bit PCM; anything louder is clipped."""
    return bytes((np.clip(samples, -1.0, 1.0) * 32767.0).round().astype("<i2").tobytes())


def to_floats(pcm: bytes) -> Samples:
    """16-bit PCM as 32-bit floats from -1 to 1."""
    return np.frombuffer(pcm, "<i2").astype(np.float32) / 32768.0


def to_wav(pcm: bytes, rate: int = RATE) -> bytes:
    """A mono 16-bit WAV file around ``pcm``."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)
    return buffer.getvalue()


def resample(samples: Samples, rate: int, to: int) -> Samples:
    """``samples`` at ``rate`` Hz brought to ``to`` Hz.

    Done on the spectrum: what the new rate cannot carry is left out, so nothing folds back as hiss.
    """
    length = max(1, round(len(samples) * to / rate))
    if rate == to or length == len(samples):
        return samples
    spectrum = np.fft.rfft(samples)
    kept = spectrum[: length // 2 + 1]
    resampled: Samples = np.fft.irfft(kept, length) * (length / len(samples))
    return resampled


def _parse(data: bytes) -> _Sound:
    """Walk the RIFF chunks of ``data``; sizes that run past the end are cut to what is there."""
    if not data:
        raise WavError(415, "nothing was sent: record for at least a moment and send it again")
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise WavError(415, f"this is not a WAV file: {_CONVERT}")
    at, shape = 12, b""
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        body = data[at + 8 : at + 8 + size]
        if name == b"fmt ":
            shape = body
        elif name == b"data":
            return _sound(shape, body, size)
        at += 8 + size + size % 2
    raise WavError(415, "the WAV file ends before its sound begins: record it again")


def _sound(shape: bytes, body: bytes, claimed: int) -> _Sound:
    if len(shape) < 16:
        raise WavError(415, f"the WAV header does not say how the sound is written: {_CONVERT}")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", shape)
    if kind == _EXTENSIBLE and len(shape) >= 26:
        kind = struct.unpack_from("<H", shape, 24)[0]
    if kind != _PCM or bits not in (8, 16, 24, 32):
        raise WavError(415, f"the sound is not plain PCM: {_CONVERT}")
    if not 1 <= channels <= 32 or not 1000 <= rate <= 384_000:
        raise WavError(415, f"{channels} channels at {rate} Hz cannot be right: {_CONVERT}")
    return _Sound(rate, channels, bits, body, claimed)


def _floats(data: bytes, bits: int) -> Samples:
    if bits == 8:
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128.0) / 128.0
    if bits == 24:
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return wide.reshape(-1).view("<i4") / 2.0**31
    return np.frombuffer(data, f"<i{bits // 8}") / 2.0 ** (bits - 1)
