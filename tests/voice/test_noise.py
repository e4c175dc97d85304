"""How loud the room is, and whether voices still stand out from it."""

from collections.abc import Iterator

import numpy as np
import pytest

from voice.noise import NoiseMeter
from voice.vad import FRAME_SAMPLES
from voice.wav import Samples

RANDOM = np.random.default_rng(5)


def sound(db: float, seconds: float) -> Iterator[Samples]:
    """Frames of white noise at ``db`` (full scale 0)."""
    for _ in range(round(seconds * 16_000 / FRAME_SAMPLES)):
        yield RANDOM.normal(0, 10 ** (db / 20), FRAME_SAMPLES)


def hear(meter: NoiseMeter, db: float, seconds: float, speech: bool = False) -> list[bool]:
    """Whether it was too loud, frame by frame."""
    found = []
    for frame in sound(db, seconds):
        meter.hear(frame, speech)
        meter.now()
        found.append(meter.too_loud)
    return found


@pytest.mark.parametrize("db", [-60.0, -40.0, -25.0])
def test_the_room_is_measured_in_decibels(db: float) -> None:
    meter = NoiseMeter()
    hear(meter, db, 3)

    assert meter.now().noise_db == pytest.approx(db, abs=1)


@pytest.mark.parametrize("snr", [20.0, 10.0, 5.0])
def test_how_far_a_voice_stands_out_is_measured(snr: float) -> None:
    meter = NoiseMeter()
    hear(meter, -40, 3)
    both = 10 * np.log10(10 ** ((-40 + snr) / 10) + 10 ** (-40 / 10))
    hear(meter, float(both), 2, speech=True)

    assert meter.now().snr_db == pytest.approx(snr, abs=1.5)


def test_a_loud_room_is_told_before_anybody_speaks_and_a_quiet_one_is_not() -> None:
    loud, quiet = NoiseMeter(), NoiseMeter()

    assert hear(loud, -24, 3)[-1]
    assert not any(hear(quiet, -50, 3))


def test_a_strong_voice_in_a_loud_room_is_heard() -> None:
    meter = NoiseMeter()
    hear(meter, -30, 3)
    assert meter.too_loud

    assert not hear(meter, -12, 2, speech=True)[-1]


def test_between_loud_and_quiet_nothing_flickers() -> None:
    meter = NoiseMeter()
    hear(meter, -24, 6)
    assert meter.too_loud
    # 10 dB: better than what counts as too loud, not yet as good as what counts as quiet.
    assert all(hear(meter, -36, 2.5))
    assert not hear(meter, -45, 6)[-1]

    other = NoiseMeter()
    hear(other, -45, 6)
    assert not any(hear(other, -36, 6))


def test_one_plate_does_not_make_a_room_loud() -> None:
    meter = NoiseMeter()
    hear(meter, -50, 4)

    assert not any(hear(meter, -5, 0.3) + hear(meter, -50, 1))


def test_digital_silence_is_quiet() -> None:
    meter = NoiseMeter()
    meter.hear(np.zeros(FRAME_SAMPLES), speech=False)

    assert meter.now().db == meter.now().noise_db == -90
