"""One stream's attention: its ears, whatever happens in them, and what they notice as it is told on."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from flows.broken import where
from voice import talk_events
from voice.endpointing import Kind
from voice.language import words_of
from voice.listener import Listener
from voice.noticed import Ended, Evidence, Expects, Level, Nobody, Noticed, Partial, Started, Woken

log = logging.getLogger(__name__)

T = TypeVar("T")

# Sound that stops in the middle of an utterance has ended it (s).
_STALLED = 1.5
_LEVEL_EVERY = 0.1
# Ears that failed are tried again after so long (s).
_TRY_AGAIN = 3.0
# That many levels in a row, eight a second of sound.
_TOO_LOUD = 24


class Attentive(Protocol):
    """Who is told."""

    def happened(self, event: talk_events.Event) -> None:
        """Something that needs no words."""

    def so_far(self, text: str) -> None:
        """The words of an utterance that goes on."""

    def words(self, text: str, evidence: Evidence) -> None:
        """The words of an utterance that has ended."""

    def level(self, message: Mapping[str, Any]) -> None:
        """How loud it is, as the client is told."""


class Attention:
    """Hears for one conversation. Not for several threads at once.

    ``listen`` makes the ears, or raises; ``None`` where nothing can be heard, and then nobody speaks.
    ``hears`` is the language that they hear. ``clock`` only runs forward (s).
    """

    def __init__(
        self,
        listen: Callable[[], Listener] | None,
        hears: str,
        clock: Callable[[], float],
        told: Attentive,
    ) -> None:
        self._listen, self._hears, self._clock, self._told = listen, hears, clock, told
        self._listener: Listener | None = None
        self._sound_at, self._level_at = clock(), float("-inf")
        self._loud = 0
        self._now_to: Callable[[], None] = lambda: None
        self._failed_at: float | None = None
        self.speaking = False

    @property
    def wake_phrase(self) -> str:
        """What wakes them, ``""`` when nothing does."""
        return self._listener.wake_phrase if self._listener else ""

    def open(self) -> None:
        """Makes the ears, unless they are there."""
        if self._listener or self._listen is None:
            return
        try:
            self._listener = self._listen()
        except Exception as error:
            log.error("the ears of a stream cannot be had: %s", where(error))
            self._failed_at = self._clock()
            self._told.happened(talk_events.Broke())

    def close(self) -> None:
        """Gives the ears back."""
        if self._listener:
            self._listener.close()

    def wait(self) -> None:
        """Only the wake phrase counts from now on."""
        self.speaking = False
        self._turn_to(self.wait, lambda ears: ears.wait())

    def guard(self) -> None:
        """The kiosk speaks: who begins now is noticed at once."""
        self.speaking = False
        self._turn_to(self.guard, lambda ears: ears.guard())

    def listen(self, kind: Kind) -> None:
        """Listens for an answer of this kind."""
        answers = words_of(self._hears).answers.get(kind, ())
        self._turn_to(lambda: self.listen(kind), lambda ears: ears.listen(Expects(kind, answers)))

    def hear(self, pcm: bytes) -> None:
        """The next sound of the microphone."""
        self._sound_at = self._clock()
        noticed = self._feed(pcm)
        while noticed:
            for one in noticed:
                self._notice(one)
            # The ears keep back what came after the end of an utterance.
            noticed = self._feed(b"")

    def finish(self) -> None:
        """The utterance is over, if there is one: the person says so, or no sound comes any more."""
        if not self.speaking:
            return
        self.speaking = False
        ended = self._ears(lambda ears: [ears.finish()])
        for one in ended or ():
            self._notice(one)

    def tick(self) -> None:
        """Ends an utterance whose sound has stopped, and tries ears again that failed.

        To be called a few times a second.
        """
        now = self._clock()
        if now - self._sound_at > _STALLED:
            self.finish()
        if self._failed_at is not None and now - self._failed_at > _TRY_AGAIN:
            self._now_to()

    def _turn_to(self, again: Callable[[], None], do: Callable[[Listener], None]) -> None:
        """What the ears are to do from now on: ``do``, and ``again`` if they fail."""
        self._now_to, self._failed_at = again, None
        self.open()
        self._ears(do)

    def _feed(self, pcm: bytes) -> list[Noticed] | None:
        return self._ears(lambda ears: ears.feed(pcm))

    def _notice(self, one: Noticed) -> None:
        match one:
            case Woken():
                self._told.happened(talk_events.Called())
            case Started():
                self.speaking = True
                self._told.happened(talk_events.Began())
            case Partial(text):
                self._told.so_far(text)
            case Ended(transcript, evidence):
                self.speaking = False
                if transcript.text:
                    self._told.words(transcript.text, evidence)
                else:
                    self._told.happened(talk_events.Nobody())
            case Nobody():
                self.speaking = False
                self._told.happened(talk_events.Nobody())
            case Level():
                self._level(one)

    def _level(self, level: Level) -> None:
        self._loud = self._loud + 1 if level.too_loud else 0
        if (now := self._clock()) - self._level_at >= _LEVEL_EVERY:
            self._level_at = now
            loudness = {"db": round(level.db, 1), "noise_db": round(level.noise_db, 1)}
            more = {"speech": level.speech, "too_loud": level.too_loud}
            self._told.level({"type": "level"} | loudness | more)
        # Whoever speaks is heard out first.
        if self._loud >= _TOO_LOUD and not self.speaking:
            self._loud = 0
            self._told.happened(talk_events.Loud())

    def _ears(self, do: Callable[[Listener], T]) -> T | None:
        """What ``do`` gives for the ears; ``None`` without ears, or when they fail: the utterance is lost."""
        if self._listener is None:
            return None
        try:
            return do(self._listener)
        except Exception as error:
            log.error("the ears of a stream failed: %s", where(error))
            self.speaking, self._failed_at = False, self._clock()
            self._told.happened(talk_events.Broke())
            return None
