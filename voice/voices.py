"""Which voice speaks: eSpeak NG unless Piper is asked for and installed, each language with its own."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.model import Flow
from voice.language import kiosk_language
from voice.prompts import Prompts, prompts
from voice.pyttsx3_synthesiser import ENGINE, Pyttsx3Synthesiser
from voice.speaking_process import SpeakingProcess
from voice.speech_cache import SpeechCache
from voice.synthesiser import RATE

log = logging.getLogger(__name__)

# As SPOTTER_VOICE names it; a voice of eSpeak NG may follow behind a plus: espeak+f3.
ESPEAK = "espeak"


@dataclass(frozen=True)
class Voices:
    """The voices of a server, by language, and the engines that they share.

    ``speech`` is what people are answered with. ``ahead`` has the same sounds, made behind everybody's back.
    """

    speech: Mapping[str, SpeechCache]
    ahead: Mapping[str, SpeechCache]
    sentence: str
    processes: tuple[SpeakingProcess, ...]

    def prompts(self, flow: Flow, country: str) -> Prompts:
        """What is to be spoken ahead for ``flow`` in ``country``; it is for the caller to start it."""
        return Prompts(self.ahead, {code: list(prompts(flow, code, country)) for code in self.ahead})

    def close(self) -> None:
        """Ends the engines. Never raises."""
        for process in self.processes:
            process.close()


def voices_for(languages: Iterable[str], folder: Path, voice: str = ESPEAK, rate: int = RATE) -> Voices:
    """The voices of ``languages`` at ``rate`` words a minute, with what they say kept in ``folder``."""
    variant = voice.removeprefix(ESPEAK)
    now, later = SpeakingProcess(ENGINE), SpeakingProcess(ENGINE, nice=19)

    def cache(code: str, process: SpeakingProcess) -> SpeechCache:
        speaker = Pyttsx3Synthesiser(kiosk_language(code).voice + variant, rate, process=process)
        return SpeechCache(speaker, folder, language=code)

    codes = tuple(languages)
    speech = {code: cache(code, now) for code in codes}
    ahead = {code: cache(code, later) for code in codes}
    names = ", ".join(one.name for one in speech.values())
    return Voices(speech, ahead, names, (now, later))
