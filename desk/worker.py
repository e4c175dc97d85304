"""The worker: carries out what was put down for later, when it is due."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping

from flows.broken import where
from store.jobs import Job, schedule
from store.store import Store

log = logging.getLogger(__name__)

# Carries out a job at a time, and says when it is to be done again, or `None` when it is done. It may be
# asked twice for the same job, by two workers even, and looks at how things stand before it acts.
Hand = Callable[[Job, float], float | None]

# Told of the kind of each job that was tried, and how many seconds that took.
Done = Callable[[str, float], None]

_LOOK_EVERY_SECONDS = 1.0
# Longer than anything takes that is done here; then another worker may try.
_LEASE_SECONDS = 60.0
# Some do nothing but what is urgent, so that it never waits for a thousand check-ins on a slow network. The
# others help them only when they have nothing else to do: while a hundred alerts are paged, people are asked
# again as they were promised, and texts that got lost are fetched.
_THREADS = {"desk-urgent-1": True, "desk-urgent-2": True, "desk-1": False, "desk-2": False}
# A job that only a newer Spotter knows waits for a worker of that one.
_STRANGE_SECONDS = 60.0
# Less than this is only a clock that is kept right.
_PUT_BACK_SECONDS = 5.0


def untold(kind: str, seconds: float) -> None:
    """For a worker whose times nobody asks for."""


class Worker:
    """Threads that carry out due jobs. A job is done at least once.

    ``hands`` are named by the kind of job they are for, up to its first colon. There is always one job of
    each of the ``standing`` kinds. ``done`` is told of each job.
    """

    def __init__(
        self, store: Store, hands: Mapping[str, Hand], standing: Iterable[str] = (), done: Done = untold
    ) -> None:
        self._store = store
        self._hands = hands
        self._done = done
        self._standing = tuple(standing)
        self._begun = False
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(urgent,), name=name, daemon=True)
            for name, urgent in _THREADS.items()
        ]

    def start(self) -> None:
        """Begins to look for due jobs."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finishes the jobs in hand and ends the threads."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def work(self, *, only_urgent: bool = False) -> bool:
        """Carries out one due job, an urgent one if there is no other; false when none is due."""
        jobs = self._store.jobs
        job = None if only_urgent else jobs.claim(self._store.now(), _LEASE_SECONDS)
        job = job or jobs.claim(self._store.now(), _LEASE_SECONDS, urgent=True)
        if job is None:
            return False
        kind, began = job.kind.partition(":")[0], time.perf_counter()
        try:
            again = self._hands.get(kind, _strange)(job, self._store.now())
        except Exception as error:
            # Never the text of the error: it might hold words or numbers of people.
            told = {"job": job.id, "kind": job.kind, "attempt": job.attempts, "error": where(error)}
            log.error("job %(job)s (%(kind)s) failed: %(error)s", told)
            jobs.put_back(job, self._store.now(), where(error))
            return True
        finally:
            self._done(kind, time.perf_counter() - began)
        if again is None:
            jobs.finish(job)
        else:
            jobs.repeat(job, again)
        return True

    def begin(self) -> None:
        """Puts down the standing jobs that there are not yet, and looks at once at all that is urgent."""
        with self._store.database.transaction() as connection:
            for kind in self._standing:
                schedule(connection, key=kind, kind=kind, due=self._store.now())
        self._rouse()
        self._begun = True

    def _rouse(self) -> None:
        """The clock may have been put back: nobody in need is to wait for a time that was never right."""
        self._store.jobs.rouse(self._store.now(), _LEASE_SECONDS, self._standing)

    def _ahead(self) -> float:
        """How far the clock is ahead of one that never jumps."""
        return self._store.now() - time.monotonic()

    def _run(self, only_urgent: bool) -> None:
        ahead = self._ahead()
        while not self._stopping.is_set():
            try:
                if not self._begun:
                    self.begin()
                if self._ahead() < ahead - _PUT_BACK_SECONDS:
                    log.warning("the clock was put back by %d s", ahead - self._ahead())
                    self._rouse()
                    ahead = self._ahead()
                if self.work(only_urgent=only_urgent):
                    continue
            except Exception as error:
                # The database is gone. A claimed job's lease runs out; the thread must outlive it.
                log.error("the worker cannot look for jobs: %s", where(error))
            self._stopping.wait(_LOOK_EVERY_SECONDS)


def _strange(job: Job, now: float) -> float:
    log.error("nobody here knows how to do job %(job)s (%(kind)s)", {"job": job.id, "kind": job.kind})
    return now + _STRANGE_SECONDS
