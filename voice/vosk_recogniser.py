"""Speech recognition with Vosk and a model directory of the kiosk owner's choice."""

import json
import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from voice.language import FIRST
from voice.recogniser import RecogniserError, Transcript, is_silent
from voice.wav import RATE

log = logging.getLogger(__name__)

# What Vosk's English models write for a breath or a bump. Alone, they are nobody speaking.
_GHOSTS = {"the", "huh", "uh", "hmm", "ah"}
# A word outside the grammar; not every model has it.
_OTHER = "[unk]"
_READINGS = 3
# Vosk's models are called after their language: vosk-model-small-es-0.42, vosk-model-en-us-0.22.
_LANGUAGE = re.compile(r"vosk[-_]model(?:[-_]small)?[-_]([a-z]{2})\b")


class VoskRecogniser:
    """A Vosk model, shared by all threads; each utterance gets a decoder of its own.

    ``model`` is the unpacked directory; what it hears is told by its name as Vosk gives it, and English
    where that does not tell. Raises `RecogniserError` when it is not a Vosk model.
    """

    def __init__(self, model: Path) -> None:
        # Vosk itself says no more than "Failed to create a model", so look first.
        if not model.is_dir():
            raise RecogniserError(f"there is no directory {model}: unpack a Vosk model there")
        if not (model / "am" / "final.mdl").is_file() and not (model / "final.mdl").is_file():
            raise RecogniserError(f"{model} is not an unpacked Vosk model: it has no am/final.mdl")
        try:
            import vosk
        except (ImportError, OSError) as error:
            raise RecogniserError(f"vosk is not usable here ({error}): run `make run`") from error
        vosk.SetLogLevel(-1)
        try:
            self._model = vosk.Model(str(model))
        except Exception as error:
            # Vosk raises the bare class, so nothing narrower can be caught.
            raise RecogniserError(f"Vosk cannot load {model}: unpack the model again ({error})") from error
        self._decoder = vosk.KaldiRecognizer
        self.name = f"Vosk {model.name}"
        named = _LANGUAGE.search(model.name)
        self.language = named[1] if named else FIRST

    def transcribe(self, pcm: bytes, phrases: Sequence[str] = ()) -> Transcript:
        """The words in ``pcm``; with ``phrases``, the nearest of those that the model can hear."""
        if is_silent(pcm):
            return Transcript("")
        decoder = self.decoder(phrases) or self.decoder()
        decoder.SetMaxAlternatives(_READINGS)
        decoder.AcceptWaveform(pcm)
        found = json.loads(decoder.FinalResult()).get("alternatives", [])
        readings = list(dict.fromkeys(words_of(one["text"]) for one in found)) or [""]
        if not readings[0]:
            return Transcript("")
        return Transcript(readings[0], tuple(reading for reading in readings[1:] if reading))

    def decoder(self, phrases: Sequence[str] = ()) -> Any:
        """A fresh ``vosk.KaldiRecognizer`` that hears ``phrases`` only, or anything when there are none.

        ``None`` when the model can hear none of the phrases.
        """
        if not phrases:
            return self._decoder(self._model, RATE)
        grammar = self._hearable(phrases)
        return self._decoder(self._model, RATE, json.dumps(grammar, ensure_ascii=False)) if grammar else None

    def lacks(self, words: Iterable[str]) -> list[str]:
        """Those of ``words`` (lower case) that the model can never hear."""
        return [word for word in words if not self._knows(word)]

    def _hearable(self, phrases: Sequence[str]) -> list[str]:
        """The phrases whose every word the model knows; Vosk would drop the others without a word."""
        kept = []
        for phrase in (phrase.lower() for phrase in phrases):
            unknown = self.lacks(phrase.split())
            if unknown:
                log.warning("%s cannot hear %r: its words lack %s", self.name, phrase, ", ".join(unknown))
            else:
                kept.append(phrase)
        if kept and self._knows(_OTHER):
            kept.append(_OTHER)
        return kept

    def _knows(self, word: str) -> bool:
        return int(self._model.vosk_model_find_word(word)) >= 0


def words_of(text: str) -> str:
    """``text`` without the mark for other words, or ``""`` when only ghost words are left."""
    words = text.replace(_OTHER, " ").split()
    return "" if set(words) <= _GHOSTS else " ".join(words)
