"""What the rest of the house knows of a database: transactions, the one way a turn is kept, and a clock."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

Result = TypeVar("Result")
Work = Callable[[Connection], Any]
Clock = Callable[[], float]

# How long a caller waits for the transactions before it, and for those of other processes. On a busy disk
# one may take long, and together they must stay under the 15 s that Twilio waits for an answer.
LINE_SECONDS = 8.0
PROCESS_SECONDS = 4.0


class BusyError(RuntimeError):
    """The database did not become free in time."""


# All that using a database may raise when it is gone, full, busy or not ours.
TROUBLE = (SQLAlchemyError, OSError, BusyError)


class Database(ABC):
    """Safe to use from many threads. Nothing is opened before it is needed, so a missing one mends itself.

    Whoever opens it first brings its tables up to date. ``one_writer``: everybody's turns wait for each
    other, so that what can be done before one should be.
    """

    one_writer = False

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Connection]:
        """One transaction, committed at the end, undone when the block raises.

        Other processes may be in one of their own: what is read to be changed must be read with
        ``with_for_update()``, which SQLite does not need and leaves out. Raises one of `TROUBLE`.
        """

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction for a long look, which no turn waits for. Nothing may be written in it.

        Raises one of `TROUBLE`, also when nothing could be written now.
        """
        return self.transaction()

    def glance(self) -> AbstractContextManager[Connection]:
        """A transaction for a short look, which waits for no turn. Nothing may be written in it.

        Raises one of `TROUBLE`, and where it succeeds a turn may still fail.
        """
        return self.transaction()

    @abstractmethod
    def keep(self, person: str, work: Callable[[Connection], Result]) -> Result:
        """What ``work`` gives, once everything it wrote is on the disk.

        Work of one ``person`` is done one after the other, in all processes. ``work`` may run in another
        thread, and a second time when it or other work beside it failed. Whatever it raises is raised
        here, and nothing of it is kept.
        """

    @abstractmethod
    def now(self) -> float:
        """Seconds since 1970 by the clock that all processes share. Never raises."""

    @abstractmethod
    def close(self) -> None:
        """Closes every connection; the next transaction opens one again."""
