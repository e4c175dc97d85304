"""What the ears of a stream wait for, and what they notice."""

from dataclasses import dataclass

from voice.endpointing import Kind
from voice.recogniser import Transcript


@dataclass(frozen=True)
class Expects:
    """What is waited for: ``phrases`` are all that can be answered, and none for an open question."""

    kind: Kind = "open"
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What speaks for a transcript.

    ``snr_db`` is how far the voice stood out from the room, ``noise_db`` how loud the room was (full scale
    0), ``seconds`` how long somebody spoke. ``agreed`` says that a second decoding gave the same words,
    ``cut_off`` that they were still speaking when the longest utterance was over.
    """

    snr_db: float
    noise_db: float
    seconds: float
    agreed: bool
    cut_off: bool


@dataclass(frozen=True)
class Woken:
    """The wake phrase was said."""


@dataclass(frozen=True)
class Started:
    """Somebody began to speak."""


@dataclass(frozen=True)
class Partial:
    """The words so far; they may still change."""

    text: str


@dataclass(frozen=True)
class Paused:
    """Somebody stopped speaking and may go on."""


@dataclass(frozen=True)
class Ended:
    """Somebody has finished; the text is ``""`` when no words were in what they said."""

    transcript: Transcript
    evidence: Evidence


@dataclass(frozen=True)
class Nobody:
    """Nobody spoke for as long as is waited."""


@dataclass(frozen=True)
class Level:
    """How loud it is, how loud the room is (dB, full scale 0), and whether voices still stand out from it."""

    db: float
    noise_db: float
    speech: bool
    too_loud: bool


Noticed = Woken | Started | Partial | Paused | Ended | Nobody | Level
