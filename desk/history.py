"""Conversations of the past: the latest, those of a number, those that said a word."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from flows.levels import Level
from store.tables import alerts, sessions, turns

# So many are shown, and so many turns are read for a word at most, the latest first.
MOST_FOUND, MOST_READ = 50, 4_000
_NUMBER = re.compile(r"\+\d{7,15}")


@dataclass(frozen=True)
class Found:
    """A conversation, with its first words. ``outcome`` is that of its last alert."""

    id: int
    person: str
    channel: str
    level: Level
    started_at: float
    first: str
    outcome: str


@dataclass(frozen=True)
class Results:
    """What was found. ``cut``: there may be more, of longer ago than was looked through or is shown."""

    found: tuple[Found, ...]
    cut: bool

    def __iter__(self) -> Iterator[Found]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)


def found(connection: Connection, wanted: str, level: Level | None = None) -> Results:
    """The latest conversations first: those with ``wanted`` in what was said, or of the number it is.

    A number is written whole, such as +15551234567: only its hash is looked for. With a ``level`` only those
    that came to it. ``""`` finds all of them.
    """
    wanted, cut = wanted.strip().lower(), False
    number = _NUMBER.fullmatch(wanted.replace(" ", "").replace("-", ""))
    latest = select(sessions).order_by(sessions.c.id.desc())
    if level is not None:
        latest = latest.where(sessions.c.level == level.id)
    if number:
        ways = [sessions.c.person == number[0], sessions.c.person == f"whatsapp:{number[0]}"]
        latest = latest.where(or_(*ways, sessions.c.phone == number[0]))
    elif wanted:
        said, cut = _said(connection, wanted)
        latest = latest.where(sessions.c.id.in_(said))
    rows = connection.execute(latest.limit(MOST_FOUND + 1)).all()
    rows, cut = rows[:MOST_FOUND], cut or len(rows) > MOST_FOUND
    firsts, outcomes = _beside(connection, [int(row.id) for row in rows])
    results = tuple(
        Found(
            int(row.id),
            str(row.person),
            str(row.channel),
            Level.from_id(str(row.level)),
            float(row.started_at),
            firsts.get(int(row.id), ""),
            outcomes.get(int(row.id), ""),
        )
        for row in rows
    )
    return Results(results, cut)


def _said(connection: Connection, wanted: str) -> tuple[list[int], bool]:
    """The conversations in which it was said, and whether there are turns of longer ago.

    Read here and not in the database, which may not be able to.
    """
    lately = select(turns.c.session, turns.c.said, turns.c.replies).order_by(turns.c.id.desc())
    said, read = [], 0
    for read, row in enumerate(connection.execute(lately.limit(MOST_READ + 1)), 1):
        texts = [row.said, *(reply["text"] for reply in json.loads(row.replies))]
        if read <= MOST_READ and any(wanted in text.lower() for text in texts):
            said.append(int(row.session))
    return said, read > MOST_READ


def _beside(connection: Connection, conversations: list[int]) -> tuple[dict[int, str], dict[int, str]]:
    """The first words of each conversation, and the outcome of its last alert."""
    first = select(func.min(turns.c.id)).where(turns.c.session.in_(conversations), turns.c.said != "")
    said = select(turns.c.session, turns.c.said).where(turns.c.id.in_(first.group_by(turns.c.session)))
    last = select(func.max(alerts.c.id)).where(alerts.c.session.in_(conversations))
    came = select(alerts.c.session, alerts.c.outcome).where(alerts.c.id.in_(last.group_by(alerts.c.session)))
    return (
        {int(row.session): str(row.said) for row in connection.execute(said)},
        {int(row.session): str(row.outcome or "") for row in connection.execute(came)},
    )
