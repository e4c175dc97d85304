"""How a reply goes out at a kiosk: shown at once, spoken by sentences, as loud and as fast as asked for."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from flows.turn import Button
from voice.exchange import Answer, fields_of
from voice.language import words_of
from voice.mouth import Mouth, Uttered
from voice.speech_cache import SpeechCache
from voice.synthesiser import FASTEST, SLOWEST
from voice.talk_actions import Tell

# A reply is over so long after its own length, when the client does not say so (s).
_GRACE = 1.0
_VOLUME, _VOLUME_STEP, _QUIETEST, _LOUDEST = 80, 15, 10, 100
_SPEED_STEP = 20


class Out(Protocol):
    """Where messages go. Both are quick, whatever the client does."""

    def tell(self, message: Mapping[str, Any]) -> None:
        """Sends one JSON object."""

    def sound(self, message: Mapping[str, Any], wav: bytes) -> None:
        """Sends one JSON object, and at once behind it the sound that it announces."""


class Delivery:
    """The replies of one kiosk, one at a time. ``volume`` is in percent, ``speed`` in words a minute.

    ``uttered`` is called by another thread when a reply has gone out.
    """

    def __init__(
        self,
        voices: Mapping[str, SpeechCache],
        emergency_number: str,
        clock: Callable[[], float],
        out: Out,
        uttered: Callable[[Uttered], None],
    ) -> None:
        self._voices, self._emergency_number = voices, emergency_number
        self._clock, self._out = clock, out
        self._mouth = Mouth(self._sound, uttered)
        self.volume, self.speed = _VOLUME, self._own_speed
        self._over: float | None = None
        self._told_at = clock()

    def as_at_first(self) -> None:
        """As loud and as fast as for anybody: who comes next asked for nothing."""
        self.speed = self._own_speed
        if self.volume != _VOLUME:
            self.volume = _VOLUME
            self._tell_volume()

    def answer(self, reply: int, answer: Answer, *, aloud: bool) -> None:
        """Shows ``answer`` as the reply of that number, and speaks it if ``aloud``."""
        self._say(reply, answer, aloud=aloud, confirming=False, beside=answer.beside)

    def tell(self, tell: Tell, last: Answer) -> None:
        """Says words of the kiosk's own, beside the open question of the ``last`` answer."""
        kiosk = words_of(last.language)
        buttons = last.buttons
        if tell.confirming:
            offered = kiosk.offer.buttons
            buttons = tuple(Button(offered[one], offered[one]) for one in ("yes", "no"))
        words = kiosk.talk[tell.key].format(text=tell.text.strip(" .!?"))
        answer = replace(last, replies=(words,), buttons=buttons)
        self._say(tell.reply, answer, aloud=True, confirming=tell.confirming, beside=True)

    def hush(self) -> None:
        """Not another sentence goes out."""
        self._mouth.hush()
        self._over = None

    def ends(self, seconds: float) -> None:
        """All of the reply has gone out, and takes ``seconds`` to play."""
        self._over = self._told_at + seconds + _GRACE

    @property
    def is_over(self) -> bool:
        """Whether a reply went out that must have been heard to its end by now."""
        return self._over is not None and self._clock() > self._over

    def turn(self, what: str, by: int) -> None:
        """Turns the ``volume`` or the speed up (1) or down (-1)."""
        if what == "volume":
            self.volume = min(_LOUDEST, max(_QUIETEST, self.volume + by * _VOLUME_STEP))
            self._tell_volume()
        else:
            self.speed = min(FASTEST, max(SLOWEST, self.speed + by * _SPEED_STEP))

    @property
    def _own_speed(self) -> int:
        return next(iter(self._voices.values())).rate

    def _tell_volume(self) -> None:
        self._out.tell({"type": "volume", "percent": self.volume})

    def _say(self, reply: int, answer: Answer, *, aloud: bool, confirming: bool, beside: bool) -> None:
        keep = not (answer.aside or confirming or answer.held)
        voice = self._voices.get(answer.language) or next(iter(self._voices.values()))
        # A number that is read back is said once.
        said = voice.sentences(" ".join(answer.replies), twice=keep)
        fields = fields_of(answer, self._emergency_number)
        shown = [one.shown for one in said]
        more = {"id": reply, "sentences": shown, "confirming": confirming, "beside": beside}
        self._out.tell({"type": "answer"} | fields | more)
        if not aloud:
            return
        self._over, self._told_at = None, self._clock()
        # What somebody said, what staff wrote, or a number that is read back leaves nothing on the disk.
        self._mouth.speak(reply, said, voice.at(self.speed), keep=keep)

    def _sound(self, reply: int, sentence: int, last: bool, wav: bytes) -> None:
        self._out.sound({"type": "sound", "id": reply, "sentence": sentence, "last": last}, wav)
