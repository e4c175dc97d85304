"""When somebody begins and has finished to speak. Pure: it counts sound, not the clock."""

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

from voice.vad import FRAME_SECONDS

Kind = Literal["yes_no", "number", "choice", "open"]


class Mark(Enum):
    """What a frame shows."""

    STARTED = auto()
    PAUSED = auto()
    RESUMED = auto()
    ENDED = auto()
    # Nobody began to speak for as long as is waited.
    NOBODY = auto()
    # Somebody spoke for as long as is listened; what they said until then counts.
    TOO_LONG = auto()


@dataclass(frozen=True)
class Pace:
    """Seconds: the silence that ends an utterance, how long to wait for one, and how long one may be."""

    pause: float
    patience: float
    longest: float


# People leave about 0.2 s between turns and pause longer inside a description. After a plain question
# little is lost by answering early, because who goes on is heard as well.
PACES: dict[Kind, Pace] = {
    "yes_no": Pace(0.45, 8.0, 15.0),
    "number": Pace(0.6, 8.0, 15.0),
    "choice": Pace(0.6, 8.0, 15.0),
    "open": Pace(0.8, 10.0, 30.0),
}

# Speech begins with three of four frames (96 of 128 ms) that are likely speech: a plate's clank is
# shorter, and a "no" is not. It goes on while a frame is not clearly something else.
_LIKELY = 0.5
_UNLIKELY = 0.25
_WINDOW = 4
_NEEDED = 3
# After this much silence (seconds) the words so far are worth writing down.
_SHORT_PAUSE = 0.12


class Endpointer:
    """Turns probabilities of speech, one for each frame, into marks. One object for each utterance."""

    def __init__(self, kind: Kind = "open", forever: bool = False) -> None:
        """With ``forever``, the first word is waited for without end."""
        self._pace = PACES[kind]
        self._forever = forever
        self._recent: deque[bool] = deque(maxlen=_WINDOW)
        self._waited = 0.0
        self._length = 0.0
        self._silence = 0.0
        self._over = False
        self.speaking = False
        self.paused = False
        self.speech_seconds = 0.0

    def expect(self, kind: Kind) -> None:
        """The utterance under way is the answer to a question of ``kind``."""
        self._pace, self._forever = PACES[kind], False

    def hear(self, probability: float) -> Mark | None:
        """What the next frame shows; ``None`` for nothing new, and ever after the utterance is over."""
        if self._over:
            return None
        return self._goes_on(probability) if self.speaking else self._begins(probability)

    def _begins(self, probability: float) -> Mark | None:
        self._recent.append(probability >= _LIKELY)
        self._waited += FRAME_SECONDS
        if sum(self._recent) >= _NEEDED:
            self.speaking = True
            self._length = self.speech_seconds = sum(self._recent) * FRAME_SECONDS
            return Mark.STARTED
        # Who is just beginning is not cut off.
        if not self._forever and self._waited >= self._pace.patience and not any(self._recent):
            self._over = True
            return Mark.NOBODY
        return None

    def _goes_on(self, probability: float) -> Mark | None:
        self._length += FRAME_SECONDS
        if probability >= (_LIKELY if self.paused else _UNLIKELY):
            self._silence = 0.0
            self.speech_seconds += FRAME_SECONDS
            if self.paused:
                self.paused = False
                return Mark.RESUMED
        else:
            self._silence += FRAME_SECONDS
            if self._silence >= self._pace.pause:
                self._over = True
                return Mark.ENDED
            if self._silence >= _SHORT_PAUSE and not self.paused:
                self.paused = True
                return Mark.PAUSED
        if self._length >= self._pace.longest:
            self._over = True
            return Mark.TOO_LONG
        return None
