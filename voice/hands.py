"""What a conversation at a kiosk works with."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voice.dialogue import Dialogue
from voice.listener import Listener
from voice.speech_cache import SpeechCache


@dataclass(frozen=True)
class Hands:
    """What every conversation of a server shares.

    ``listen`` makes the ears of one stream, or raises; ``None`` where nothing can be heard. ``hears`` is the
    language that they hear, or ``""``. ``now`` is the store's clock, and ``clock`` one that only runs forward
    (s).
    """

    dialogue: Dialogue
    voices: Mapping[str, SpeechCache]
    listen: Callable[[], Listener] | None
    hears: str
    emergency_number: str
    now: Callable[[], float]
    clock: Callable[[], float] = time.monotonic
