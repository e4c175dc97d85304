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


Event = Started | Text | Speech | Silence | TimedOut | DaysLater
