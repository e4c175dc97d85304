"""The wake phrase: what somebody says to start the kiosk from across the gym."""

import logging
from collections import deque
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Protocol

from voice.ear import Ear
from voice.endpointing import Endpointer, Mark
from voice.recogniser import RecogniserError, Transcript
from voice.vad import FRAME_SECONDS

log = logging.getLogger(__name__)

# By the recogniser's grammar, where there is one that has these words.
HEY_SPOTTER = "hey spotter"
# What else the grammar can hear, so that it need not hear the phrase in all that people say.
_DECOYS = ("hey", "spotter", "hey you", "hey buddy", "spot me", "hey coach")
# How alike the phrase and what was freely heard must be, of 1: "hey spot her" is, "hay bales" is not.
_ALIKE = 0.7
_LEAD_FRAMES = round(0.5 / FRAME_SECONDS)
# Nobody spoke in the last second, so it was music that sounded like the phrase.
_SPEECH_FRAMES = round(1.0 / FRAME_SECONDS)
_SPEECH = 0.5


class WakeWord(Protocol):
    """Listens for one phrase in one stream."""

    @property
    def phrase(self) -> str:
        """What people are told to say."""

    def hear(self, frame: bytes, speech: float) -> bool:
        """Whether the phrase was said, now that ``frame`` (as in `voice.vad`) was heard as well.

        ``speech`` is how surely somebody speaks in it.
        """

    def reset(self) -> None:
        """Forgets what came before."""

    def close(self) -> None:
        """Gives back what it holds."""


class PackagedWord(StrEnum):
    """The wake phrases that come with pymicro-wakeword; the value is what people say."""

    OKAY_NABU = "okay nabu"
    HEY_JARVIS = "hey jarvis"
    HEY_MYCROFT = "hey mycroft"
    ALEXA = "alexa"


class PackagedWake:
    """A phrase of pymicro-wakeword: 0.3 ms for a frame, and no recogniser is needed."""

    def __init__(self, word: PackagedWord) -> None:
        from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures, Model

        self.phrase = word.value
        self._network = MicroWakeWord.from_builtin(Model[word.name])
        self._features = MicroWakeWordFeatures()
        self._speech: deque[float] = deque(maxlen=_SPEECH_FRAMES)

    def hear(self, frame: bytes, speech: float) -> bool:
        """Whether the phrase was said."""
        self._speech.append(speech)
        heard = [self._network.process_streaming(one) for one in self._features.process_streaming(frame)]
        return any(heard) and max(self._speech) >= _SPEECH

    def reset(self) -> None:
        """Forgets what came before."""
        self._network.reset()
        self._features.reset()
        self._speech.clear()

    def close(self) -> None:
        """Gives back the network's memory."""
        self._network.close()


class GrammarWake:
    """A phrase heard by the recogniser, which is only asked while somebody speaks.

    Its grammar turns much of what people say into the phrase; so what it hears freely must be like the
    phrase, too. ``ear`` is the stream's own: nothing else is heard while the phrase is waited for.
    """

    def __init__(self, ear: Ear, phrase: str = HEY_SPOTTER) -> None:
        self.phrase = phrase
        self._ear = ear
        self._endpointer = Endpointer("yes_no", forever=True)
        self._lead: deque[bytes] = deque(maxlen=_LEAD_FRAMES)

    def hear(self, frame: bytes, speech: float) -> bool:
        """Whether the phrase was said; known at the short pause after it."""
        mark = self._endpointer.hear(speech)
        self._lead.append(frame)
        try:
            if mark is Mark.STARTED:
                self._ear.begin((self.phrase, *_DECOYS))
                self._ear.feed(b"".join(self._lead))
            elif self._endpointer.speaking:
                self._ear.feed(frame)
            if mark in (Mark.ENDED, Mark.TOO_LONG):
                self.reset()
                return is_phrase(self._ear.finish(), self.phrase)
        except RecogniserError as error:
            # Touch still wakes the kiosk, and the next words are heard.
            log.error("the wake phrase is not heard: %s", error)
            self.reset()
        return False

    def reset(self) -> None:
        """Forgets what came before."""
        self._endpointer = Endpointer("yes_no", forever=True)
        self._lead.clear()

    def close(self) -> None:
        """Holds nothing of its own."""


def is_phrase(transcript: Transcript, phrase: str) -> bool:
    """Whether one reading is ``phrase``, alone or at the beginning, and every other one begins like it."""
    readings = (transcript.text, *transcript.alternatives)
    if not any(one == phrase or one.startswith(f"{phrase} ") for one in readings):
        return False
    beginnings = [" ".join(one.split()[: len(phrase.split()) + 1]) for one in readings]
    return all(SequenceMatcher(None, one, phrase).ratio() >= _ALIKE for one in beginnings)


def wake_word(chosen: str, ear: Ear, hears_hey_spotter: bool) -> WakeWord | None:
    """The wake word for one stream: ``chosen`` is ``""``, ``off``, or a `PackagedWord`.

    By default it is "hey spotter" where the recogniser ``hears_hey_spotter``, otherwise "okay nabu".
    ``None`` when there is none: then touch wakes the kiosk.
    """
    if chosen == "off":
        return None
    if not chosen and hears_hey_spotter:
        return GrammarWake(ear)
    try:
        return PackagedWake(PackagedWord(chosen or PackagedWord.OKAY_NABU))
    except Exception as error:
        # A library that does not load here: say so, and let people touch the screen.
        log.error("there is no wake word: %s", error)
        return None
