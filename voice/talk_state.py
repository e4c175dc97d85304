"""Where the talk at a kiosk stands."""

from dataclasses import dataclass
from typing import Literal

from voice.talk_events import Doubt

State = Literal["idle", "listening", "thinking", "speaking", "confirming", "asleep"]


@dataclass(frozen=True)
class Talk:
    """Where the talk stands.

    - ``wake``: it begins in ``idle`` and goes to sleep by itself, as every kiosk does that waits; then the
      wake phrase or a touch counts.
    - ``half``: a plain microphone and no screen, hence no echo cancellation: while the kiosk speaks, only
      the wake phrase interrupts it.
    - ``kept``: there is a conversation; ``done``: it has come to its end; ``waiting``: it asks again later.
    - ``reply``: number of the reply spoken last. It counts up, so none is taken for another.
    - ``doubt``: the answer that waits for "is that right?", read back as ``doubted`` says; ``misses``: how
      often in a row that was not answered.
    - ``silent``: what the turn under way brings is not to be spoken; ``firm``: speech does not interrupt it.
    - ``cut``: speech cut off what is said here; ``again``: that was no speech, so it was said once more.
    - ``deaf``: the recogniser broke and people were told; ``loud``: so they were of the noise.
    """

    state: State = "idle"
    wake: bool = False
    half: bool = False
    kept: bool = False
    done: bool = False
    waiting: bool = False
    reply: int = 0
    doubt: str = ""
    doubted: Doubt = ""
    misses: int = 0
    silent: bool = False
    firm: bool = False
    cut: bool = False
    again: bool = False
    deaf: bool = False
    loud: bool = False
