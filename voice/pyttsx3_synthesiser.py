"""Speech synthesis with pyttsx3 on eSpeak NG."""

from voice.speaking_process import SpeakingProcess
from voice.synthesiser import RATE, words_to_say

# The engine's code for American English.
VOICE = "en-us"

ENGINE = "voice.espeak_engine"
_SHARED = SpeakingProcess(ENGINE)


class Pyttsx3Synthesiser:
    """The packaged voice. Any number of these may exist: they share one engine.

    ``patience`` is how long, in seconds, an utterance may take before it is given up.
    """

    def __init__(
        self,
        voice: str = VOICE,
        rate: int = RATE,
        patience: float = 10.0,
        process: SpeakingProcess = _SHARED,
    ) -> None:
        self.name = f"eSpeak NG {voice} {rate}"
        self.rate = rate
        self.process = process
        self._voice, self._patience = voice, patience

    def say(self, text: str) -> bytes:
        """``text`` as a mono 16-bit WAV at 22,050 Hz. Raises `SynthesisError`."""
        request = {"text": words_to_say(text), "voice": self._voice, "rate": self.rate}
        return self.process.say(request, self._patience)

    def at(self, rate: int) -> "Pyttsx3Synthesiser":
        """The same voice at ``rate`` words a minute."""
        return Pyttsx3Synthesiser(self._voice, rate, self._patience, self.process)
