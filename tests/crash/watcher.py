"""Somebody who sees every text and call that leaves, and acts on some."""

import threading
from abc import ABC, abstractmethod
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from tests.twilio.standin import Row, StandIn

_LOOK_SECONDS = 0.1


class Watcher(ABC):
    """Looks from ``with`` on until its end; what is begun by then is finished, and its errors are raised."""

    threads = 8

    def __init__(self, twilio: StandIn) -> None:
        self.twilio = twilio
        self._begun: list[Future[None]] = []
        self._stopping = threading.Event()

    @abstractmethod
    def notice(self, row: Row) -> None:
        """What to do about ``row``, quickly: what takes time is `begun <begin>`."""

    def begin(self, act: Any, *about: Any) -> None:
        """Does ``act(*about)`` in a thread of its own."""
        self._begun.append(self._pool.submit(act, *about))

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(self.threads, type(self).__name__)
        self._begun.append(self._pool.submit(self._watch))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._pool.shutdown()
        for one in self._begun:
            one.result()

    def _watch(self) -> None:
        seen = 0
        while not self._stopping.wait(_LOOK_SECONDS):
            rows = self.twilio.rows[seen:]
            seen += len(rows)
            for row in rows:
                if row.direction == "outbound-api":
                    self.notice(row)
