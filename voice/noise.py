"""How loud the room is, and how far a voice stands out from it. Pure: sound in, decibels out."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from voice.vad import FRAME_SECONDS
from voice.wav import Samples

# Full scale is 0 dB; nothing is quieter than this.
QUIETEST = -90.0
# The room is what was heard between words in the last seconds.
_ROOM_SECONDS = 6.0
_VOICE_SECONDS = 3.0
# Whisper tiny.en gets 20 % of the words wrong at 20 dB, 49 % at 10 dB and 84 % at 5 dB: from 8 dB down
# answers are guesses. A louder voice, or a room that calmed down, has to be clearly better to count.
_TOO_LITTLE = 8.0
_ENOUGH = 12.0
# Whether nobody can be heard must be known before they speak: a voice a metre away is about -30 dB.
_USUAL_VOICE = -26.0
_BEFORE_THEY_SPEAK = 10


@dataclass(frozen=True)
class Loudness:
    """Decibels, full scale 0: the moment, the room, and how far voices stand out from the room."""

    db: float
    noise_db: float
    snr_db: float


class NoiseMeter:
    """Measures one stream, frame by frame."""

    def __init__(self) -> None:
        self._room: deque[float] = deque(maxlen=round(_ROOM_SECONDS / FRAME_SECONDS))
        self._voice: deque[float] = deque(maxlen=round(_VOICE_SECONDS / FRAME_SECONDS))
        self.too_loud = False
        self.db = QUIETEST

    def hear(self, samples: Samples, speech: bool) -> None:
        """Takes the next frame, from -1 to 1; ``speech`` says whether somebody speaks in it."""
        self.db = max(QUIETEST, 10 * float(np.log10((samples**2).mean() + 1e-9)))
        (self._voice if speech else self._room).append(self.db)

    def new_voice(self) -> None:
        """Somebody begins: the voice measured until now may have been another's."""
        self._voice.clear()

    def now(self) -> Loudness:
        """What was measured lately, also taking note of whether it is too loud."""
        noise = float(np.median(self._room)) if self._room else QUIETEST
        known = len(self._voice) >= _BEFORE_THEY_SPEAK
        # Between syllables a voice is as quiet as the room, so what counts is its louder half. What is
        # measured then is voice and room together.
        voice = float(np.percentile(self._voice, 75)) if known else _USUAL_VOICE
        both = 10 ** (voice / 10)
        alone = max(both - 10 ** (noise / 10), both * 0.01)
        snr = 10 * float(np.log10(alone)) - noise
        if len(self._room) * FRAME_SECONDS >= 0.5:
            self.too_loud = snr < (_ENOUGH if self.too_loud else _TOO_LITTLE)
        return Loudness(self.db, noise, snr)
