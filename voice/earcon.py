"""The sound of a kiosk without a screen that says "go ahead": two tones that rise, as the page's do."""

import numpy as np

from voice.wav import RATE, to_pcm, to_wav

_TONES = (523.25, 783.99)
_EACH, _EVERY = 0.17, 0.09
# Among music: about as loud as the voice.
_LOUDNESS = 0.4


def go_ahead() -> bytes:
    """It as a WAV."""
    samples = np.zeros(round(RATE * (_EVERY * (len(_TONES) - 1) + _EACH)), dtype=np.float32)
    time = np.arange(round(RATE * _EACH)) / RATE
    shape = np.minimum(time / 0.015, 1) * np.exp(-time * 25) * _LOUDNESS
    for number, pitch in enumerate(_TONES):
        begin = round(RATE * _EVERY * number)
        samples[begin : begin + len(time)] += (np.sin(2 * np.pi * pitch * time) * shape).astype(np.float32)
    return to_wav(to_pcm(samples))
