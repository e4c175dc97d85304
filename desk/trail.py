"""The audit trail: who looked at what and did what. It is only added to, and each line seals those before.

Whoever changes a line, or takes one out, breaks every hash behind it. Whoever cuts off the end breaks none:
so `Verdict.head` is to be written down elsewhere from time to time, and looked for again.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from store.database import Database
from store.tables import trail

# All lines are written one after the other, whatever process does so.
_LINE = "desk:trail"
_BEGINNING = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One line: ``who`` did ``action`` (such as ``view``) to ``about`` (such as ``conversation 12``)."""

    id: int
    at: float
    who: str
    action: str
    about: str
    details: str


@dataclass(frozen=True)
class Verdict:
    """``entries`` lines were read; ``broken`` is the first that is not as it was written, or ``None``.

    ``head`` is the hash of the last good line.
    """

    entries: int
    broken: int | None
    head: str


class Trail:
    """The trail in ``database``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, now: float, who: str, action: str, about: str = "", details: str = "") -> None:
        """Adds a line. It holds no words of the person whom it is about, and no number.

        Raises one of `store.database.TROUBLE`; then what was to be done is not to be done.
        """

        def add(connection: Connection) -> None:
            newest = select(trail.c.id, trail.c.hash).order_by(trail.c.id.desc()).limit(1)
            before = connection.execute(newest).one_or_none()
            number, seal = (before.id + 1, before.hash) if before else (1, _BEGINNING)
            entry = Entry(number, now, who, action, about, details)
            connection.execute(insert(trail).values(**vars(entry), hash=_sealed(entry, seal)))

        self._database.keep(_LINE, add)

    def about(self, about: str, most: int = 100) -> list[Entry]:
        """What was done about ``about``, newest first."""
        return self.newest(most, about=about)

    def newest(self, most: int, *, who: str = "", about: str = "") -> list[Entry]:
        """The last lines, newest first; only those of ``who``, or about ``about``, where that is given."""
        found = select(trail).order_by(trail.c.id.desc()).limit(most)
        if who:
            found = found.where(trail.c.who == who)
        if about:
            found = found.where(trail.c.about == about)
        with self._database.glance() as connection:
            return [_entry(row) for row in connection.execute(found)]

    def verify(self) -> Verdict:
        """Reads every line and computes its hash again."""
        seal, entries = _BEGINNING, 0
        with self._database.reading() as connection:
            for row in connection.execute(select(trail).order_by(trail.c.id)):
                entries += 1
                sealed = _sealed(_entry(row), seal)
                if row.id != entries or sealed != row.hash:
                    return Verdict(entries, int(row.id), seal)
                seal = sealed
        return Verdict(entries, None, seal)

    def holds(self, head: str) -> bool:
        """Whether a line has the hash ``head``, which was written down earlier."""
        with self._database.glance() as connection:
            found = connection.execute(select(trail.c.id).where(trail.c.hash == head))
            return found.one_or_none() is not None


def _entry(row: Any) -> Entry:
    return Entry(row.id, row.at, row.who, row.action, row.about, row.details)


def _sealed(entry: Entry, before: str) -> str:
    line = json.dumps([before, *vars(entry).values()], ensure_ascii=True)
    return hashlib.sha256(line.encode()).hexdigest()
