"""A PostgreSQL server, for several machines: a pool of connections, and its clock for everybody."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import Connection, bindparam, create_engine, func, make_url, select, text

from store.database import LINE_SECONDS, PROCESS_SECONDS, Database, Result
from store.keys import Keys
from store.migrate import migrate
from store.sealed import Hashed, Seal, seal_with
from store.statement import Statement

# As many as threads that answer and work at once; more wait in line.
_CONNECTIONS = 20
# Clocks of machines drift apart by milliseconds a minute.
_SET_CLOCK_SECONDS = 60.0
# Any number that nobody else locks: while tables are changed.
_MIGRATING = 0x5907_7E12

_HOLD = Statement(
    select(
        func.pg_advisory_xact_lock(func.hashtextextended(bindparam("who", type_=Hashed), text("0"))).label(
            "held"
        )
    )
)
_NO_LIMITS = text("select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true)")
_CLOCK = text("select extract(epoch from clock_timestamp())::float8")


class PostgreSQL(Database):
    """A database on a server."""

    def __init__(self, url: str, keys: Keys) -> None:
        # Nothing may hang longer than Twilio waits; parameters hold texts and phone numbers.
        limits = f"-c lock_timeout={PROCESS_SECONDS:g}s -c statement_timeout={LINE_SECONDS:g}s"
        self._engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_timeout=LINE_SECONDS,
            pool_pre_ping=True,  # a server that was restarted must not cost anybody their message
            connect_args={"connect_timeout": int(PROCESS_SECONDS), "options": limits},
        )
        self._seal = Seal(keys)
        seal_with(self._engine, self._seal)
        self._opening = Lock()
        self._ready = False
        # What the server's clock says more than our own that never jumps, and when to look again.
        self._ahead = time.time() - time.monotonic()
        self._look_again = 0.0

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction, as `Database.transaction`."""
        if not self._ready:
            self._make_ready()
        with self._engine.begin() as connection:
            if time.monotonic() > self._look_again:
                self._set_clock(connection)
            yield connection

    def keep(self, person: str, work: Callable[[Connection], Result]) -> Result:
        """``work`` in one transaction that holds ``person``, as `Database.keep`."""
        with self.transaction() as connection:
            _HOLD.run(connection, {"who": person})
            return work(connection)

    def now(self) -> float:
        """The server's clock, as it was looked at within the last minute in which it was used."""
        return time.monotonic() + self._ahead

    def close(self) -> None:
        """Gives all connections back."""
        self._engine.dispose()

    def _make_ready(self) -> None:
        with self._opening:
            if self._ready:
                return
            with self._engine.begin() as connection:
                connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
                # On a large table an index takes longer than anybody waits for an answer.
                connection.execute(_NO_LIMITS)
                migrate(connection)
                self._seal.unlock(connection)
            self._ready = True

    def _set_clock(self, connection: Connection) -> None:
        before = time.monotonic()
        server = float(connection.execute(_CLOCK).scalar_one())
        after = time.monotonic()
        self._ahead = server - (before + after) / 2
        self._look_again = after + _SET_CLOCK_SECONDS
