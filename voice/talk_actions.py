"""What is to be done at a kiosk, as `voice.talk` says."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Hear:
    """What the ears are to do, as `voice.listener.Listener` calls it; ``confirm`` listens for yes or no."""

    how: Literal["wait", "guard", "listen", "confirm"]


@dataclass(frozen=True)
class Take:
    """Take a turn of the conversation, and tell with `Answered` what came of it."""

    kind: Literal["speech", "text", "started", "silence", "timed_out"]
    text: str = ""


@dataclass(frozen=True)
class Apologise:
    """Say that nothing can be heard and whom to call, and tell with `Answered`."""


@dataclass(frozen=True)
class Deliver:
    """Show the newest answer as reply ``reply``, and speak it if ``aloud``."""

    reply: int
    aloud: bool = True


@dataclass(frozen=True)
class Tell:
    """Say words of the kiosk's own as reply ``reply``, beside the open question.

    ``key`` is that of the words, which may read ``text`` back.
    """

    reply: int
    key: str
    text: str = ""
    confirming: bool = False


@dataclass(frozen=True)
class Quiet:
    """Stop speaking reply ``reply``."""

    reply: int


@dataclass(frozen=True)
class Turn:
    """Turn the voice up (1) or down (-1), or make it faster or slower."""

    what: Literal["volume", "speed"]
    by: int


@dataclass(frozen=True)
class Forget:
    """Nothing of the conversation may be shown or gone on with."""


Action = Hear | Take | Apologise | Deliver | Tell | Quiet | Turn | Forget
