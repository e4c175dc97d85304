"""Measuring a flow with the real voice and ears: how long each wording takes, which answers can be heard."""

from collections.abc import Callable, Mapping
from pathlib import Path

from flows.answer_phrases import answer_words
from flows.delivered import Delivered, delivered
from flows.model import Flow
from flows.speaking_time import (
    Listener,
    SpeakingTimes,
    mark,
    mark_of_words,
    speaking_times_file,
    write_speaking_times,
)
from voice.language import kiosk_language
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.spoken import spoken
from voice.synthesiser import Synthesiser
from voice.vosk_recogniser import VoskRecogniser
from voice.wav import RATE, any_pcm

# Texts that are spoken, and texts in all.
Progress = Callable[[int, int], None]


def measure(flow: Flow, folder: Path, vosk: VoskRecogniser | None, progress: Progress) -> list[Path]:
    """Speak every wording of ``flow`` at its longest, ask ``vosk`` for every answer word, and keep both.

    Gives the files written, one for each language. Raises `SynthesisError`, `FlowError` for a language
    that the kiosk does not speak, and ``OSError`` when a file cannot be written.
    """
    texts = {language: list(delivered(flow, language, "voice")) for language in flow.wording}
    total, done = sum(map(len, texts.values())), 0
    listeners = _listeners(vosk, {language: list(answer_words(folder, language)) for language in texts})
    files = []
    for language, wording in flow.wording.items():
        voice = Pyttsx3Synthesiser(kiosk_language(language).voice)
        times = {}
        for text in texts[language]:
            times[text.key] = (mark(text.text), seconds_of(text, voice, language))
            done += 1
            progress(done, total)
        files.append(speaking_times_file(wording))
        write_speaking_times(files[-1], SpeakingTimes(voice.name, times, listeners.get(language)))
    return files


def seconds_of(text: Delivered, voice: Synthesiser, language: str) -> float:
    """How long ``voice`` takes to say ``text``, as the kiosk would."""
    return len(any_pcm(voice.say(spoken(text.text, language)))) / 2 / RATE


def _listeners(vosk: VoskRecogniser | None, words: Mapping[str, list[str]]) -> dict[str, Listener]:
    """What ``vosk`` lacks of the language that it is for: the one of which it knows the largest share."""
    if vosk is None or not any(words.values()):
        return {}
    lacks = {language: vosk.lacks(of_language) for language, of_language in words.items() if of_language}
    language = min(lacks, key=lambda one: len(lacks[one]) / len(words[one]))
    return {language: Listener(vosk.name, mark_of_words(words[language]), tuple(lacks[language]))}
