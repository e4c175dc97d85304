"""The worker: carries out what conversations have scheduled, when it is due."""

import logging
import threading
import time
from collections.abc import Callable

from flows.broken import where
from flows.events import TimedOut
from flows.session import Session
from flows.turn import Turn
from flows.versions import Versions
from sms.sender import Sender, SendError
from store.jobs import Job
from store.store import Store

log = logging.getLogger(__name__)

_LOOK_EVERY_SECONDS = 1.0
# Longer than any text takes to send; then another worker may try.
_LEASE_SECONDS = 60.0
_ATTEMPTS = 5
_PAUSE_SECONDS = 30.0


class Worker:
    """One thread that carries out due jobs, one after the other.

    A job is done at least once: after a crash, another worker finds its turn kept already and sends the
    replies again, since a text too many is better than silence.
    """

    def __init__(
        self, versions: Versions, store: Store, sender: Sender, clock: Callable[[], float] = time.time
    ) -> None:
        self._versions = versions
        self._store = store
        self._sender = sender
        self._clock = clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="desk-worker", daemon=True)

    def start(self) -> None:
        """Begins to look for due jobs."""
        self._thread.start()

    def stop(self) -> None:
        """Finishes the job in hand and ends the thread."""
        self._stopping.set()
        self._thread.join()

    def work(self) -> bool:
        """Carries out one due job; false when none is due, or there is no conversation to go on with."""
        if self._versions.newest is None:
            return False
        job = self._store.jobs.claim(self._clock(), _LEASE_SECONDS)
        if job is None:
            return False
        try:
            self._carry_out(job)
        except Exception as error:
            reason = str(error) if isinstance(error, SendError) else where(error)
            log.error("a scheduled text was not sent: %s", reason)
            if getattr(error, "again", True) and job.attempts < _ATTEMPTS:
                self._store.jobs.put_back(job, self._clock() + _PAUSE_SECONDS * job.attempts)
                return True
        self._store.jobs.finish(job)
        return True

    def _carry_out(self, job: Job) -> None:
        now = self._clock()

        def decide(session: Session | None) -> Turn | None:
            # The person may have answered, begun anew or texted STOP since this was scheduled.
            if session is None or session.waiting != job.kind or session.due > now:
                return None
            line, current = self._versions.place(session)
            return line.step(current, TimedOut(job.kind), now)

        kept = self._store.take_turn(job.person, job.key, now, decide)
        session = self._store.session(job.person, now)
        if session is None or session.opted_out:
            return
        for reply in kept.replies:
            self._sender.send(job.person, reply.text)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self.work():
                    continue
            except Exception as error:
                # The database is gone. A claimed job's lease runs out; the thread must outlive it.
                log.error("the worker cannot look for jobs: %s", where(error))
            self._stopping.wait(_LOOK_EVERY_SECONDS)
