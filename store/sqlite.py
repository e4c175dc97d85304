"""A database in a file: how it is opened, and one transaction at a time."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError

from flows.broken import where
from store.commits import Commits
from store.database import LINE_SECONDS, PROCESS_SECONDS, BusyError, Database, Result
from store.keys import Keys
from store.migrate import migrate
from store.sealed import Seal, seal_with

log = logging.getLogger(__name__)

# The writer, and as many threads as look at once without one more being opened for each look.
_CONNECTIONS = 20


class SQLite(Database):
    """An SQLite file."""

    one_writer = True

    def __init__(self, url: str, keys: Keys) -> None:
        self._path = Path(make_url(url).database or "")
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._opened_file = (0, 0)
        self._commits = Commits(self.transaction)
        # Parameters hold texts and phone numbers, and errors are logged. They are given by name, so that
        # a `Statement` can hand its values over as they are.
        self._engine = create_engine(
            url,
            hide_parameters=True,
            paramstyle="named",
            pool_size=_CONNECTIONS,
            connect_args={"timeout": PROCESS_SECONDS},
        )
        self._seal = Seal(keys)
        seal_with(self._engine, self._seal)
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The one transaction at a time, as `Database.transaction`."""
        # SQLite has one writer: waiting for it in line here costs less than colliding there.
        if not self._lock.acquire(timeout=LINE_SECONDS):
            raise BusyError(f"the database was busy for {LINE_SECONDS:g} seconds")
        try:
            connection = self._usable()
            with connection.begin():
                yield connection
        except (SQLAlchemyError, OSError):
            self._drop()
            raise
        finally:
            self._lock.release()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Beside the writer, on what was kept when it began."""
        with self.transaction():
            pass  # the file is there, ours, up to date and free
        with self.glance() as connection:
            yield connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """Beside the writer, without a look at how the file is."""
        if self._seal.locked:
            with self.transaction():
                pass  # nobody opened it yet
        with self._engine.connect().execution_options(reading=True) as connection, connection.begin():
            yield connection

    def keep(self, person: str, work: Callable[[Connection], Result]) -> Result:  # noqa: ARG002
        """One writer is one after the other already: everybody's work shares its transactions."""
        return self._commits.keep(work)

    def now(self) -> float:
        """This machine's clock: nobody else has the file."""
        return time.time()

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._drop()

    def _usable(self) -> Connection:
        """The open connection, since opening one for each turn takes as long as the turn.

        An open file that was moved away still takes writes, and nobody would ever find them.
        """
        if self._connection and self._file() != self._opened_file:
            self._drop()
        if not self._connection:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(0o600)
            self._path.chmod(0o600)
            connection = self._engine.connect()
            # Before the migration, which takes long enough for the file to be replaced in it.
            self._opened_file = self._file()
            try:
                with connection.begin():
                    changed = migrate(connection)
                    self._seal.unlock(connection)
                if changed:
                    _leave_nothing_behind(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _drop(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None
        self._engine.dispose()

    def _file(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return (0, 0)
        return found.st_dev, found.st_ino


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # sqlite3 would begin transactions by itself, and too late
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what is forgotten is not left on unused pages


def _leave_nothing_behind(connection: Connection) -> None:
    """Writes the file anew: what was changed in a migration is still on unused pages and in the log."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    try:
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        # Another process has it open, or the disk is too full for a second copy: no reason not to start.
        log.error("the database could not be written anew after its change: %s", where(error))


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Readers and the writer then do not wait for each other.

    Two processes that open a new file at the same moment collide here, and SQLite does not wait by
    itself for this one statement.
    """
    give_up = time.monotonic() + PROCESS_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later fails when another one wrote in between.
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
