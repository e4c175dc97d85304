"""A database with as many conversations as wanted: a few are really held, and copied with new numbers."""

import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Float,
    Table,
    Text,
    cast,
    create_engine,
    delete,
    func,
    insert,
    literal,
    make_url,
    select,
    text,
    type_coerce,
    update,
)

from bench.carrier import at_the_stand_in
from bench.conversations import Talk
from desk.check_ins import CheckIns
from desk.roster_file import RosterFile
from desk.work import answering_for, store_for, worker_for
from flows.line import load_line
from flows.published import Published
from flows.versions import Versions
from settings import Settings
from sms.late import LateMessages
from sms.message import Message
from store.sealed import HASH_CHARACTERS
from store.tables import alerts, jobs, metadata, sessions

# The most that are stored are spread over so many days, oldest first; fewer are the oldest of them.
DAYS = 10
MOST = 1_000_000
_DAY_SECONDS = 24 * 3600.0
_FIRST_NUMBER = 13_032_000_000
_COPIED = ("sessions", "turns", "alerts", "sends", "check_ins")
# A conversation in so many has something that is due later.
_WITH_JOB = 10
# Columns of text that must not be the same twice, and those that hold a phone number.
_KEYS = ("inbound", "key", "sid")
_NUMBERS = ("person", "recipient", "phone")


class Stored:
    """The conversations in the database that ``environ`` names, to be made more."""

    def __init__(self, environ: dict[str, str], talks: Iterable[Talk]) -> None:
        self._settings = Settings.from_environment(environ)
        self._hold(list(talks))
        url = make_url(self._settings.database_url)
        self._far = url.drivername == "postgresql"
        # Not the product's own way in, which gives up on statements that take long.
        self._engine: Engine = create_engine(url.set(drivername="postgresql+psycopg") if self._far else url)
        self._copies = 0
        self._rows = self._last_rows()

    @property
    def sessions(self) -> int:
        """How many there are."""
        return self._rows["sessions"] * (self._copies + 1)

    def grow(self, count: int) -> None:
        """Makes them ``count``, in whole copies of the ones that were held."""
        last = count // self._rows["sessions"] - 1
        first = self._copies + 1
        if last < first:
            return
        copies = select(literal(first).label("n")).cte("copies", recursive=True)
        copies = copies.union_all(select(copies.c.n + 1).where(copies.c.n < last))
        # Somebody else may have added to them since.
        before = {name: last - first * self._rows[name] for name, last in self._last_rows().items()}
        with self._engine.begin() as connection:
            if self._far:
                # Without a look at the other table for each of millions of references.
                connection.execute(text("set local session_replication_role = replica"))
            for table in _copied():
                old = [self._copied_column(column, copies.c.n, before) for column in table.c]
                rows = select(*old).select_from(copies.join(table, table.c.id <= self._rows[table.name]))
                rows = rows.order_by(copies.c.n, table.c.id)
                connection.execute(insert(table).from_select(list(table.c.keys()), rows))
            self._put_jobs(connection, before["sessions"] + first * self._rows["sessions"])
            if self._far:
                for name in (*_COPIED, "jobs"):
                    connection.execute(
                        text(f"select setval(pg_get_serial_sequence('{name}', 'id'), max(id)) from {name}")
                    )
        self._copies = last
        # What each database does by itself in the time that so many conversations take.
        tidy = "vacuum analyze" if self._far else "pragma wal_checkpoint(truncate)"
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(tidy))

    def bytes(self) -> int:
        """What the database takes on disk."""
        with self._engine.begin() as connection:
            if self._far:
                size = text("select pg_database_size(current_database())")
            else:
                size = text("select page_count * page_size from pragma_page_count, pragma_page_size")
            return int(connection.execute(size).scalar_one())

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()

    def _hold(self, talks: list[Talk]) -> None:
        """Holds ``talks`` long ago, with everything that the worker then does, and closes their alerts."""
        at_the_stand_in()
        settings = self._settings
        clock = [time.time() - DAYS * _DAY_SECONDS]
        versions = Versions(settings.flow, Published(settings.versions_of(settings.flow)), load_line())
        file = RosterFile(settings.roster)
        check_ins = CheckIns(versions, file)
        store = store_for(settings, check_ins, lambda: clock[0])
        answering = answering_for(settings, versions, store, file)
        late = LateMessages.of(answering, settings)
        worker = worker_for(settings, versions, store, file, check_ins, late)
        for number, talk in enumerate(talks):
            for place, said in enumerate(talk.texts):
                message = Message(f"SMstored{number}-{place}", f"+{_FIRST_NUMBER + number}", said, 0, "")
                answering.answer(message, clock[0])
            while worker.work():
                pass
            clock[0] += DAYS * _DAY_SECONDS / MOST
        with store.database.transaction() as connection:
            connection.execute(update(alerts).values(state="closed", closed_by="sam", closed_at=clock[0]))
            connection.execute(delete(jobs))
        store.database.close()

    def _last_rows(self) -> dict[str, int]:
        with self._engine.begin() as connection:
            return {
                table.name: int(connection.execute(select(func.max(table.c.id))).scalar() or 0)
                for table in _copied()
            }

    def _copied_column(
        self, column: Column[Any], n: ColumnElement[int], before: dict[str, int]
    ) -> ColumnElement[Any]:
        """What ``column`` has in copy ``n``; numbers of rows begin after those of ``before``."""
        keys = list(column.foreign_keys)
        if column.primary_key or keys:
            table = keys[0].column.table if keys else column.table
            return column + n * self._rows[table.name] + before[table.name]
        if column.name in _KEYS:
            return column + "-" + cast(n, Text)
        if column.name in _NUMBERS:
            # Found by a hash that nobody else has; the number that is sealed behind it stays the same.
            kept = type_coerce(column, Text)
            other = cast(n + 10**11, Text)
            return func.substr(kept, 1, HASH_CHARACTERS - 12) + other + func.substr(kept, HASH_CHARACTERS + 1)
        if isinstance(column.type, Float):
            return column + n * (DAYS * _DAY_SECONDS / MOST * self._rows["sessions"])
        return column

    def _put_jobs(self, connection: Connection, above: int) -> None:
        later = time.time() + _DAY_SECONDS
        row: dict[str, ColumnElement[Any]] = {
            "key": literal("stored:") + cast(sessions.c.id, Text),
            "kind": literal("check_in"),
            "urgent": literal(False),
            "person": sessions.c.person,
            "session": sessions.c.id,
            "payload": literal(self._settings.open_keys().seal("{}")),
            "due": literal(later) + sessions.c.id,
            "leased_until": literal(0.0),
            "lease": literal(""),
            "attempts": literal(0),
            "state": literal("waiting"),
        }
        some = select(*row.values()).where(sessions.c.id > above, sessions.c.id % _WITH_JOB == 0)
        connection.execute(insert(jobs).from_select(list(row), some))


def _copied() -> list[Table]:
    return [metadata.tables[name] for name in _COPIED]
