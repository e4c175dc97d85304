"""What a conversation asked for after a while: the question that comes after a few minutes of walking."""

import logging

from sqlalchemy import Connection

from flows.events import TimedOut
from flows.session import Session
from flows.turn import Turn
from flows.versions import Versions
from sms.outbox import Outbox
from store.jobs import Job
from store.store import Entry, Store

log = logging.getLogger(__name__)

# How long to wait for a conversation that can be used.
_SPEECHLESS_SECONDS = 60.0


class TimeOuts:
    """The worker's hand for jobs ``time_out:KIND``: the turn of the event ``TimedOut(KIND)``, as texts.

    They are put into the outbox with the turn: both are kept, or neither.
    """

    def __init__(self, versions: Versions, store: Store, outbox: Outbox) -> None:
        self._versions = versions
        self._store = store
        self._outbox = outbox

    def __call__(self, job: Job, now: float) -> float | None:
        """Does the job; again in a minute when there is no conversation to go on with."""
        assert job.person is not None
        if self._versions.newest is None:
            log.error("a scheduled text waits for a conversation that can be used")
            return now + _SPEECHLESS_SECONDS
        kind = job.kind.partition(":")[2]

        def decide(session: Session | None) -> Turn | None:
            # The person may have answered, begun anew or texted STOP since this was scheduled.
            if session is None or session.waiting != kind or session.due > now:
                return None
            line, current = self._versions.place(session)
            return line.step(current, TimedOut(kind), now)

        def put(connection: Connection, entry: Entry) -> None:
            self._outbox.put_replies(connection, entry, key=job.inbound, kind="time_out")

        self._store.take_turn(job.person, job.inbound, now, decide, then=put)
        return None
