import io
import struct
import wave

import numpy as np
import pytest

from voice.wav import MAX_BYTES, RATE, Samples, WavError, any_pcm, strict_pcm, to_floats, to_pcm, to_wav


def tone(hertz: float, rate: int, seconds: float = 1.0) -> Samples:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


def written(samples: Samples, rate: int, channels: int = 1, width: int = 2) -> bytes:
    """A WAV by Python's own writer, every channel the same."""
    whole = np.repeat(samples, channels)
    if width == 1:
        body = (whole * 127 + 128).round().astype(np.uint8).tobytes()
    else:
        wide = (whole * (2**31 - 1)).round().astype("<i4").view(np.uint8).reshape(-1, 4)
        body = wide[:, 4 - width :].tobytes()
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(body)
    return buffer.getvalue()


GOOD = written(tone(440, RATE), RATE)


def test_a_good_utterance_comes_through_unchanged() -> None:
    pcm = to_pcm(tone(440, RATE))

    assert strict_pcm(to_wav(pcm)) == pcm
    assert len(pcm) == RATE * 2


def test_chunks_around_the_sound_are_passed_over() -> None:
    odd = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    with_chunk = GOOD[:12] + odd + GOOD[12:] + odd

    assert strict_pcm(with_chunk) == GOOD[44:]


@pytest.mark.parametrize(
    ("data", "status", "says"),
    [
        (b"", 415, "nothing was sent"),
        (b"hello", 415, "not a WAV"),
        (b"ID3\x04" + bytes(100), 415, "not a WAV"),
        (GOOD[:12], 415, "ends before its sound"),
        (GOOD[:30], 415, "ends before its sound"),
        (GOOD[:12] + GOOD[36:], 415, "header"),
        (GOOD[:44], 415, "no sound"),
        (GOOD[:-2], 415, "cut short"),
        (to_wav(b""), 415, "no sound"),
        (GOOD[:40] + struct.pack("<I", 0) + GOOD[44:], 415, "no sound"),
        (GOOD[:40] + b"\xff\xff\xff\xff" + GOOD[44:], 415, "cut short"),
        (GOOD[:40] + struct.pack("<I", 31) + GOOD[44 : 44 + 31], 415, "half"),
        (written(tone(440, 8000), 8000), 415, "8000 Hz"),
        (written(tone(440, 44100), 44100), 415, "44100 Hz"),
        (written(tone(440, RATE), RATE, channels=2), 415, "2 channels"),
        (written(tone(440, RATE), RATE, width=1), 415, "8 bits"),
        (written(tone(440, RATE), RATE, width=3), 415, "24 bits"),
        (GOOD[:20] + struct.pack("<H", 3) + GOOD[22:], 415, "not plain PCM"),
        (GOOD[:22] + struct.pack("<H", 0) + GOOD[24:], 415, "cannot be right"),
        (GOOD[:24] + struct.pack("<I", 0) + GOOD[28:], 415, "cannot be right"),
        (to_wav(bytes(RATE * 2 * 60 + 2)), 413, "60 seconds"),
        (to_wav(bytes(RATE * 2 * 600)), 413, "60 seconds"),
        (GOOD + bytes(MAX_BYTES), 413, "60 seconds"),
    ],
    ids=range(23),
)
def test_anything_else_is_refused_with_its_mend(data: bytes, status: int, says: str) -> None:
    with pytest.raises(WavError, match=says) as caught:
        strict_pcm(data)

    assert caught.value.status == status


def test_a_minute_is_not_too_long() -> None:
    assert len(strict_pcm(to_wav(bytes(RATE * 2 * 60)))) == RATE * 2 * 60


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize(("channels", "width"), [(1, 2), (2, 2), (1, 1), (2, 3), (6, 4)])
def test_any_pcm_becomes_the_same_sound(rate: int, channels: int, width: int) -> None:
    heard = to_floats(any_pcm(written(tone(1000, rate), rate, channels, width)))

    expected = tone(1000, RATE)
    middle = slice(RATE // 4, 3 * RATE // 4)
    assert len(heard) == RATE
    assert np.abs(heard[middle] - expected[middle]).max() < 0.02


def test_what_the_new_rate_cannot_carry_does_not_fold_back() -> None:
    heard = to_floats(any_pcm(written(tone(11_000, 48_000), 48_000)))

    assert np.abs(heard[RATE // 4 : 3 * RATE // 4]).max() < 0.01


def test_the_newer_header_for_many_channels_is_read() -> None:
    plain = written(tone(440, RATE), RATE, width=3)
    guid = struct.pack("<H", 1) + bytes(14)
    extended = struct.pack("<H", 0xFFFE) + plain[22:36] + struct.pack("<HHI", 22, 24, 4) + guid
    data = plain[:16] + struct.pack("<I", len(extended)) + extended + plain[36:]

    assert any_pcm(data) == any_pcm(plain)


def test_a_file_cut_short_gives_what_is_there() -> None:
    assert any_pcm(GOOD[: 44 + 1001]) == GOOD[44 : 44 + 1000]


@pytest.mark.parametrize(
    ("data", "status", "says"),
    [
        (b"RIFF", 415, "not a WAV"),
        (to_wav(b""), 415, "no sound"),
        (to_wav(bytes(2 * 1000 * 601), rate=1000), 413, "10 minutes"),
    ],
    ids=range(3),
)
def test_a_file_that_cannot_be_used_is_refused(data: bytes, status: int, says: str) -> None:
    with pytest.raises(WavError, match=says) as caught:
        any_pcm(data)

    assert caught.value.status == status
