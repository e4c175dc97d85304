"""The connection to the database: how it is opened, and one transaction at a time."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url

from store.tables import metadata

# A caller waits this long for the transactions before it, and SQLite as long for other processes.
# Together they stay well under the 15 seconds that Twilio waits for an answer.
WAIT_SECONDS = 4.0


class BusyError(RuntimeError):
    """The database did not become free within ``WAIT_SECONDS``."""


class Database:
    """An SQLite file. Nothing is opened before it is needed, so that a missing one mends itself."""

    def __init__(self, url: str) -> None:
        self._path = Path(make_url(url).database or "")
        self._lock = threading.Lock()
        # Parameters hold texts and phone numbers, and errors are logged.
        self._engine = create_engine(url, hide_parameters=True, connect_args={"timeout": WAIT_SECONDS})
        event.listen(self._engine, "connect", self._opened)
        event.listen(self._engine, "checkout", self._still_the_same_file)
        event.listen(self._engine, "begin", _begin)

    @property
    def engine(self) -> Engine:
        """For looking at the rows outside of a turn."""
        return self._engine

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction, committed at the end, undone when the block raises.

        SQLite has one writer: waiting for it in line here costs less than colliding there. Raises
        `BusyError`, or SQLAlchemy's errors when the database cannot be used.
        """
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            raise BusyError(f"the database was busy for {WAIT_SECONDS:g} seconds")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._engine.begin() as connection:
                if "tables" not in connection.info:
                    metadata.create_all(connection)
                    connection.info["tables"] = True
                yield connection
        finally:
            self._lock.release()

    def close(self) -> None:
        """Closes the file; the next transaction opens it again."""
        self._engine.dispose()

    def _identity(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_dev, found.st_ino

    def _opened(self, connection: Any, record: Any) -> None:
        connection.isolation_level = None  # sqlite3 would begin transactions by itself, and too late
        _use_write_ahead_log(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        record.info["file"] = self._identity()

    def _still_the_same_file(self, _connection: Any, record: Any, _proxy: Any) -> None:
        """An open file that was moved away still takes writes, and nobody would ever find them."""
        try:
            same = record.info.get("file") == self._identity()
        except OSError:
            same = False
        if not same:
            raise exc.DisconnectionError("the database file was replaced")


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Readers and the writer then do not wait for each other.

    Two processes that open a new file at the same moment collide here, and SQLite does not wait by
    itself for this one statement.
    """
    give_up = time.monotonic() + WAIT_SECONDS
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
    connection.exec_driver_sql("BEGIN IMMEDIATE")
