"""Conversations of the past: the latest, those of a number, those that said a word."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Row, select

from flows.levels import Level
from store.tables import alerts, sessions, turns

# So many are shown, and so many turns are read for a word at most, the latest first.
MOST_FOUND, MOST_READ = 50, 20_000
# This many digits are a number that is looked for.
_DIGITS = 4


@dataclass(frozen=True)
class Found:
    """A conversation, with its first and latest words. ``outcome`` is that of its last alert."""

    id: int
    person: str
    channel: str
    level: Level
    started_at: float
    first: str
    outcome: str


def found(connection: Connection, wanted: str, level: Level | None = None) -> list[Found]:
    """The latest conversations first: those with ``wanted`` in what was said, or of the number it is.

    With a ``level`` only those that came to it. ``""`` finds all of them.
    """
    wanted = wanted.strip().lower()
    digits = "".join(filter(str.isdigit, wanted))
    latest = select(sessions).order_by(sessions.c.id.desc())
    if level is not None:
        latest = latest.where(sessions.c.level == level.id)
    if wanted and len(digits) >= _DIGITS and not any(map(str.isalpha, wanted)):
        latest = latest.where(sessions.c.person.endswith(digits, autoescape=True))
    elif wanted:
        latest = latest.where(sessions.c.id.in_(list(_said(connection, wanted))))
    return [_one(connection, row) for row in connection.execute(latest.limit(MOST_FOUND))]


def _said(connection: Connection, wanted: str) -> Iterator[int]:
    """The conversations in which it was said. Read here and not in the database, which may not be able to."""
    lately = select(turns.c.session, turns.c.said, turns.c.replies).order_by(turns.c.id.desc())
    for row in connection.execute(lately.limit(MOST_READ)):
        texts = [row.said, *(reply["text"] for reply in json.loads(row.replies))]
        if any(wanted in text.lower() for text in texts):
            yield int(row.session)


def _one(connection: Connection, row: Row[tuple[object, ...]]) -> Found:
    said = select(turns.c.said).where(turns.c.session == row.id, turns.c.said != "").order_by(turns.c.id)
    came = select(alerts.c.outcome).where(alerts.c.session == row.id).order_by(alerts.c.id.desc())
    return Found(
        int(row.id),
        str(row.person),
        str(row.channel),
        Level.from_id(str(row.level)),
        float(row.started_at),
        str(connection.execute(said.limit(1)).scalar() or ""),
        str(connection.execute(came.limit(1)).scalar() or ""),
    )
