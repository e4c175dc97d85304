"""What can happen in a conversation. A channel makes one of these; the engine answers it."""

from dataclasses import dataclass

from flows.heard import Heard


@dataclass(frozen=True)
class Started:
    """Somebody opened a conversation and has not said anything yet."""


@dataclass(frozen=True)
class Text:
    """Somebody typed or tapped something. ``pictures`` counts attachments that cannot be read."""

    heard: Heard
    pictures: int = 0


@dataclass(frozen=True)
class Speech:
    """Somebody said something, as the recogniser wrote it down."""

    heard: Heard


@dataclass(frozen=True)
class Silence:
    """The kiosk listened and nobody spoke."""


@dataclass(frozen=True)
class TimedOut:
    """A wait that the conversation had asked for (``Schedule``) is over."""

    kind: str


@dataclass(frozen=True)
class DaysLater:
    """Days after an advice it is time to ask how the person is. The session is a fresh one."""


@dataclass(frozen=True)
class StaffSaid:
    """``by``, somebody of the staff, takes the conversation over or goes on with it.

    ``words`` are for the person; ``""`` when there is nothing to say yet.
    """

    by: str
    words: str = ""


@dataclass(frozen=True)
class HandedBack:
    """``by``, somebody of the staff, gives the conversation back: it goes on by itself."""

    by: str


Event = Started | Text | Speech | Silence | TimedOut | DaysLater | StaffSaid | HandedBack
