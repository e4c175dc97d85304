"""Which voice speaks: eSpeak NG unless Piper is asked for and installed, each language with its own."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.model import Flow
from voice.language import FIRST, kiosk_language
from voice.piper_synthesiser import ENGINE as PIPER_ENGINE
from voice.piper_synthesiser import PiperSynthesiser, is_installed
from voice.prompts import Prompts, prompts
from voice.pyttsx3_synthesiser import ENGINE, Pyttsx3Synthesiser
from voice.speaking_process import SpeakingProcess
from voice.speech_cache import SpeechCache
from voice.synthesiser import RATE, Synthesiser

log = logging.getLogger(__name__)

# As SPOTTER_VOICE names it; a voice of eSpeak NG may follow behind a plus: espeak+f3.
ESPEAK, PIPER = "espeak", "piper"


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
    codes = tuple(languages)
    piper = [FIRST] if voice == PIPER and FIRST in codes and is_installed() else []
    variant = voice.removeprefix(ESPEAK).removeprefix(PIPER)

    def caches(nice: int) -> tuple[dict[str, SpeechCache], list[SpeakingProcess]]:
        espeak, other = SpeakingProcess(ENGINE, nice), [SpeakingProcess(PIPER_ENGINE, nice) for _ in piper]

        def speaker(code: str) -> Synthesiser:
            if code in piper:
                return PiperSynthesiser(other[0], rate)
            return Pyttsx3Synthesiser(kiosk_language(code).voice + variant, rate, process=espeak)

        return {code: SpeechCache(speaker(code), folder, language=code) for code in codes}, [espeak, *other]

    speech, now = caches(nice=0)
    ahead, later = caches(nice=19)
    sentence = ", ".join(one.name for one in speech.values())
    if voice == PIPER and not piper:
        log.warning("Piper does not speak: it is not installed (make piper), or no language here is its own")
    return Voices(speech, ahead, sentence, (*now, *later))
