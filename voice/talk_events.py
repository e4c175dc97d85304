"""What may happen at a kiosk, as `voice.talk` is told."""

from dataclasses import dataclass
from typing import Literal

# How an answer that would lower the worry is read back: the key of the words.
Doubt = Literal["", "no", "none", "text"]


@dataclass(frozen=True)
class Greeted:
    """A front end is there. ``kept``: it goes on with a conversation."""

    wake: bool = False
    half: bool = False
    kept: bool = False


@dataclass(frozen=True)
class Called:
    """The wake phrase was said, or "talk" touched."""


@dataclass(frozen=True)
class Began:
    """Somebody began to speak."""


@dataclass(frozen=True)
class Alarmed:
    """The words so far say an emergency outright."""

    text: str


@dataclass(frozen=True)
class Words:
    """Final words, spoken or typed.

    ``doubt`` is how to read them back when they would lower the worry and are not sure; ``agrees`` is what
    they say to "is that right?", ``None`` where that is not told surely; ``command`` is one that is in them,
    and ``worrying`` says that a sign is.
    """

    text: str
    typed: bool = False
    doubt: Doubt = ""
    agrees: bool | None = None
    command: str = ""
    worrying: bool = False


@dataclass(frozen=True)
class Nobody:
    """Nobody spoke, or no words were in what they said."""


@dataclass(frozen=True)
class Opening:
    """The front end asks for the first question."""


@dataclass(frozen=True)
class Answered:
    """The turn was taken. Its answer is ``done``, and asks again later when it is ``waiting``."""

    done: bool = False
    waiting: bool = False
    kept: bool = True


@dataclass(frozen=True)
class Finished:
    """Reply ``reply`` was spoken to its end."""

    reply: int


@dataclass(frozen=True)
class Hushed:
    """Somebody touched "be quiet"."""


@dataclass(frozen=True)
class Left:
    """Back to sleep; the conversation is kept."""


@dataclass(frozen=True)
class Restarted:
    """The screen was cleared: the conversation is over."""


@dataclass(frozen=True)
class Due:
    """It is time to ask again."""


@dataclass(frozen=True)
class FromStaff:
    """Staff did something with the conversation, and ``asks`` is the turn that tells the person.

    They wrote or took it over (``timed_out``), or gave it back (``started``).
    """

    asks: Literal["timed_out", "started"]


@dataclass(frozen=True)
class Faded:
    """The conversation was kept for as long as one is."""


@dataclass(frozen=True)
class Broke:
    """The recogniser does not work."""


@dataclass(frozen=True)
class Loud:
    """It has been too loud to hear anybody for some seconds."""


Event = (
    Greeted
    | Called
    | Began
    | Alarmed
    | Words
    | Nobody
    | Opening
    | Answered
    | Finished
    | Hushed
    | Left
    | Restarted
    | Due
    | FromStaff
    | Faded
    | Broke
    | Loud
)
