"""How a text is cut up on its way: what carriers bill, and what Twilio takes at once."""

import re
from dataclasses import dataclass
from typing import Literal

import smsutil

# Twilio refuses a longer body (error 21617).
BODY_LIMIT = 1600

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+|\n+")


@dataclass(frozen=True)
class Segments:
    """``count`` segments of 160 (153 when several) GSM-7 or 70 (67) UCS-2 characters."""

    encoding: Literal["GSM-7", "UCS-2"]
    count: int


def segments(text: str) -> Segments:
    """What ``text`` costs to send. One character outside of GSM-7 makes all of it UCS-2."""
    return Segments("GSM-7" if smsutil.is_valid_gsm(text) else "UCS-2", len(smsutil.split(text).parts))


def bodies(text: str, limit: int = BODY_LIMIT) -> list[str]:
    """``text`` in bodies of at most ``limit`` characters, cut at the end of a sentence where there is one."""
    rest, cut = text.strip(), []
    while len(rest) > limit:
        ends = [found.start() for found in _SENTENCE_END.finditer(rest, 0, limit + 1)]
        end = ends[-1] if ends else rest.rfind(" ", 1, limit + 1)
        end = end if end > 0 else limit
        cut.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*cut, rest] if rest else cut
