"""Turns that wait for the disk wait together: one transaction, and one sync, for all of them."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection

from store.database import LINE_SECONDS, TROUBLE, BusyError, Result, Work

# What ends a transaction for all the work in it: trouble with the database, or the process is told to end.
_EVERYBODYS = (*TROUBLE, KeyboardInterrupt, SystemExit)


class Commits:
    """Takes work from many threads and commits it in as few transactions as there can be.

    While one transaction is being committed, whoever comes waits in line. The first of them waits for
    the database and then does the work of the whole line, in the order it came.
    """

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction
        self._guard = threading.Lock()
        self._line: list[tuple[Work, Future[Any]]] = []

    def keep(self, work: Callable[[Connection], Result]) -> Result:
        """What ``work`` gives, once everything it wrote is on the disk.

        ``work`` may run in another thread, and a second time when it or other work in the same
        transaction failed. Whatever it raises is raised here, and nothing of it is kept. Trouble with
        the database is raised for everybody in the transaction: `BusyError` or SQLAlchemy's errors.
        """
        kept: Future[Result] = Future()
        with self._guard:
            self._line.append((work, kept))
            first = len(self._line) == 1
        if first:
            self._commit_line()
        try:
            return kept.result(LINE_SECONDS)
        except TimeoutError:
            if kept.cancel():
                raise BusyError(f"the database was busy for {LINE_SECONDS:g} seconds") from None
            return kept.result()

    def _commit_line(self) -> None:
        line = None
        try:
            with self._transaction() as connection:
                line = self._take_line()
                results = [work(connection) for work, _ in line]
        except _EVERYBODYS as error:
            for _, kept in self._take_line() if line is None else line:
                kept.set_exception(error)
        except Exception:
            # Some work failed by itself, and the rest is not to suffer for it.
            for work, kept in line or ():
                self._commit_alone(work, kept)
        else:
            for (_, kept), result in zip(line, results, strict=True):
                kept.set_result(result)

    def _commit_alone(self, work: Work, kept: Future[Any]) -> None:
        try:
            with self._transaction() as connection:
                result = work(connection)
        except BaseException as error:
            kept.set_exception(error)
        else:
            kept.set_result(result)

    def _take_line(self) -> list[tuple[Work, Future[Any]]]:
        with self._guard:
            line, self._line = self._line, []
        # Whoever gave up waiting has told the person so: that turn must not be kept after all.
        return [(work, kept) for work, kept in line if kept.set_running_or_notify_cancel()]
