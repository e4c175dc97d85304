"""What is said between the server and the recogniser's process."""

from dataclasses import dataclass
from typing import Any, Literal

from voice.recogniser import Transcript


@dataclass(frozen=True)
class Here:
    """The first message from the process: what it hears with, as in `voice.choose.Hearing`.

    ``name`` is ``""`` when it cannot hear.
    """

    name: str
    language: str
    sentence: str
    hears_hey_spotter: bool = False


@dataclass(frozen=True)
class Told:
    """One message to the process, about the utterance ``number``: with the phrases, or the sound."""

    number: int
    verb: Literal["begin", "feed", "pause", "finish", "drop", "alive"]
    what: Any = None


@dataclass(frozen=True)
class Heard:
    """One message from the process about the utterance ``number``: words so far, all of them, or why none."""

    number: int
    what: str | Transcript | Exception
