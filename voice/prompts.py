"""What the kiosk can be expected to say, spoken ahead, so that people do not wait for the voice."""

import logging
import threading
from collections.abc import Iterator, Mapping

from flows.broken import where
from flows.countries import crisis_line, emergency_number
from flows.model import Ask, Flow
from flows.source import FlowError
from voice.language import kiosk_language
from voice.sentences import Sentence
from voice.speech_cache import SpeechCache
from voice.synthesiser import SynthesisError

log = logging.getLogger(__name__)

# What most people ask for who want to be asked again.
_MINUTES = ("2", "3", "5", "10", "15", "20", "30")
# What is tapped, and the parts of other texts.
_NOT_SAID = ("button.", "option.", "item.", "tell.", "aid.")


def prompts(flow: Flow, language: str, country: str) -> Iterator[str]:
    """Every text that ``flow`` and the kiosk may say in ``language``, as it is said in ``country``.

    A text with a number or a name of the visitor in it is not among them.
    """
    wording = flow.wording[language]
    values = {
        "emergency": emergency_number(country, language),
        "crisis": crisis_line(country, language),
        "languages": ", ".join(flow.language_names.values()),
    }
    said = [
        {name: wording.text(f"{name}.{flag}", "voice") for name in ("tell", "aid")}
        for flag in flow.flags
        if f"tell.{flag}" in wording and f"aid.{flag}" in wording
    ] or [{"tell": "", "aid": ""}]
    for key, words in wording.words.items():
        if key.startswith(_NOT_SAID):
            continue
        for told in said if "{tell}" in words.voice or "{aid}" in words.voice else said[:1]:
            for minutes in _MINUTES if "{minutes}" in words.voice else _MINUTES[:1]:
                yield wording.text(key, "voice", values | told | {"minutes": minutes})
    for step in flow.steps.values():
        if isinstance(step, Ask) and step.expecting.kind == "checklist":
            yield from (f"{wording.text(f'item.{item[0]}', 'voice')}." for item in step.expecting.items)
    kiosk = kiosk_language(language)
    yield from (text for text in (*kiosk.offer.say.values(), *kiosk.talk.values()) if "{" not in text)


class Prompts:
    """Has every one of the ``texts`` of each language spoken into its cache, in a thread of its own.

    ``speech`` is used for nothing else, so nobody waits for it. A sound that is there already costs nothing.
    """

    def __init__(self, speech: Mapping[str, SpeechCache], texts: Mapping[str, list[str]]) -> None:
        self._speech = speech
        self._texts = texts
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._prepare, name="prompts", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def join(self) -> None:
        """Waits until everything is spoken."""
        self._thread.join()

    def stop(self) -> None:
        """Ends it after the sentence that it is at."""
        self._enough.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _prepare(self) -> None:
        try:
            for language, texts in self._texts.items():
                cache = self._speech[language]
                for sentence in _sentences(cache, texts):
                    if self._enough.is_set():
                        return
                    cache.sound(sentence)
        except (SynthesisError, FlowError) as error:
            log.warning("nothing more is spoken ahead: %s", error)
        except Exception as error:
            log.error("nothing more is spoken ahead: %s", where(error))


def _sentences(cache: SpeechCache, texts: list[str]) -> Iterator[Sentence]:
    """Each sentence once, also as it is said when others of the same reply name its number too."""
    done: set[str] = set()
    for text in texts:
        for sentence in (*cache.sentences(text), *cache.sentences(text, twice=False)):
            if sentence.said not in done:
                done.add(sentence.said)
                yield sentence
