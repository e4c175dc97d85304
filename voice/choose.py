"""Which recogniser listens: Vosk where its owner provided a model, otherwise Whisper."""

import logging
from dataclasses import dataclass
from pathlib import Path

from voice.ear import EarMaker
from voice.fetch import model_directory
from voice.recogniser import Recogniser, RecogniserError
from voice.vosk_recogniser import VoskRecogniser
from voice.whisper_recogniser import WhisperRecogniser

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hearing:
    """The recogniser, ``None`` when speech cannot be recognised here, and what its owner should know.

    ``sentence`` says which one listens and how to get the other, or what is wrong and how to mend it.
    ``ears`` are where streams are heard, ``None`` when only whole recordings are.
    """

    recogniser: Recogniser | None
    sentence: str
    ears: EarMaker | None = None

    @property
    def language(self) -> str:
        """The code of the language that is heard, ``""`` when nothing is."""
        return self.recogniser.language if self.recogniser else ""


def choose_recogniser(vosk_model: Path | None, data_dir: Path) -> Hearing:
    """The recogniser for ``vosk_model`` if set, else for a model fetched into ``data_dir``, else Whisper.

    Takes seconds: it loads the model. A Vosk model that cannot be used is reported in the sentence, and
    Whisper listens instead, since a kiosk that hears is safer than one that does not.
    """
    fetched = model_directory(data_dir)
    trouble = ""
    try:
        if vosk_model is not None:
            vosk = VoskRecogniser(vosk_model)
            return Hearing(vosk, f"{vosk.name} listens; without SPOTTER_VOSK_MODEL, Whisper does")
        if fetched.is_dir():
            vosk = VoskRecogniser(fetched)
            return Hearing(vosk, f"{vosk.name} listens; remove {fetched} and Whisper does")
    except RecogniserError as error:
        log.error("%s", error)
        trouble = f"Vosk is not used: {error}; "
    try:
        whisper = WhisperRecogniser()
    except RecogniserError as error:
        log.error("%s", error)
        return Hearing(None, f"{trouble}speech is not recognised: {error}; typing and touch still work")
    instead = "for Vosk instead, run `.venv/bin/python -m voice fetch-model` and start again"
    return Hearing(whisper, f"{trouble}{whisper.name} listens; {instead}")
