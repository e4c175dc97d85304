"""What a text message costs to send, counted as carriers and Twilio count it."""

from dataclasses import dataclass
from typing import Literal

import smsutil


@dataclass(frozen=True)
class Segments:
    """``count`` segments of 160 (153 when several) GSM-7 or 70 (67) UCS-2 characters."""

    encoding: Literal["GSM-7", "UCS-2"]
    count: int


def segments(text: str) -> Segments:
    """What ``text`` costs to send. One character outside of GSM-7 makes all of it UCS-2."""
    return Segments("GSM-7" if smsutil.is_valid_gsm(text) else "UCS-2", len(smsutil.split(text).parts))


def outside_gsm7(text: str) -> list[tuple[int, str]]:
    """Each different character of ``text`` that is outside of GSM-7, and where it first stands (from 0)."""
    foreign = dict.fromkeys(char for char in text if not smsutil.is_valid_gsm(char))
    return [(text.index(char), char) for char in foreign]
