"""A conversation as staff read it: who said what and when, with the words that raised flags marked."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from flows.holding import STAFF_WORDS
from flows.turn import Trace
from store.tables import turns

# More turns of one conversation are not shown at once.
MOST_TURNS = 200

Who = Literal["person", "spotter", "staff"]


@dataclass(frozen=True)
class Part:
    """A piece of a text; ``flag`` is what it was taken for, ``""`` where it was taken for nothing."""

    text: str
    flag: str = ""
    polarity: str = ""


@dataclass(frozen=True)
class Line:
    """Something said at ``at`` (seconds since 1970). ``by`` is the name of somebody of the staff."""

    at: float
    who: Who
    parts: tuple[Part, ...]
    by: str = ""


def transcript(connection: Connection, session: int) -> list[Line]:
    """What was said in the conversation with this row, oldest first, the last turns of it."""
    latest = select(turns).where(turns.c.session == session).order_by(turns.c.id.desc()).limit(MOST_TURNS)
    lines: list[Line] = []
    for row in reversed(connection.execute(latest).all()):
        trace = [Trace(**one) for one in json.loads(row.trace)]
        by = next((one.name for one in trace if one.what == "staff"), "")
        if row.said:
            lines.append(Line(row.at, "person", marked(row.said, trace)))
        for reply in json.loads(row.replies):
            who: Who = "staff" if reply["key"] == STAFF_WORDS else "spotter"
            lines.append(Line(row.at, who, (Part(reply["text"]),), by if who == "staff" else ""))
    return lines


def marked(said: str, trace: Iterable[Trace]) -> tuple[Part, ...]:
    """``said`` in pieces, of which those that a flag rests on are marked. Of two that overlap, the first."""
    parts: list[Part] = []
    done = 0
    for one in sorted(_of_flags(trace), key=lambda one: one.start):
        if done <= one.start < one.end <= len(said):
            flag, _, polarity = one.name.partition(" ")
            parts += [Part(said[done : one.start]), Part(said[one.start : one.end], flag, polarity)]
            done = one.end
    parts.append(Part(said[done:]))
    return tuple(part for part in parts if part.text)


def _of_flags(trace: Iterable[Trace]) -> Sequence[Trace]:
    return [one for one in trace if one.what == "flag" and one.start >= 0]
